package io.atoll.fs.format;

import io.atoll.io.check.Scratch;
import io.atoll.io.index.ScratchException;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Finds the directories that no way down from the root leads to: those below one that is lost, and
 * those in a circle. Directories come in the order of their numbers and are kept in a mapped
 * scratch file, 17 bytes each. Confined to one thread.
 */
public final class DirectoryTree {
  private static final ValueLayout.OfLong NUMBER =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int PAIR_BYTES = 2 * Long.BYTES;

  private static final byte UNKNOWN = 0;
  private static final byte ON_THE_WAY = 1;
  private static final byte REACHES_ROOT = 2;
  private static final byte LOST = 3;

  private final Scratch scratch;
  private final Path file;
  private final DataOutputStream out;
  private long count;
  private MemorySegment pairs;
  private MemorySegment states;

  public DirectoryTree(Scratch scratch) {
    this.scratch = scratch;
    file = scratch.folder().resolve("directories");
    try {
      out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    } catch (IOException e) {
      throw new ScratchException("directories can't be kept: " + e.getMessage(), e);
    }
  }

  /** Takes in a directory; numbers rise. */
  public void add(long directory, long parent) {
    try {
      out.writeLong(directory);
      out.writeLong(parent);
      count++;
    } catch (IOException e) {
      throw new ScratchException("directories can't be kept: " + e.getMessage(), e);
    }
  }

  /**
   * All are in: tells those that the root does not reach.
   *
   * @param lost told each
   * @param head told first, of each group of them that hangs together, the one at its top: if these
   *     were put below the root, all were
   */
  public void forEachLost(LongConsumer lost, LongConsumer head) {
    try {
      out.close();
      if (count == 0) {
        return;
      }
      pairs = scratch.map(file);
    } catch (IOException e) {
      throw new ScratchException("directories can't be kept: " + e.getMessage(), e);
    }
    states = scratch.zeros("directory-states", count);
    for (long i = 0; i < count; i++) {
      if (state(i) == UNKNOWN) {
        follow(i, head);
      }
      if (state(i) == LOST) {
        lost.accept(numberOf(i));
      }
    }
  }

  /** Goes up from {@code start} to one that is known, and then knows all on the way. */
  private void follow(long start, LongConsumer head) {
    long at = start;
    long last = start;
    while (at >= 0 && state(at) == UNKNOWN) {
      setState(at, ON_THE_WAY);
      last = at;
      at = parentOf(at);
    }
    boolean reaches = at >= 0 && (state(at) == REACHES_ROOT || isRoot(at));
    if (!reaches && (at < 0 || state(at) == ON_THE_WAY)) {
      head.accept(numberOf(last)); // its parent is lost, or closes a circle
    }
    byte verdict = reaches ? REACHES_ROOT : LOST;
    at = start;
    while (at >= 0 && state(at) == ON_THE_WAY) {
      setState(at, verdict);
      at = parentOf(at);
    }
  }

  private boolean isRoot(long index) {
    return numberOf(index) == StoredKeys.ROOT_INODE;
  }

  private long numberOf(long index) {
    return pairs.get(NUMBER, index * PAIR_BYTES);
  }

  /** The index of the directory above, −1 if that is not there. */
  private long parentOf(long index) {
    long wanted = pairs.get(NUMBER, index * PAIR_BYTES + Long.BYTES);
    long low = 0;
    long high = count - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      long number = numberOf(middle);
      if (number == wanted) {
        return middle;
      }
      if (number < wanted) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private byte state(long index) {
    return states.get(ValueLayout.JAVA_BYTE, index);
  }

  private void setState(long index, byte state) {
    states.set(ValueLayout.JAVA_BYTE, index, state);
  }
}
