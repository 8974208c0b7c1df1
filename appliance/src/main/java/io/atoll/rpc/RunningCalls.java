package io.atoll.rpc;

/**
 * Counts the calls of a server that programs have and have not ended, whatever has become of their
 * connections. Confined to the home loop.
 */
final class RunningCalls {
  private int count;
  private Runnable whenNone;

  void begun() {
    count++;
  }

  void ended() {
    count--;
    tellIfNone();
  }

  /** Runs {@code task} when none runs, perhaps at once. */
  void whenNone(Runnable task) {
    whenNone = task;
    tellIfNone();
  }

  private void tellIfNone() {
    if (count == 0 && whenNone != null) {
      Runnable task = whenNone;
      whenNone = null;
      task.run();
    }
  }
}
