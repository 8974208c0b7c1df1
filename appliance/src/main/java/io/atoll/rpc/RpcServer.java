package io.atoll.rpc;

import io.atoll.io.loop.VertxLoop;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Serves an {@link RpcService} over TCP at one address. Listens on the service's home loop, where
 * everything about who may connect is known and decided; the sockets go where the service says.
 *
 * <p>All methods but {@link #listen} are to be called on the home loop; futures complete there.
 */
public final class RpcServer {
  private final VertxLoop home;
  private final RpcService service;
  private final String entrance;
  private final RunningCalls running = new RunningCalls();
  private final Set<RpcService.Seat> connections = new LinkedHashSet<>();
  private Predicate<InetSocketAddress> access;

  /** Null before it listens. */
  private Listener listener;

  private Promise<Void> drained;

  /**
   * @param entrance what connections are known to have come by: {@link RpcConnection#entrance}
   * @param access who may connect, by where they come from
   */
  public RpcServer(RpcService service, String entrance, Predicate<InetSocketAddress> access) {
    this.home = service.home();
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
    Promise<Integer> listening = Promise.promise();
    home.execute(() -> {
      try {
        listen(new InetSocketAddress(host, port)).onComplete(listening);
      } catch (RuntimeException e) {
        listening.fail(e);
      }
    });
    return listening.future();
  }

  private Future<Integer> listen(InetSocketAddress address) {
    return Listener.open(home, address, this::accepted)
        .map(opened -> {
          listener = opened;
          service.begun();
          return opened.port();
        });
  }

  /** Says anew who may connect, and cuts the connections of those who may not. */
  public void admit(Predicate<InetSocketAddress> newAccess) {
    access = newAccess;
    for (RpcService.Seat seat : List.copyOf(connections)) {
      ServedConnection connection = seat.connection();
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
    Future<Void> stopped = listener.close();
    for (RpcService.Seat seat : List.copyOf(connections)) {
      seat.connection().closeWhenIdle();
    }
    completeIfDrained();
    return Future.join(stopped, drained.future()).mapEmpty();
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
    for (RpcService.Seat seat : List.copyOf(connections)) {
      seat.connection().close();
    }
    completeIfDrained();
    Promise<Void> ended = Promise.promise();
    running.whenNone(ended::complete);
    return Future.join(stopped, drained.future(), ended.future()).mapEmpty();
  }

  /** How many connections are open. */
  public int connectionCount() {
    return connections.size();
  }

  /**
   * Bytes of payloads received apart that were copied all the same, since they came with a head. An
   * estimate where sockets are on other loops.
   */
  public long copiedPayloadBytes() {
    long sum = 0;
    for (RpcService.Seat seat : connections) {
      sum += seat.socket().receiver().copiedPayloadBytes();
    }
    return sum;
  }

  private void accepted(Channel channel) {
    RpcService.Seat seat =
        drained == null && isAdmitted(channel)
            ? service.connect(entrance, running, channel.remoteAddress())
            : null;
    if (seat == null) {
      channel.unsafe().closeForcibly();
      return;
    }
    connections.add(seat);
    seat.connection().onClose(() -> gone(seat));
    channel.config().setOption(ChannelOption.TCP_NODELAY, true);
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    // It keeps the views of its memory that checksums need.
    channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    seat.socket().configure(channel);
    channel.pipeline().addLast(seat.socket());
    EventLoop loop = seat.loop().eventLoop();
    loop.register(channel)
        .addListener(registered -> {
          if (!registered.isSuccess()) {
            channel.unsafe().closeForcibly();
            seat.connection().socketClosed();
          }
        });
  }

  private boolean isAdmitted(Channel channel) {
    if (channel.remoteAddress() instanceof InetSocketAddress peer && access.test(peer)) {
      return true;
    }
    service.refusals().warn("refused a connection that is not admitted", channel.remoteAddress());
    return false;
  }

  private void gone(RpcService.Seat seat) {
    connections.remove(seat);
    service.gone(seat);
    completeIfDrained();
  }

  private void completeIfDrained() {
    if (drained != null && connections.isEmpty() && drained.tryComplete()) {
      service.ended();
    }
  }
}
