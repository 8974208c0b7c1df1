package io.atoll.perf.bench.workload;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Which generation each block of a file has: 0 if it was never written, and one more with each
 * write. A block has at most one write in flight, so that it is known what it can hold.
 * Thread-safe.
 */
public final class BlockLedger {
  /** Twice the generation that is there, plus 1 while the next one is being written. */
  private final AtomicIntegerArray states;

  public BlockLedger(int blocks) {
    states = new AtomicIntegerArray(blocks);
  }

  public int blocks() {
    return states.length();
  }

  /** Takes {@code block} for a write; false if another write of it is in flight. */
  public boolean tryClaim(int block) {
    int state = states.get(block);
    return (state & 1) == 0 && states.compareAndSet(block, state, state + 1);
  }

  /** The generation that a claimed block is being given. */
  public int claimedGeneration(int block) {
    return (states.get(block) >> 1) + 1;
  }

  /** The write of a claimed block is acknowledged. */
  public void written(int block) {
    states.incrementAndGet(block);
  }

  /** The write of a claimed block went wrong: what it holds now is not known. */
  public void abandoned(int block) {
    states.set(block, 0);
  }

  /** The oldest generation that a read may see which begins now. */
  public int oldest(int block) {
    return states.get(block) >> 1;
  }

  /** The newest generation that a read may have seen which ends now. */
  public int newest(int block) {
    return (states.get(block) + 1) >> 1;
  }
}
