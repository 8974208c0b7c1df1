package io.atoll.io.cache;

import java.util.Arrays;

/**
 * Tells sequential streams from random reads, and how far ahead of each to read. A stream is a
 * place in a file, its <em>frontier</em>, up to which it has been read; a read that begins exactly
 * there goes on with it. Clients have several reads under way at once, which may come in another
 * order; reads near the frontier therefore belong to the stream too, but don't widen its window,
 * and too many of them in a row close it. So random reads never cause any reading ahead.
 *
 * <p>The table has a place for {@link #MAX_STREAMS} streams, of which those of one file and of
 * files that fall on the same places share {@link #WAYS}, and displace each other by age.
 * Loop-confined; allocates nothing.
 */
public final class StreamTable {
  public static final int MAX_STREAMS = 1024;

  /** What is read ahead of a stream that has just been found. */
  static final int FIRST_WINDOW_BYTES = 256 * 1024;

  /** The most that is read ahead of a stream. */
  public static final int MAX_WINDOW_BYTES = 4 << 20;

  /** What is read by one operation: the parts end at its multiples. */
  public static final int MAX_PART_BYTES = 1 << 20;

  /** How far from the frontier a read may begin and belong to the stream. */
  private static final int NEAR_BYTES = 2 << 20;

  /** Reads near the frontier, none at it, after which the last of them begins another stream. */
  private static final int MAX_STRAYS = 8;

  /** How many streams of one file are told apart. */
  static final int WAYS = 16;

  private static final int SETS = MAX_STREAMS / WAYS;

  private final long[] inodes = new long[MAX_STREAMS];
  private final long[] frontiers = new long[MAX_STREAMS];
  private final long[] aheadEnds = new long[MAX_STREAMS];
  private final int[] windows = new int[MAX_STREAMS];
  private final int[] strays = new int[MAX_STREAMS];
  private final long[] used = new long[MAX_STREAMS];
  private final int[] lives = new int[MAX_STREAMS];
  private long clock;

  public StreamTable() {
    Arrays.fill(inodes, -1);
  }

  /** Takes note of a read; the number of its stream. */
  public int note(long inode, long fromByte, long toByte) {
    int first = (GranuleMap.hash(0, inode, 0) & (SETS - 1)) * WAYS;
    int near = -1;
    int oldest = first;
    for (int i = first; i < first + WAYS; i++) {
      if (inodes[i] == inode && frontiers[i] == fromByte) {
        goOn(i, fromByte, toByte);
        return i;
      }
      if (inodes[i] == inode && Math.abs(fromByte - frontiers[i]) <= NEAR_BYTES) {
        near = i;
      }
      if (used[i] < used[oldest]) {
        oldest = i;
      }
    }
    if (near >= 0) {
      stray(near, toByte);
      return near;
    }
    begin(oldest, inode, toByte);
    return oldest;
  }

  private void goOn(int stream, long fromByte, long toByte) {
    int grown =
        Math.max(2 * windows[stream], 2 * (int) Math.min(toByte - fromByte, MAX_PART_BYTES));
    windows[stream] = Math.clamp(grown, FIRST_WINDOW_BYTES, MAX_WINDOW_BYTES);
    frontiers[stream] = toByte;
    strays[stream] = 0;
    used[stream] = ++clock;
  }

  private void stray(int stream, long toByte) {
    frontiers[stream] = Math.max(frontiers[stream], toByte);
    used[stream] = ++clock;
    if (++strays[stream] > MAX_STRAYS) {
      begin(stream, inodes[stream], toByte); // whoever reads has perhaps begun again elsewhere
    }
  }

  private void begin(int stream, long inode, long toByte) {
    inodes[stream] = inode;
    frontiers[stream] = toByte;
    aheadEnds[stream] = 0;
    windows[stream] = 0;
    strays[stream] = 0;
    used[stream] = ++clock;
    lives[stream]++;
  }

  /** Whether the read last noted went on exactly where the stream was. */
  public boolean isSequential(int stream) {
    return windows[stream] > 0 && strays[stream] == 0;
  }

  /** Tells this stream from others that had or will have its number. */
  public int life(int stream) {
    return lives[stream];
  }

  /** Whether it is still of use to read up to {@code toByte} ahead of the stream. */
  public boolean isOfUse(int stream, int life, long toByte) {
    return lives[stream] == life && windows[stream] > 0 && frontiers[stream] < toByte;
  }

  /** From where on to read ahead now. */
  public long aheadFrom(int stream) {
    return Math.max(aheadEnds[stream], frontiers[stream]);
  }

  /**
   * Up to where to read ahead now: a multiple of {@link #MAX_PART_BYTES} once the window is wide,
   * or the file's end; not behind {@link #aheadFrom} if there is nothing to do.
   */
  public long aheadTo(int stream, long sizeBytes) {
    long frontier = frontiers[stream];
    int window = windows[stream];
    if (window == 0 || aheadEnds[stream] - frontier > window / 2) {
      return 0;
    }
    int unit = Math.min(window / 2, MAX_PART_BYTES);
    return Math.min((frontier + window) / unit * unit, sizeBytes);
  }

  /** Reading ahead has begun up to {@code toByte}. */
  public void begun(int stream, long toByte) {
    aheadEnds[stream] = toByte;
  }
}
