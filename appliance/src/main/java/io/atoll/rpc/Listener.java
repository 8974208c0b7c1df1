package io.atoll.rpc;

import io.atoll.io.loop.VertxLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket on a Vert.x event loop, whatever its transport, which leaves to its owner what
 * becomes of a connection, and on which loop: a server of Vert.x takes its loops in turn, whoever
 * has which connections. Confined to its loop.
 */
// What is closed for a failure that is told has no other; a delayed step ends with its loop.
@SuppressWarnings("FutureReturnValueIgnored")
final class Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /** Connections that the kernel holds until they are accepted. */
  private static final int BACKLOG = 1024;

  /** After a failure to accept, as when there are too many open files. */
  private static final long PAUSE_SECONDS = 1;

  private final Channel channel;

  private Listener(Channel channel) {
    this.channel = channel;
  }

  /**
   * Listens. To be called on {@code loop}, as the end is told there.
   *
   * @param accepted takes each connection, which is on no loop yet
   * @return fails if the address can't be had
   */
  static Future<Listener> open(
      VertxLoop loop, InetSocketAddress address, Consumer<Channel> accepted) {
    ServerChannel channel =
        ((VertxInternal) loop.context().owner())
            .transport()
            .serverChannelFactory(false)
            .newChannel();
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    channel.pipeline().addLast(new Acceptor(accepted));
    Promise<Listener> opened = Promise.promise();
    EventLoop eventLoop = loop.eventLoop();
    eventLoop
        .register(channel)
        .addListener(registered -> {
          if (registered.isSuccess()) {
            bind(channel, address, opened);
          } else {
            channel.unsafe().closeForcibly();
            opened.fail(registered.cause());
          }
        });
    return opened.future();
  }

  private static void bind(
      ServerChannel channel, InetSocketAddress address, Promise<Listener> opened) {
    channel
        .bind(address)
        .addListener(bound -> {
          if (bound.isSuccess()) {
            opened.complete(new Listener(channel));
          } else {
            channel.close();
            opened.fail(bound.cause());
          }
        });
  }

  /** The port that it got. */
  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Accepts nothing more; completes when nobody is listened to. */
  Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    ChannelFuture end = channel.close();
    end.addListener(ended -> closed.complete());
    return closed.future();
  }

  private static final class Acceptor extends ChannelInboundHandlerAdapter {
    private final Consumer<Channel> accepted;

    Acceptor(Consumer<Channel> accepted) {
      this.accepted = accepted;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      Channel connection = (Channel) message;
      try {
        accepted.accept(connection);
      } catch (RuntimeException e) {
        LOG.error("failed to take the connection of {}", connection.remoteAddress(), e);
        connection.unsafe().closeForcibly();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.warn(
          "cannot accept connections at {}, and tries again in {} s: {}",
          context.channel().localAddress(),
          PAUSE_SECONDS,
          cause.toString());
      context.channel().config().setAutoRead(false);
      context
          .executor()
          .schedule(
              () -> context.channel().config().setAutoRead(true), PAUSE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
