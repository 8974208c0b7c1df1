package io.atoll.io.loop;

/**
 * The one thread that owns a file system's state. Everything loop-confined runs here and nothing
 * that runs here may block. Implemented by a Vert.x event loop in the appliance and by a seeded
 * scheduler in the simulator.
 */
public interface Loop {

  /** Whether the calling thread is this loop. */
  boolean inLoop();

  /**
   * Runs {@code task} on this loop, later, in the order of submission. Callable from any thread.
   */
  void execute(Runnable task);

  /**
   * Hands {@code mail} over to this loop, to be delivered later, in the order of posting by each
   * thread; no order holds between this and {@link #execute}. Callable from any thread; in an
   * appliance it allocates nothing, and wakes the loop once for all that is posted while it is
   * busy.
   */
  default void post(Mail mail) {
    execute(mail::deliver);
  }

  /**
   * Runs {@code task} on this loop once {@code delayNanos} have passed. Callable from any thread.
   *
   * @param delayNanos from now; not negative
   */
  Timer schedule(long delayNanos, Runnable task);

  /** Monotonic nanoseconds; only differences mean anything. */
  long monotonicNanos();

  /** Nanoseconds since the epoch, UTC, for file times. May jump. */
  long wallClockNanos();

  /** A scheduled task. */
  interface Timer {
    /** Prevents the task from running if it has not started; otherwise nothing happens. */
    void cancel();
  }
}
