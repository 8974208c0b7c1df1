package io.atoll.perf.bench.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What checking the data came to. Thread-safe. */
public final class Verification {
  private static final int EXAMPLES_MAX = 10;

  private final AtomicLong checkedBytes = new AtomicLong();
  private final AtomicLong wrongBlocks = new AtomicLong();
  private final List<String> examples = new ArrayList<>();
  private final boolean counts;

  public Verification() {
    this(true);
  }

  private Verification(boolean counts) {
    this.counts = counts;
  }

  /**
   * For a server that keeps nothing: the client does the same work as with the others, or its share
   * of the processor would not be the same, and nothing comes of it.
   */
  public static Verification ofNoConsequence() {
    return new Verification(false);
  }

  /** A block was checked; {@code wrong} is null or says what is wrong with it. */
  public void checked(String file, int lengthBytes, String wrong) {
    if (!counts) {
      return;
    }
    checkedBytes.addAndGet(lengthBytes);
    if (wrong == null) {
      return;
    }
    wrongBlocks.incrementAndGet();
    synchronized (examples) {
      if (examples.size() < EXAMPLES_MAX) {
        examples.add(file + ": " + wrong);
      }
    }
  }

  public long checkedBytes() {
    return checkedBytes.get();
  }

  public long wrongBlocks() {
    return wrongBlocks.get();
  }

  /** The first that were wrong, each in one line. */
  public List<String> examples() {
    synchronized (examples) {
      return List.copyOf(examples);
    }
  }
}
