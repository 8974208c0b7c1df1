package io.atoll.fs.store;

import io.atoll.io.loop.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * A loop that its test drives: tasks run in the order of submission, completions of I/O in an order
 * that the seed decides.
 */
final class SeededLoop implements Loop, TestFs.Driver {
  private static final int MAX_STEPS = 5_000_000;

  private final SplittableRandom random;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Runnable> completions = new ArrayList<>();
  private final List<Scheduled> timers = new ArrayList<>();
  private long monotonicNanos;
  private long wallClockNanos = 1_700_000_000_000_000_000L;

  SeededLoop(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Completes something at some later step. */
  void complete(Runnable completion) {
    completions.add(completion);
  }

  /** Sets the wall clock, which may also go back. */
  void wallClockNanos(long nanos) {
    wallClockNanos = nanos;
  }

  /** One task, completion or timer; false if there is none. */
  @Override
  public boolean step() {
    wallClockNanos += random.nextInt(1000);
    monotonicNanos += 1000;
    boolean task = !tasks.isEmpty() && (completions.isEmpty() || random.nextBoolean());
    if (task) {
      tasks.poll().run();
    } else if (!completions.isEmpty()) {
      int index = random.nextInt(completions.size());
      Runnable last = completions.removeLast();
      Runnable chosen = index == completions.size() ? last : completions.set(index, last);
      chosen.run();
    } else if (!timers.isEmpty()) {
      Scheduled timer = Collections.min(timers, Comparator.comparingLong(each -> each.dueNanos));
      timers.remove(timer);
      if (!timer.cancelled) {
        monotonicNanos = Math.max(monotonicNanos, timer.dueNanos);
        timer.task.run();
      }
    } else {
      return false;
    }
    return true;
  }

  @Override
  public void runUntil(BooleanSupplier done) {
    for (int i = 0; !done.getAsBoolean(); i++) {
      if (i > MAX_STEPS || !step()) {
        throw new AssertionError("nothing more happens, and what was awaited did not");
      }
    }
  }

  void runUntilIdle() {
    for (int i = 0; step(); i++) {
      if (i > MAX_STEPS) {
        throw new AssertionError("the loop never comes to rest");
      }
    }
  }

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
    Scheduled timer = new Scheduled(monotonicNanos + delayNanos, task);
    timers.add(timer);
    return () -> timer.cancelled = true;
  }

  @Override
  public long monotonicNanos() {
    return monotonicNanos;
  }

  @Override
  public long wallClockNanos() {
    return wallClockNanos;
  }

  private static final class Scheduled {
    final long dueNanos;
    final Runnable task;
    boolean cancelled;

    Scheduled(long dueNanos, Runnable task) {
      this.dueNanos = dueNanos;
      this.task = task;
    }
  }
}
