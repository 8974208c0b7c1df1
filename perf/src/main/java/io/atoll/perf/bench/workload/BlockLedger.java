package io.atoll.perf.bench.workload;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Which generation each block of a file has: 0 if it was never written, and one more with each
 * write. A block has at most one write in flight, so that it is known what it can hold; unless a
 * write went wrong, or the server lost it: then nothing is known until the next one. Thread-safe.
 */
public final class BlockLedger {
  private static final int IN_FLIGHT = 1;
  private static final int UNKNOWN = 2;
  private static final int GENERATION_SHIFT = 2;

  /** Of each block: the generation that is there, and above flags. */
  private final AtomicIntegerArray states;

  private final AtomicInteger losses = new AtomicInteger();

  public BlockLedger(int blocks) {
    states = new AtomicIntegerArray(blocks);
  }

  public int blocks() {
    return states.length();
  }

  /** Takes {@code block} for a write; false if another write of it is in flight. */
  public boolean tryClaim(int block) {
    int state = states.get(block);
    return (state & IN_FLIGHT) == 0 && states.compareAndSet(block, state, state | IN_FLIGHT);
  }

  /** The generation that a claimed block is being given. */
  public int claimedGeneration(int block) {
    return generation(states.get(block)) + 1;
  }

  private static int generation(int state) {
    return state >> GENERATION_SHIFT;
  }

  /** The write of a claimed block is acknowledged. */
  public void written(int block) {
    states.updateAndGet(block, state -> (generation(state) + 1) << GENERATION_SHIFT);
  }

  /** The write of a claimed block went wrong: it may hold the new generation, or half of it. */
  public void abandoned(int block) {
    losses.incrementAndGet();
    states.updateAndGet(block, state -> (generation(state) + 1) << GENERATION_SHIFT | UNKNOWN);
  }

  /** The server has lost what was acknowledged: it may hold any older generation. */
  public void lost(int block) {
    losses.incrementAndGet();
    states.updateAndGet(block, state -> state | UNKNOWN);
  }

  /**
   * How often something was abandoned or lost. If this has changed since a read began, what it saw
   * can't be judged.
   */
  public int losses() {
    return losses.get();
  }

  /** The oldest generation that a read may see which begins now; 0 if that is not known. */
  public int oldest(int block) {
    int state = states.get(block);
    return (state & UNKNOWN) != 0 ? 0 : generation(state);
  }

  /** The newest generation that a read may have seen which ends now. */
  public int newest(int block) {
    int state = states.get(block);
    return generation(state) + (state & IN_FLIGHT);
  }
}
