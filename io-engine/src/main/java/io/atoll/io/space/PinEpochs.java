package io.atoll.io.space;

import java.util.ArrayDeque;

/**
 * Tells when all who began before some moment have ended. Pins taken between two closings of an
 * epoch share one counter, so that a pin costs an increment. Loop-confined.
 */
public class PinEpochs {

  private final ArrayDeque<Epoch> live = new ArrayDeque<>();
  private Epoch current = new Epoch(1);

  /** Begins something; it ends with {@link #release} of what is returned. */
  public Epoch pin() {
    if (current.pins++ == 0 && !current.queued) {
      current.queued = true;
      live.add(current);
    }
    return current;
  }

  public void release(Epoch epoch) {
    if (epoch.pins <= 0) {
      throw new IllegalStateException("pin of epoch " + epoch.number + " released twice");
    }
    epoch.pins--;
    while (!live.isEmpty() && live.peek().pins == 0) {
      live.poll().queued = false;
    }
  }

  /**
   * Closes the current epoch: what begins from now on belongs to a later one.
   *
   * @return its number, for {@link #endedUpTo}
   */
  public long close() {
    long number = current.number;
    if (current.queued) {
      current = new Epoch(number + 1);
    } else {
      current.number = number + 1;
    }
    return number;
  }

  /** Whether all that began in the epoch or before it has ended. */
  public boolean endedUpTo(long epoch) {
    return live.isEmpty() || live.peek().number > epoch;
  }

  /** What pins share that were taken in the same epoch. */
  public static final class Epoch {
    private long number;
    private int pins;
    private boolean queued;

    Epoch(long number) {
      this.number = number;
    }
  }
}
