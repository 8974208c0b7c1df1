package io.atoll.io.ring;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop's ring that does not go away under disk operations. Netty's own shutdown waits for some
 * completions, not for all: the kernel could then still write into memory that is someone else's by
 * now. This waits for all of them first.
 */
final class DrainingIoHandler implements IoHandler {

  private static final Logger LOG = LoggerFactory.getLogger(DrainingIoHandler.class);

  /** The most that a shutdown waits for disk operations in flight. */
  static final long DRAIN_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Bursts of disk operations submitted before the loop turns to its tasks. */
  private static final int MAX_BURSTS = 16;

  private final IoHandler ring;
  private final List<DrainedHandle> handles = new ArrayList<>();

  private DrainingIoHandler(IoHandler ring) {
    this.ring = ring;
  }

  /** Wraps the rings that {@code rings} makes. */
  static IoHandlerFactory over(IoHandlerFactory rings) {
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new DrainingIoHandler(rings.newHandler(executor));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return rings.isChangingThreadSupported();
      }
    };
  }

  @Override
  public void initialize() {
    ring.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    int handled = ring.run(hasStaged() ? Polling.NOW : context);
    for (int burst = 0; burst < MAX_BURSTS && nextBursts(); burst++) {
      handled += ring.run(Polling.NOW);
    }
    return handled;
  }

  private boolean hasStaged() {
    for (int i = 0; i < handles.size(); i++) {
      if (handles.get(i).hasStaged()) {
        return true;
      }
    }
    return false;
  }

  private boolean nextBursts() {
    boolean any = false;
    for (int i = 0; i < handles.size(); i++) {
      any |= handles.get(i).nextBurst();
    }
    return any;
  }

  @Override
  public void prepareToDestroy() {
    for (DrainedHandle handle : handles) {
      closeQuietly(handle);
    }
    Deadline deadline = new Deadline(System.nanoTime() + DRAIN_TIMEOUT_NANOS);
    while (operationsInFlight() > 0 && deadline.isAhead()) {
      ring.run(deadline);
    }
    int left = operationsInFlight();
    if (left > 0) {
      LOG.error(
          "{} disk operations have not ended within {} s; the loop shuts down without them",
          left,
          TimeUnit.NANOSECONDS.toSeconds(DRAIN_TIMEOUT_NANOS));
    }
    handles.clear();
    ring.prepareToDestroy();
  }

  private int operationsInFlight() {
    int sum = 0;
    for (DrainedHandle handle : handles) {
      sum += handle.operationsInFlight();
    }
    return sum;
  }

  private static void closeQuietly(DrainedHandle handle) {
    try {
      handle.close();
    } catch (Exception e) {
      LOG.error("{} did not stop", handle, e);
    }
  }

  @Override
  public void destroy() {
    ring.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    IoRegistration registration = ring.register(handle);
    if (handle instanceof DrainedHandle drained) {
      handles.removeIf(DrainedHandle::isGone);
      handles.add(drained);
      drained.submitsBy(registration);
    }
    return registration;
  }

  @Override
  public void wakeup() {
    ring.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return ring.isCompatible(handleType);
  }

  /** Lets the ring submit, and handle what has completed, without waiting. */
  private enum Polling implements IoHandlerContext {
    NOW;

    @Override
    public boolean canBlock() {
      return false;
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return 0;
    }

    @Override
    public long deadlineNanos() {
      return System.nanoTime();
    }
  }

  /** Lets the ring block until something completes or the time is over. */
  private record Deadline(long atNanos) implements IoHandlerContext {

    boolean isAhead() {
      return delayNanos(System.nanoTime()) > 0;
    }

    @Override
    public boolean canBlock() {
      return true;
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return Math.max(0, atNanos - currentTimeNanos);
    }

    @Override
    public long deadlineNanos() {
      return atNanos;
    }
  }
}
