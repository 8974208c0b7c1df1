package io.atoll.io.disk;

/**
 * Counts one disk's operations that are in flight or queued, each class against a bound of its own:
 * however many reads there are, a log write has its room. For the implementations of {@link Disk}.
 * Loop-confined.
 */
public final class OperationShares {

  private final Count syncs = new Count(Disk.MAX_DISK_SYNCS);
  private final Count names = new Count(Disk.MAX_DISK_NAME_STEPS);
  private final Count others = new Count(Disk.MAX_DISK_OPERATIONS);

  /** Counts one in; false at the bound of its class. */
  public boolean take(Share share) {
    Count count = of(share);
    if (count.used >= count.max) {
      return false;
    }
    count.used++;
    return true;
  }

  /** Counts one out. */
  public void give(Share share) {
    of(share).used--;
  }

  /** Those of all classes. */
  public int used() {
    return syncs.used + names.used + others.used;
  }

  private Count of(Share share) {
    return switch (share) {
      case SYNCS -> syncs;
      case NAMES -> names;
      case OTHERS -> others;
    };
  }

  /** The classes. */
  public enum Share {
    /** Syncs and durable writes. */
    SYNCS,
    /** Steps of opening, renaming, removing and closing. */
    NAMES,
    /** Reads, plain writes, changes of space. */
    OTHERS
  }

  private static final class Count {
    private final int max;
    private int used;

    Count(int max) {
      this.max = max;
    }
  }
}
