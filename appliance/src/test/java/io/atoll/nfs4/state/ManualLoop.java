package io.atoll.nfs4.state;

import io.atoll.io.loop.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop whose time passes only when a test says so. */
public final class ManualLoop implements Loop {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Scheduled> timers =
      new PriorityQueue<>(
          Comparator.comparingLong(Scheduled::atNanos).thenComparingLong(Scheduled::order));
  private long nowNanos = 1_000_000_000L;
  private long scheduled;

  private record Scheduled(long atNanos, long order, Runnable task) {}

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    Scheduled timer = new Scheduled(nowNanos + delayNanos, scheduled++, task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public long monotonicNanos() {
    return nowNanos;
  }

  @Override
  public long wallClockNanos() {
    return nowNanos;
  }

  /** Runs all tasks that are waiting, and those that they add. */
  public void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Lets time pass, running what comes due on the way. */
  public void advanceSeconds(double seconds) {
    long until = nowNanos + (long) (seconds * 1e9);
    runTasks();
    while (!timers.isEmpty() && timers.peek().atNanos() <= until) {
      Scheduled next = timers.poll();
      nowNanos = Math.max(nowNanos, next.atNanos());
      next.task().run();
      runTasks();
    }
    nowNanos = until;
  }
}
