package io.atoll.nfs4.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The byte-range locks on one file, by POSIX's rules: an owner never conflicts with itself, a new
 * lock replaces what it covers of the owner's older ones (splitting them, and so up- or downgrading
 * a part), and neighbours of one owner and kind become one (RFC 8881 §9.3, §18.10.3).
 *
 * <p>Offsets are unsigned 64-bit and ranges are inclusive at both ends, so that a range to the end
 * of the file is one up to 2⁶⁴−1. Loop-confined. Every operation is linear in the number of ranges,
 * which its caller bounds.
 *
 * @param <O> an owner, told apart by {@code equals}
 */
public final class ByteRangeLockSet<O> {
  /** The last byte of a range that goes to the end of the file. */
  public static final long END_OF_FILE = -1L;

  private static final Comparator<Range<?>> BY_OFFSET =
      (a, b) -> Long.compareUnsigned(a.firstByte(), b.firstByte());

  private List<Range<O>> ranges = new ArrayList<>();

  /** What {@link #apply} makes of a range. */
  public enum Mode {
    SHARED,
    EXCLUSIVE,
    UNLOCKED
  }

  /**
   * A locked range.
   *
   * @param mode SHARED or EXCLUSIVE
   * @param firstByte unsigned
   * @param lastByte unsigned, inclusive; {@link #END_OF_FILE} for all that follows
   */
  public record Range<O>(O owner, Mode mode, long firstByte, long lastByte) {

    boolean overlaps(long first, long last) {
      return Long.compareUnsigned(firstByte, last) <= 0
          && Long.compareUnsigned(first, lastByte) <= 0;
    }

    boolean touches(long first, long last) {
      return overlaps(first, last)
          || (lastByte != END_OF_FILE && lastByte + 1 == first)
          || (last != END_OF_FILE && last + 1 == firstByte);
    }

    /** NFS's length: all ones if it goes to the end of the file. */
    public long lengthBytes() {
      return lastByte == END_OF_FILE ? END_OF_FILE : lastByte - firstByte + 1;
    }
  }

  /**
   * The first range that keeps {@code owner} from locking, or null. What conflicts is a range of
   * another owner that overlaps, unless both are shared.
   */
  public Range<O> conflict(O owner, Mode mode, long firstByte, long lastByte) {
    for (Range<O> range : ranges) {
      if (!range.owner().equals(owner)
          && (mode == Mode.EXCLUSIVE || range.mode() == Mode.EXCLUSIVE)
          && range.overlaps(firstByte, lastByte)) {
        return range;
      }
    }
    return null;
  }

  /**
   * Locks or unlocks a range for {@code owner}, all of it or, at the bound, nothing. The caller has
   * made sure that there is no {@link #conflict}.
   *
   * @param maxRanges a change that adds ranges must not leave more than these
   * @return false if it would, and nothing changed
   */
  public boolean apply(O owner, Mode mode, long firstByte, long lastByte, int maxRanges) {
    List<Range<O>> next = new ArrayList<>(ranges.size() + 2);
    long first = firstByte;
    long last = lastByte;
    for (Range<O> range : ranges) {
      if (!range.owner().equals(owner)) {
        next.add(range);
      } else if (range.mode() == mode && range.touches(firstByte, lastByte)) {
        first = minUnsigned(first, range.firstByte());
        last = maxUnsigned(last, range.lastByte());
      } else if (range.overlaps(firstByte, lastByte)) {
        addRemainder(next, range, firstByte, lastByte);
      } else {
        next.add(range);
      }
    }
    if (mode != Mode.UNLOCKED) {
      next.add(new Range<>(owner, mode, first, last));
    }
    if (next.size() > ranges.size() && next.size() > maxRanges) {
      return false;
    }
    next.sort(BY_OFFSET);
    ranges = next;
    return true;
  }

  /** What is left of {@code range} on both sides of a hole. */
  private void addRemainder(List<Range<O>> to, Range<O> range, long holeFirst, long holeLast) {
    if (Long.compareUnsigned(range.firstByte(), holeFirst) < 0) {
      to.add(new Range<>(range.owner(), range.mode(), range.firstByte(), holeFirst - 1));
    }
    if (Long.compareUnsigned(range.lastByte(), holeLast) > 0) {
      to.add(new Range<>(range.owner(), range.mode(), holeLast + 1, range.lastByte()));
    }
  }

  /** Unlocks all that {@code owner} holds. */
  public void removeAll(O owner) {
    ranges.removeIf(range -> range.owner().equals(owner));
  }

  public boolean holds(O owner) {
    return count(owner) > 0;
  }

  /** How many ranges {@code owner} holds. */
  public int count(O owner) {
    int count = 0;
    for (Range<O> range : ranges) {
      if (range.owner().equals(owner)) {
        count++;
      }
    }
    return count;
  }

  /** How many ranges all owners hold. */
  public int size() {
    return ranges.size();
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** All ranges in the order of their first bytes. */
  public List<Range<O>> ranges() {
    return List.copyOf(ranges);
  }

  private static long minUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }

  private static long maxUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }
}
