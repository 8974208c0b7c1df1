package io.atoll.io.sim;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/**
 * A loop and its workers on one seeded scheduler with virtual time: one event at a time, on the
 * calling thread. Tasks of the loop run in the order of their submission; workers and devices take
 * random time.
 */
public final class SimLoop implements Loop, Workers {

  private static final long WALL_CLOCK_START_NANOS = 1_700_000_000_000_000_000L;
  private static final long MAX_WORK_NANOS = 300_000;
  private static final int SLOW_ONE_IN = 20;
  private static final int SLOW_FACTOR = 30;

  private final SplittableRandom random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private Runnable afterEvent = () -> {};
  private long nowNanos;
  private long nextOrder;
  private long eventsRun;
  private long wallClockAheadNanos;
  private WorkerFaults workerFaults = WorkerFaults.NONE;
  private boolean onWorker;

  public SimLoop(SplittableRandom random) {
    this.random = random;
  }

  @Override
  public boolean inLoop() {
    return !onWorker;
  }

  @Override
  public void execute(Runnable task) {
    at(nowNanos, task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    Event event = at(nowNanos + delayNanos, task);
    return () -> event.cancelled = true;
  }

  @Override
  public long monotonicNanos() {
    return nowNanos;
  }

  @Override
  public long wallClockNanos() {
    return WALL_CLOCK_START_NANOS + wallClockAheadNanos + nowNanos;
  }

  @Override
  public <T> void run(Loop loop, Callable<T> task, WorkCompletion<T> completion) {
    if (workerFaults.refuse()) {
      RejectedExecutionException full = new RejectedExecutionException("no place in the queue");
      execute(() -> completion.done(null, full));
      return;
    }
    later(
        MAX_WORK_NANOS * workerFaults.slowness(),
        () -> {
          T result = null;
          Throwable failure = null;
          onWorker = true;
          try {
            result = task.call();
          } catch (Exception e) {
            failure = e;
          } finally {
            onWorker = false;
          }
          T value = result;
          Throwable thrown = failure;
          later(MAX_WORK_NANOS, () -> completion.done(value, thrown));
        });
  }

  /** Runs {@code task} within {@code maxNanos}, or now and then much later. */
  public void later(long maxNanos, Runnable task) {
    long delay = random.nextLong(maxNanos) + 1;
    at(nowNanos + (random.nextInt(SLOW_ONE_IN) == 0 ? delay * SLOW_FACTOR : delay), task);
  }

  /** What befalls work from now on. */
  public void workerFaults(WorkerFaults faults) {
    workerFaults = faults;
  }

  /** The wall clock is set, forward or back. */
  public void jumpWallClock(long nanos) {
    wallClockAheadNanos += nanos;
  }

  /** Nothing runs for so long, and then all at once that is due. */
  public void stall(long nanos) {
    nowNanos += nanos;
  }

  /** Run after every event: where invariants are checked. */
  public void afterEvent(Runnable check) {
    afterEvent = check;
  }

  /** Runs the next event; false if there is none. */
  public boolean step() {
    Event event = events.poll();
    while (event != null && event.cancelled) {
      event = events.poll();
    }
    if (event == null) {
      return false;
    }
    nowNanos = Math.max(nowNanos, event.atNanos);
    eventsRun++;
    event.task.run();
    afterEvent.run();
    return true;
  }

  /** Runs events until {@code condition} holds; fails when none is left, or after too many. */
  public void runUntil(BooleanSupplier condition, int maxEvents) {
    for (int i = 0; i < maxEvents && !condition.getAsBoolean(); i++) {
      if (!step()) {
        break;
      }
    }
    if (!condition.getAsBoolean()) {
      throw new AssertionError(
          "nothing leads there: " + events.size() + " events left at " + nowNanos + " ns");
    }
  }

  /** The process dies: nothing that was to run will. */
  public void crash() {
    events.clear();
    onWorker = false;
    workerFaults = WorkerFaults.NONE;
  }

  public long eventsRun() {
    return eventsRun;
  }

  private Event at(long nanos, Runnable task) {
    Event event = new Event(nanos, nextOrder++, task);
    events.add(event);
    return event;
  }

  /** What befalls work. */
  public interface WorkerFaults {
    WorkerFaults NONE =
        new WorkerFaults() {
          @Override
          public boolean refuse() {
            return false;
          }

          @Override
          public int slowness() {
            return 1;
          }
        };

    /** Whether the queue has no place. */
    boolean refuse();

    /** So many times as long as usual it takes. */
    int slowness();
  }

  private static final class Event implements Comparable<Event> {
    private final long atNanos;
    private final long order;
    private final Runnable task;
    private boolean cancelled;

    Event(long atNanos, long order, Runnable task) {
      this.atNanos = atNanos;
      this.order = order;
      this.task = task;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
