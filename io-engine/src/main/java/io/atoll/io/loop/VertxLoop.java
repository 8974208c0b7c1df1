package io.atoll.io.loop;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Context;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** A Vert.x event loop, with the context that servers and clients of this loop are created on. */
public final class VertxLoop implements Loop {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int number;
  private final Context context;
  private final IoEventLoop eventLoop;
  private final Mailbox mailbox;

  /**
   * @param number tells the loops of a process apart
   * @param context an event-loop context
   * @param eventLoop the loop that it runs on
   */
  public VertxLoop(int number, Context context, IoEventLoop eventLoop) {
    this.number = number;
    this.context = context;
    this.eventLoop = eventLoop;
    mailbox = new Mailbox(eventLoop);
  }

  /** Its place among the loops of its runtime, from 0. */
  public int number() {
    return number;
  }

  /** What Vert.x runs on this loop is created on this context. */
  public Context context() {
    return context;
  }

  /** The loop that I/O handles register with. */
  public IoEventLoop eventLoop() {
    return eventLoop;
  }

  @Override
  public boolean inLoop() {
    return eventLoop.inEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    eventLoop.execute(task);
  }

  @Override
  public void post(Mail mail) {
    mailbox.post(mail);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    ScheduledFuture<?> scheduled = eventLoop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public long monotonicNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallClockNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }

  @Override
  public String toString() {
    return "VertxLoop[" + eventLoop + "]";
  }
}
