package io.atoll.fs.memory;

import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Holds completions back and releases them in an order that a seed decides, or lets them through at
 * once.
 */
public final class Completions {
  private final Random random;
  private final List<Runnable> held = new ArrayList<>();
  private long count;

  private Completions(Random random) {
    this.random = random;
  }

  /** Each comes before the call that caused it returns. */
  public static Completions immediate() {
    return new Completions(null);
  }

  /** Each waits for {@link #releaseOne}. */
  public static Completions shuffled(long seed) {
    return new Completions(new Random(seed));
  }

  <T> void complete(FsCallback<T> callback, FsStatus status, T result) {
    count++;
    if (random == null) {
      callback.done(status, result);
    } else {
      held.add(() -> callback.done(status, result));
    }
  }

  /** Releases one of those held; false if there is none. */
  public boolean releaseOne() {
    if (held.isEmpty()) {
      return false;
    }
    held.remove(random.nextInt(held.size())).run();
    return true;
  }

  public void releaseAll() {
    while (releaseOne()) {
      // The next may have been caused by the last.
    }
  }

  /** How many there were so far, those held included. */
  public long count() {
    return count;
  }

  public int heldCount() {
    return held.size();
  }
}
