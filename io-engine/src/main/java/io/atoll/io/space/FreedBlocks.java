package io.atoll.io.space;

import java.util.Arrays;

/**
 * Blocks that a record has freed and that may not be reused yet: until the record is durable, since
 * after a crash they would still belong to what it frees them from, and until every pin is gone
 * that was taken before the record was appended. Both conditions come true in the order of the log,
 * so this is a queue: a ring of numbers, which allocates only to grow. Loop-confined.
 */
public class FreedBlocks {

  /** A power of two, as every capacity of the ring. */
  private static final int INITIAL_RUNS = 256;

  private final PinEpochs pins;
  private long[] sequences = new long[INITIAL_RUNS];
  private long[] epochs = new long[INITIAL_RUNS];
  private long[] addresses = new long[INITIAL_RUNS];
  private int[] lengths = new int[INITIAL_RUNS];
  private int first;
  private int runs;
  private long blocks;

  public FreedBlocks(PinEpochs pins) {
    this.pins = pins;
  }

  /** Takes in a run that the record with this sequence frees. */
  public void add(long sequence, long address, int runBlocks) {
    if (runs == lengths.length) {
      grow();
    }
    int at = (first + runs++) & (lengths.length - 1);
    sequences[at] = sequence;
    epochs[at] = pins.close();
    addresses[at] = address;
    lengths[at] = runBlocks;
    blocks += runBlocks;
  }

  /** Hands what may be reused to {@code reusable}. */
  public void drain(long commitSequence, Reusable reusable) {
    while (runs > 0 && mayReuse(sequences[first], epochs[first], commitSequence)) {
      long address = addresses[first];
      int length = lengths[first];
      first = (first + 1) & (lengths.length - 1);
      runs--;
      blocks -= length;
      reusable.run(address, length);
    }
  }

  /** How many blocks wait. */
  public long blocks() {
    return blocks;
  }

  /**
   * @param sequence of the record that freed a run
   * @param epoch the last one whose pins hold it
   */
  protected boolean mayReuse(long sequence, long epoch, long commitSequence) {
    return sequence <= commitSequence && pins.endedUpTo(epoch);
  }

  private void grow() {
    sequences = unrolled(sequences);
    epochs = unrolled(epochs);
    addresses = unrolled(addresses);
    int[] bigger = Arrays.copyOfRange(lengths, first, first + 2 * runs);
    System.arraycopy(lengths, 0, bigger, runs - first, first);
    lengths = bigger;
    first = 0;
  }

  /** A full ring in one of twice its length, from its beginning. */
  private long[] unrolled(long[] ring) {
    long[] bigger = Arrays.copyOfRange(ring, first, first + 2 * runs);
    System.arraycopy(ring, 0, bigger, runs - first, first);
    return bigger;
  }

  /** Told a run that may be reused. */
  @FunctionalInterface
  public interface Reusable {
    void run(long address, int blocks);
  }
}
