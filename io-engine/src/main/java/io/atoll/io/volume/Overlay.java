package io.atoll.io.volume;

import io.atoll.io.space.PinEpochs;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The changes that the index does not show yet, over the index. An entry stays until its record is
 * applied and until every read of the index that began before that has ended: such a read may have
 * missed it. Loop-confined.
 */
class Overlay {

  /** About what an entry takes besides its key and value. */
  private static final int ENTRY_BYTES = 128;

  private final NavigableMap<byte[], Change> newest = new TreeMap<>(Arrays::compareUnsigned);
  private final ArrayDeque<Change> all = new ArrayDeque<>();
  private final ArrayDeque<Applied> applied = new ArrayDeque<>();
  private final PinEpochs reads = new PinEpochs();
  private long bytes;
  private long appliedSequence;

  /**
   * @param value null for a deletion
   */
  void add(byte[] key, byte[] value, long sequence) {
    Change change = new Change(key, value, sequence);
    newest.put(key, change);
    all.add(change);
    bytes += change.bytes();
  }

  /** The newest change to {@code key}, or null if the index has it. */
  Change find(byte[] key) {
    return newest.get(key);
  }

  /** The newest changes to keys in {@code [from, to)}. */
  NavigableMap<byte[], Change> range(byte[] from, byte[] to) {
    return newest.subMap(from, true, to, false);
  }

  /** Begins a read of the index. */
  PinEpochs.Epoch beginRead() {
    return reads.pin();
  }

  /** Ends a read, after its result has been combined with this. */
  void endRead(PinEpochs.Epoch read) {
    reads.release(read);
    drop();
  }

  /** The index has all up to {@code sequence}. */
  void applied(long sequence) {
    appliedSequence = sequence;
    applied.add(new Applied(sequence, reads.close()));
    drop();
  }

  /**
   * What the index had when this was last told. A change above it outlasts reads that begin now.
   */
  long appliedSequence() {
    return appliedSequence;
  }

  /** What it holds, about. */
  long bytes() {
    return bytes;
  }

  /** Whether nobody reads the index who began in the epoch or before it. */
  boolean mayDrop(long epoch) {
    return reads.endedUpTo(epoch);
  }

  private void drop() {
    while (!applied.isEmpty() && mayDrop(applied.peek().epoch())) {
      long sequence = applied.poll().sequence();
      while (!all.isEmpty() && all.peek().sequence() <= sequence) {
        Change change = all.poll();
        bytes -= change.bytes();
        newest.remove(change.key(), change);
      }
    }
  }

  /** One change; equal only to itself. */
  static final class Change {
    private final byte[] key;
    private final byte[] value;
    private final long sequence;

    Change(byte[] key, byte[] value, long sequence) {
      this.key = key;
      this.value = value;
      this.sequence = sequence;
    }

    byte[] key() {
      return key;
    }

    /** Null for a deletion. */
    byte[] value() {
      return value;
    }

    long sequence() {
      return sequence;
    }

    int bytes() {
      return ENTRY_BYTES + key.length + (value == null ? 0 : value.length);
    }
  }

  private record Applied(long sequence, long epoch) {}
}
