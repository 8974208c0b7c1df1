package io.atoll.io.space;

import io.atoll.io.volume.BlockRun;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Blocks that a record has freed and that may not be reused yet: until the record is durable, since
 * after a crash they would still belong to what it frees them from, and until every pin is gone
 * that was taken before the record was appended. Both conditions come true in the order of the log,
 * so this is a queue. Loop-confined.
 */
public class FreedBlocks {

  private final PinEpochs pins;
  private final ArrayDeque<Freed> queue = new ArrayDeque<>();
  private long blocks;

  public FreedBlocks(PinEpochs pins) {
    this.pins = pins;
  }

  /** Takes in blocks that the record with this sequence frees. */
  public void add(long sequence, BlockRun run) {
    queue.add(new Freed(sequence, pins.close(), run));
    blocks += run.blocks();
  }

  /** Hands what may be reused to {@code reusable}. */
  public void drain(long commitSequence, Consumer<BlockRun> reusable) {
    while (!queue.isEmpty() && mayReuse(queue.peek(), commitSequence)) {
      BlockRun run = queue.poll().run();
      blocks -= run.blocks();
      reusable.accept(run);
    }
  }

  /** How many blocks wait. */
  public long blocks() {
    return blocks;
  }

  protected boolean mayReuse(Freed freed, long commitSequence) {
    return freed.sequence() <= commitSequence && pins.endedUpTo(freed.epoch());
  }

  /**
   * @param sequence of the record that freed it
   * @param epoch the last one whose pins hold it
   */
  protected record Freed(long sequence, long epoch, BlockRun run) {}
}
