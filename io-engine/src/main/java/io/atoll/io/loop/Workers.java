package io.atoll.io.loop;

import java.util.concurrent.Callable;

/**
 * Threads that may block, for the few calls that no ring offers (the index, {@code fallocate}).
 * Bounded; a seeded scheduler in the simulator.
 */
public interface Workers {

  /**
   * Runs {@code task} on some worker and then {@code completion} on {@code loop}.
   *
   * @param completion told the task's result, or what it threw
   */
  <T> void run(Loop loop, Callable<T> task, WorkCompletion<T> completion);

  /** The end of a worker's task. */
  @FunctionalInterface
  interface WorkCompletion<T> {
    /** Exactly one of the two means something: {@code failure} is null on success. */
    void done(T result, Throwable failure);
  }
}
