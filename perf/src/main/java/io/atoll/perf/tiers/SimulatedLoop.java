package io.atoll.perf.tiers;

import io.atoll.io.loop.Loop;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** A loop whose clock goes from one task to the next, so that days take seconds. */
final class SimulatedLoop implements Loop {
  private record Task(long atNanos, long order, Runnable run) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      return atNanos != other.atNanos
          ? Long.compare(atNanos, other.atNanos)
          : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long nowNanos = TimeUnit.DAYS.toNanos(1);
  private long scheduled;

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public void execute(Runnable task) {
    schedule(0, task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    Task added = new Task(nowNanos + delayNanos, scheduled++, task);
    tasks.add(added);
    return () -> tasks.remove(added);
  }

  @Override
  public long monotonicNanos() {
    return nowNanos;
  }

  @Override
  public long wallClockNanos() {
    return nowNanos;
  }

  /** Runs all that comes until then. */
  void runUntil(long untilNanos) {
    while (!tasks.isEmpty() && tasks.peek().atNanos() <= untilNanos) {
      Task next = tasks.poll();
      nowNanos = Math.max(nowNanos, next.atNanos());
      next.run().run();
    }
    nowNanos = Math.max(nowNanos, untilNanos);
  }
}
