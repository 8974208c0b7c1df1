package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.Stability;
import io.atoll.perf.bench.client.UnstableWrites;
import java.util.BitSet;

/**
 * The blocks of one file that one client has written and that the server has not made durable, and
 * those that it has lost. Confined to the client's loop, but for times when no load runs.
 */
final class UncommittedBlocks {
  private final BlockLedger ledger;
  private final LostWrites losses;
  private final UnstableWrites unstable = new UnstableWrites();

  /** Written since the last COMMIT was sent. */
  private final BitSet waiting;

  /** Written before it. */
  private final BitSet committing;

  private final BitSet lost;
  private boolean commitInFlight;
  private int writes;

  UncommittedBlocks(BlockLedger ledger, LostWrites losses) {
    this.ledger = ledger;
    this.losses = losses;
    waiting = new BitSet(ledger.blocks());
    committing = new BitSet(ledger.blocks());
    lost = new BitSet(ledger.blocks());
  }

  /** A block's WRITE was acknowledged. */
  void written(int block, Stability committed, long verifier) {
    if (unstable.lostBy(committed, verifier)) {
      lose();
    }
    if (committed != Stability.FILE_SYNC) {
      waiting.set(block);
      writes++;
    }
  }

  /** How many writes there were since the last COMMIT. */
  int writes() {
    return writes;
  }

  /** Begins a COMMIT; false if there is nothing to commit, or a COMMIT is under way. */
  boolean beginCommit() {
    if (commitInFlight || waiting.isEmpty()) {
      return false;
    }
    committing.or(waiting);
    waiting.clear();
    writes = 0;
    commitInFlight = true;
    return true;
  }

  /** The COMMIT is acknowledged. */
  void committed(long verifier) {
    commitInFlight = false;
    if (!unstable.isCommittedBy(verifier)) {
      lose();
    }
    committing.clear();
    if (waiting.isEmpty()) {
      unstable.forget();
    }
  }

  /** The COMMIT was refused. */
  void commitRefused() {
    commitInFlight = false;
    waiting.or(committing);
    committing.clear();
  }

  private void lose() {
    committing.or(waiting);
    waiting.clear();
    losses.add(committing.cardinality());
    committing.stream().forEach(ledger::lost);
    lost.or(committing);
    committing.clear();
  }

  boolean hasLost() {
    return !lost.isEmpty();
  }

  /** A block that is to be written again, or −1 if there is none any more. */
  int takeLost() {
    int block = lost.nextSetBit(0);
    if (block >= 0) {
      lost.clear(block);
    }
    return block;
  }
}
