package io.atoll.io.ring;

import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.OperationShares;
import io.atoll.io.disk.OperationShares.Share;
import java.util.Arrays;

/**
 * The operations of one disk that are in flight or queued, as columns: an operation is a row, its
 * number the {@code user_data} that the kernel hands back, so that nothing is allocated for it. The
 * number stays within a positive short, which is what Netty's ring carries without a map. Rows grow
 * by doubling to the most that were ever needed at once. Loop-confined.
 */
final class SlotTable {

  /** No slot: the end of a list. */
  static final int NONE = -1;

  /** More than the bounds of all {@link Share}s together, so that there always is a row. */
  static final int MAX_SLOTS = Short.MAX_VALUE + 1;

  private static final int FIRST_SLOTS = 256;

  /** What the operation is to the file: decides how its completion is treated. */
  Kind[] kind = new Kind[0];

  RingFile[] file = new RingFile[0];
  IoCompletion[] completion = new IoCompletion[0];
  long[] cookie = new long[0];

  /** The submission queue entry's fields. */
  byte[] opcode = new byte[0];

  int[] fd = new int[0];
  long[] offset = new long[0];
  long[] address = new long[0];
  int[] length = new int[0];
  int[] flags = new int[0];

  /** Bytes asked for altogether, and moved so far. */
  int[] total = new int[0];

  int[] done = new int[0];

  /** Times that the kernel asked to try again. */
  int[] retries = new int[0];

  /** Block of I/O vectors, or {@link #NONE}; and the first vector in it that is not done. */
  int[] vectors = new int[0];

  int[] firstVector = new int[0];

  /** Next in the file's queue, or in the free list. */
  int[] next = new int[0];

  private final OperationShares shares = new OperationShares();
  private int free = NONE;

  /** Takes a row; its number, or {@link #NONE} if those of the operation's share are in use. */
  int acquire(Kind newKind) {
    if (!shares.take(newKind.share)) {
      return NONE;
    }
    if (free == NONE) {
      grow();
    }
    int slot = free;
    kind[slot] = newKind;
    free = next[slot];
    next[slot] = NONE;
    done[slot] = 0;
    retries[slot] = 0;
    vectors[slot] = NONE;
    firstVector[slot] = 0;
    return slot;
  }

  /** Gives a row back. */
  void release(int slot) {
    shares.give(kind[slot].share);
    kind[slot] = null;
    file[slot] = null;
    completion[slot] = null;
    next[slot] = free;
    free = slot;
  }

  /** Rows in use. */
  int used() {
    return shares.used();
  }

  private void grow() {
    int from = kind.length;
    int size = Math.min(MAX_SLOTS, Math.max(FIRST_SLOTS, from * 2));
    kind = Arrays.copyOf(kind, size);
    file = Arrays.copyOf(file, size);
    completion = Arrays.copyOf(completion, size);
    cookie = Arrays.copyOf(cookie, size);
    opcode = Arrays.copyOf(opcode, size);
    fd = Arrays.copyOf(fd, size);
    offset = Arrays.copyOf(offset, size);
    address = Arrays.copyOf(address, size);
    length = Arrays.copyOf(length, size);
    flags = Arrays.copyOf(flags, size);
    total = Arrays.copyOf(total, size);
    done = Arrays.copyOf(done, size);
    retries = Arrays.copyOf(retries, size);
    vectors = Arrays.copyOf(vectors, size);
    firstVector = Arrays.copyOf(firstVector, size);
    next = Arrays.copyOf(next, size);
    for (int slot = size - 1; slot >= from; slot--) {
      next[slot] = free;
      free = slot;
    }
  }

  /** What an operation is to its file. */
  enum Kind {
    READ(Share.OTHERS),
    WRITE(Share.OTHERS),
    /** A write with {@code RWF_DSYNC}, where that flushes the device. */
    DURABLE_WRITE(Share.SYNCS),
    /** A write that is followed by a data-sync, where {@code RWF_DSYNC} would not flush. */
    WRITE_THEN_SYNC(Share.SYNCS),
    /** The second half of {@link #WRITE_THEN_SYNC}. */
    SYNC_AFTER_WRITE(Share.SYNCS),
    VECTORED_READ(Share.OTHERS),
    VECTORED_WRITE(Share.OTHERS),
    DATA_SYNC(Share.SYNCS),
    ALLOCATE(Share.OTHERS),
    PUNCH(Share.OTHERS),
    /** One step of opening, renaming, removing or closing. */
    METADATA(Share.NAMES);

    final Share share;

    Kind(Share share) {
      this.share = share;
    }
  }
}
