package io.atoll.io.ring;

import io.atoll.io.loop.VertxLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.vertx.core.Vertx;
import io.vertx.core.impl.transports.IoUringTransport;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.transport.Transport;

/**
 * Vert.x on io_uring with rings sized for sockets and disks together. The one class that uses what
 * Vert.x keeps internal: the transport to extend, and the loop under a context.
 */
public final class AtollTransport extends IoUringTransport {

  /** Submissions gathered between two system calls. */
  static final int SUBMISSION_ENTRIES = 512;

  /**
   * Completions that fit before the kernel must set further ones aside: those of some disks with
   * all they may have in flight, and of thousands of connections.
   */
  static final int COMPLETION_ENTRIES = 8192;

  /** As {@code VertxBuilder} takes it. */
  public Transport forBuilder() {
    return new Transport() {
      @Override
      public String name() {
        return "io_uring";
      }

      @Override
      public boolean available() {
        return IoUring.isAvailable();
      }

      @Override
      public Throwable unavailabilityCause() {
        return IoUring.unavailabilityCause();
      }

      @Override
      public io.vertx.core.spi.transport.Transport implementation() {
        return AtollTransport.this;
      }
    };
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    IoUringIoHandlerConfig config =
        new IoUringIoHandlerConfig().setRingSize(SUBMISSION_ENTRIES).setCqSize(COMPLETION_ENTRIES);
    return DrainingIoHandler.over(IoUringIoHandler.newFactory(config));
  }

  /** The next of {@code vertx}'s event loops in turn, as number {@code number}. */
  public static VertxLoop nextLoop(Vertx vertx, int number) {
    ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    return new VertxLoop(number, context, (IoEventLoop) context.nettyEventLoop());
  }
}
