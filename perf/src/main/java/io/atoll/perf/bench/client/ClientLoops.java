package io.atoll.perf.bench.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The client's event loops, each a thread with its own io_uring (or NIO selector). Thread-safe. */
public final class ClientLoops implements AutoCloseable {
  /** Of all threads of loops; the client's CPU is counted by it. */
  public static final String THREAD_NAME = "bench-loop";

  private static final int SUBMISSION_ENTRIES = 512;
  private static final int COMPLETION_ENTRIES = 8192;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final long CLOSE_TIMEOUT_SECONDS = 10;

  private final MultiThreadIoEventLoopGroup group;
  private final Class<? extends SocketChannel> channel;
  private final List<EventLoop> loops = new ArrayList<>();

  private ClientLoops(
      int count, IoHandlerFactory handlers, Class<? extends SocketChannel> channel) {
    group =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory(THREAD_NAME, true), handlers);
    this.channel = channel;
    for (EventExecutor executor : group) {
      loops.add((EventLoop) executor);
    }
  }

  /** Starts {@code count} loops, on io_uring or else on NIO. */
  public static ClientLoops start(int count, boolean ring) {
    if (!ring) {
      return new ClientLoops(count, NioIoHandler.newFactory(), NioSocketChannel.class);
    }
    IoUringIoHandlerConfig config =
        new IoUringIoHandlerConfig().setRingSize(SUBMISSION_ENTRIES).setCqSize(COMPLETION_ENTRIES);
    return new ClientLoops(count, IoUringIoHandler.newFactory(config), IoUringSocketChannel.class);
  }

  public int count() {
    return loops.size();
  }

  /** Loop number {@code index} modulo their count. */
  public EventLoop loop(int index) {
    return loops.get(index % loops.size());
  }

  /** For a connection on {@code loop}. */
  Bootstrap bootstrap(EventLoop loop) {
    return new Bootstrap()
        .group(loop)
        .channel(channel)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
  }

  @Override
  public void close() {
    group
        .shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }
}
