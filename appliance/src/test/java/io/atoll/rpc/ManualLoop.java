package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A loop that a test drives, with a clock of its own. */
public final class ManualLoop implements Loop {
  private final List<Scheduled> scheduled = new ArrayList<>();
  private long nowNanos = 1;
  private long wallClockAheadNanos;

  private record Scheduled(long atNanos, Runnable task) {}

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
    Scheduled entry = new Scheduled(nowNanos + delayNanos, task);
    scheduled.add(entry);
    return () -> scheduled.remove(entry);
  }

  @Override
  public long monotonicNanos() {
    return nowNanos;
  }

  @Override
  public long wallClockNanos() {
    return nowNanos + wallClockAheadNanos;
  }

  /** The wall clock is set, forward or back. */
  public void jumpWallClock(long nanos) {
    wallClockAheadNanos += nanos;
  }

  /** Nothing runs for so long, and then all at once that is due, as if the machine had slept. */
  public void stall(long nanos) {
    nowNanos += nanos;
    advance(0);
  }

  /** Lets time pass, running what becomes due in order. */
  public void advance(long nanos) {
    long until = nowNanos + nanos;
    while (true) {
      Scheduled next =
          scheduled.stream()
              .filter(s -> s.atNanos() <= until)
              .min(Comparator.comparingLong(Scheduled::atNanos))
              .orElse(null);
      if (next == null) {
        break;
      }
      scheduled.remove(next);
      nowNanos = Math.max(nowNanos, next.atNanos());
      next.task().run();
    }
    nowNanos = until;
  }
}
