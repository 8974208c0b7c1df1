package io.atoll.perf.bench.peer;

import io.atoll.io.ring.RingAvailability;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * An NFSv4.1 server without files: on one event loop of the transport that Atoll has, it decodes
 * calls and answers them. READ gives bytes that lie ready, WRITE's are dropped, every name is
 * there, and nothing is remembered. What a client sees of it is what network, transport and client
 * can do at most: a READ is an echo of the same bytes.
 */
public final class DiscardServer implements AutoCloseable {
  private static final int BACKLOG = 4096;
  private static final long CLOSE_SECONDS = 10;

  private final EventLoopGroup loops;
  private final Channel listener;
  private final GeneratedData data;

  private DiscardServer(EventLoopGroup loops, Channel listener, GeneratedData data) {
    this.loops = loops;
    this.listener = listener;
    this.data = data;
  }

  /**
   * Begins to serve on loopback.
   *
   * @param port 0 for any
   */
  public static DiscardServer start(int port) {
    boolean ring = RingAvailability.obstacle().isEmpty();
    IoHandlerFactory handlers = ring ? IoUringIoHandler.newFactory() : NioIoHandler.newFactory();
    Class<? extends ServerChannel> channel =
        ring ? IoUringServerSocketChannel.class : NioServerSocketChannel.class;
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, handlers);
    GeneratedData data = new GeneratedData();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(channel)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    DiscardConnection handler = new DiscardConnection(data);
                    connection.config().setRecvByteBufAllocator(handler.receiveAllocator());
                    connection.pipeline().addLast(handler);
                  }
                });
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new DiscardServer(loops, bootstrap.bind(address).syncUninterruptibly().channel(), data);
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    data.release();
  }

  /** Serves on the port that is given until the process is ended. */
  public static void main(String[] arguments) {
    start(Integer.parseInt(arguments[0])).listener.closeFuture().syncUninterruptibly();
  }
}
