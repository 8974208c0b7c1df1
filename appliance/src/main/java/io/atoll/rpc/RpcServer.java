package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves RPC programs over TCP on one Vert.x event loop, whatever its transport. The only class
 * here that knows Vert.x, and that its sockets have a Netty pipeline.
 *
 * <p>All methods but {@link #listen} are to be called on the loop; futures complete there.
 */
public final class RpcServer {
  private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Connections that the kernel holds until they are accepted. */
  private static final int ACCEPT_BACKLOG = 1024;

  /** The name that Vert.x gives its own handler. */
  private static final String VERTX_HANDLER = "handler";

  private final VertxLoop loop;
  private final RpcLimits limits;
  private final ConnectionHandler.RpcServerContext shared;
  private final RateLimitedLog refusals;
  private final Set<ConnectionHandler> connections = new LinkedHashSet<>();
  private NetServer listener;
  private Loop.Timer ticker;
  private Promise<Void> drained;
  private long lastConnectionId;

  public RpcServer(
      VertxLoop loop,
      RpcLimits limits,
      List<RpcProgram> programs,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads) {
    this.loop = loop;
    this.limits = limits;
    this.refusals = new RateLimitedLog(LOG, loop::monotonicNanos);
    RateLimitedLog failures = new RateLimitedLog(LOG, loop::monotonicNanos);
    RpcDispatcher dispatcher =
        new RpcDispatcher(programs, new RateLimitedLog(LOG, loop::monotonicNanos), failures);
    this.shared =
        new ConnectionHandler.RpcServerContext(
            loop,
            limits,
            payloadFinder,
            payloads,
            dispatcher,
            new RunningCalls(),
            new CallPool(),
            new ReceiveBudget(limits.maxTotalBytes(), limits.maxIncomingPayloadBytes()),
            new ReplyBudget(limits.maxReplyBytes()),
            new RateLimitedLog(LOG, loop::monotonicNanos),
            failures);
  }

  /**
   * Listens. May be called from any thread, once.
   *
   * @param port 0 for any
   * @return the port, or why not
   */
  public Future<Integer> listen(String host, int port) {
    NetServerOptions options =
        new NetServerOptions()
            .setHost(host)
            .setPort(port)
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setAcceptBacklog(ACCEPT_BACKLOG);
    Promise<Integer> listening = Promise.promise();
    // Vert.x serves a listener's connections on the loop of the context that it was started on.
    loop.context().runOnContext(nothing -> listen(options).onComplete(listening));
    return listening.future();
  }

  private Future<Integer> listen(NetServerOptions options) {
    listener = loop.context().owner().createNetServer(options).connectHandler(this::connected);
    ticker = loop.schedule(TICK_NANOS, this::tick);
    return listener
        .listen()
        .map(NetServer::actualPort)
        .onFailure(refused -> {
          // Nobody closes what never listened.
          ticker.cancel();
          listener.close();
        });
  }

  /** Stops listening, lets running calls finish, then closes all connections. */
  public Future<Void> close() {
    if (listener == null) {
      return Future.succeededFuture();
    }
    drained = Promise.promise();
    // Closes the listening socket at once, and leaves the connections to their end until then.
    Future<Void> stopped =
        listener.shutdown(ConnectionHandler.DRAIN_SECONDS + 5L, TimeUnit.SECONDS);
    for (ConnectionHandler connection : List.copyOf(connections)) {
      connection.closeWhenIdle();
    }
    completeIfDrained();
    return drained.future().compose(nothing -> onLoop(stopped));
  }

  /**
   * Stops listening and cuts all connections at once, without a further reply. Completes when the
   * calls that ran have ended, so that none of them holds anything any more. Not after {@link
   * #close}.
   */
  public Future<Void> abort() {
    if (listener == null) {
      return Future.succeededFuture();
    }
    drained = Promise.promise();
    Future<Void> stopped = listener.close();
    for (ConnectionHandler connection : List.copyOf(connections)) {
      connection.close();
    }
    completeIfDrained();
    Promise<Void> ended = Promise.promise();
    shared.running().whenNone(ended::complete);
    return Future.join(onLoop(stopped), drained.future(), ended.future()).mapEmpty();
  }

  /** Vert.x ends the closing of a listener on whatever thread closed its last channel. */
  private Future<Void> onLoop(Future<Void> future) {
    Promise<Void> promise = Promise.promise();
    future.onComplete(result ->
        loop.execute(() -> {
          if (result.succeeded()) {
            promise.complete();
          } else {
            promise.fail(result.cause());
          }
        }));
    return promise.future();
  }

  /** How many connections are open. */
  public int connectionCount() {
    return connections.size();
  }

  /**
   * Bytes of payloads received apart that were copied all the same, since they came with a head.
   */
  public long copiedPayloadBytes() {
    long sum = 0;
    for (ConnectionHandler connection : connections) {
      sum += connection.receiver().copiedPayloadBytes();
    }
    return sum;
  }

  private void connected(NetSocket socket) {
    ChannelHandlerContext vertxHandler = ((NetSocketInternal) socket).channelHandlerContext();
    if (drained != null || (connections.size() >= limits.maxConnections() && !evictOne())) {
      refusals.warn("refused a connection", socket.remoteAddress());
      socket.close();
      return;
    }
    ConnectionHandler connection = new ConnectionHandler(++lastConnectionId, shared);
    // It keeps the views of its memory that checksums need; the adaptive one of Vert.x makes one
    // anew for each buffer.
    vertxHandler.channel().config().setAllocator(PooledByteBufAllocator.DEFAULT);
    connection.configure(vertxHandler.channel());
    connections.add(connection);
    vertxHandler.pipeline().addBefore(VERTX_HANDLER, "rpc", connection);
    connection.onClose(() -> gone(connection));
  }

  /**
   * Closes the idle connection that has called nothing for the longest, first of those that never
   * did: a client that is alive connects anew.
   *
   * @return false if all are busy
   */
  private boolean evictOne() {
    ConnectionHandler longest =
        connections.stream()
            .filter(ConnectionHandler::isIdle)
            .min(
                Comparator.<ConnectionHandler>comparingInt(
                        connection -> connection.hasServed() ? 1 : 0)
                    .thenComparingLong(ConnectionHandler::lastCallNanos))
            .orElse(null);
    if (longest == null) {
      return false;
    }
    refusals.warn("closed an idle connection for a new one", longest.remote());
    longest.close();
    return true;
  }

  private void gone(ConnectionHandler connection) {
    connections.remove(connection);
    completeIfDrained();
  }

  private void completeIfDrained() {
    if (drained != null && connections.isEmpty()) {
      ticker.cancel();
      drained.tryComplete();
    }
  }

  private void tick() {
    ticker = loop.schedule(TICK_NANOS, this::tick);
    shared.dispatcher().tick();
    long now = loop.monotonicNanos();
    for (ConnectionHandler connection : List.copyOf(connections)) {
      try {
        connection.tick(now);
      } catch (RuntimeException e) {
        shared.failures().error("failed to look after " + connection.remote(), e);
        connection.close();
      }
    }
  }
}
