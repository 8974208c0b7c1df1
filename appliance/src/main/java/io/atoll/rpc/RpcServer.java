package io.atoll.rpc;

import io.atoll.io.loop.VertxLoop;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Serves an {@link RpcService} over TCP at one address, on one Vert.x event loop, whatever its
 * transport. The only class here that knows Vert.x, and that its sockets have a Netty pipeline.
 *
 * <p>All methods but {@link #listen} are to be called on the loop; futures complete there.
 */
public final class RpcServer {
  /** Connections that the kernel holds until they are accepted. */
  private static final int ACCEPT_BACKLOG = 1024;

  /** The name that Vert.x gives its own handler. */
  private static final String VERTX_HANDLER = "handler";

  private final VertxLoop loop;
  private final RpcService service;
  private final String entrance;
  private final RunningCalls running = new RunningCalls();
  private final Set<ConnectionHandler> connections = new LinkedHashSet<>();
  private Predicate<InetSocketAddress> access;
  private NetServer listener;
  private Promise<Void> drained;

  /**
   * @param loop the service's
   * @param entrance what connections are known to have come by: {@link RpcConnection#entrance}
   * @param access who may connect, by where they come from
   */
  public RpcServer(
      VertxLoop loop, RpcService service, String entrance, Predicate<InetSocketAddress> access) {
    this.loop = loop;
    this.service = service;
    this.entrance = entrance;
    this.access = access;
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
    service.begun();
    return listener
        .listen()
        .map(NetServer::actualPort)
        .onFailure(refused -> {
          // Nobody closes what never listened.
          service.ended();
          listener.close();
        });
  }

  /** Says anew who may connect, and cuts the connections of those who may not. */
  public void admit(Predicate<InetSocketAddress> newAccess) {
    access = newAccess;
    for (ConnectionHandler connection : List.copyOf(connections)) {
      if (!access.test(connection.remoteSocketAddress())) {
        service
            .refusals()
            .warn("cut a connection that is not admitted any more", connection.remote());
        connection.close();
      }
    }
  }

  /** As {@link #admit}, by what was said before. */
  public void recheck() {
    admit(access);
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
    running.whenNone(ended::complete);
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
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    ConnectionHandler connection = drained == null && isAdmitted(channel) ? connect(channel) : null;
    if (connection == null) {
      socket.close();
      return;
    }
    // It keeps the views of its memory that checksums need; the adaptive one of Vert.x makes one
    // anew for each buffer.
    channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    connection.cameBy(entrance);
    connection.configure(channel);
    connections.add(connection);
    channel.pipeline().addBefore(VERTX_HANDLER, "rpc", connection);
    connection.onClose(() -> gone(connection));
  }

  private boolean isAdmitted(Channel channel) {
    if (channel.remoteAddress() instanceof InetSocketAddress peer && access.test(peer)) {
      return true;
    }
    service.refusals().warn("refused a connection that is not admitted", channel.remoteAddress());
    return false;
  }

  private ConnectionHandler connect(Channel channel) {
    return service.connect(running, channel.remoteAddress());
  }

  private void gone(ConnectionHandler connection) {
    connections.remove(connection);
    service.gone(connection);
    completeIfDrained();
  }

  private void completeIfDrained() {
    if (drained != null && connections.isEmpty() && drained.tryComplete()) {
      service.ended();
    }
  }
}
