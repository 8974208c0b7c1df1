package io.atoll.control.service;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The latest refusals by rule, the oldest of which is forgotten at {@value #KEPT_MAX}. Thread-safe:
 * recorded on event loops, where it takes an instant.
 */
public final class Denials {
  public static final int KEPT_MAX = 1_024;

  private final Clock clock;
  private final Deque<Denial> latest = new ArrayDeque<>(KEPT_MAX);
  private long count;

  public Denials(Clock clock) {
    this.clock = clock;
  }

  /** Records a refusal; see {@link Denial} for what is what. */
  public synchronized void record(
      String action, String fileSystemId, String via, String rule, String compared) {
    if (latest.size() == KEPT_MAX) {
      latest.removeFirst();
    }
    latest.addLast(new Denial(++count, clock.millis(), action, fileSystemId, via, rule, compared));
  }

  /** The latest ones, at most {@code max}, the newest first. */
  public synchronized List<Denial> latest(int max) {
    List<Denial> newestFirst = new ArrayList<>(Math.min(max, latest.size()));
    latest
        .descendingIterator()
        .forEachRemaining(denial -> {
          if (newestFirst.size() < max) {
            newestFirst.add(denial);
          }
        });
    return newestFirst;
  }

  /** All since the start. */
  public synchronized long count() {
    return count;
  }
}
