package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;
import java.util.ArrayDeque;

/**
 * The seqid of an open-owner or lock-owner of NFSv4.0, and the result of its last operation, kept
 * for a retransmission (RFC 7530 §9.1.7 to §9.1.9). An owner has one operation at a time; others
 * wait for it. Loop-confined.
 */
public final class OwnerSequence {
  /** Operations that wait for one of the same owner. A client has only retransmissions to send. */
  private static final int MAX_WAITING = 4;

  private final ClientRecord client;
  private final OwnerId owner;
  private final StateBudget budget;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  /** The last one; means nothing before the first operation. */
  private int seqid;

  private boolean begun;
  private boolean confirmed;
  private boolean busy;
  private boolean released;
  private Kept last;
  private int chargedBytes;

  /** The name of the state that was closed last, which a retransmitted CLOSE still bears. */
  private long closedState;

  OwnerSequence(ClientRecord client, OwnerId owner, StateBudget budget) {
    this.client = client;
    this.owner = owner;
    this.budget = budget;
    charge(StateBudget.OWNER_SEQUENCE_BYTES + owner.bytes().length);
  }

  /** What an operation with some seqid is. */
  public enum Verdict {
    NEXT,
    REPLAY,
    /** An OPEN of an owner that was never confirmed: what it had is forgotten. */
    RESTART,
    /** BAD_SEQID. */
    BAD
  }

  /**
   * An operation's result, for a retransmission.
   *
   * @param digest tells the operation and its arguments from others
   * @param result what followed the status
   * @param file the current filehandle that it left, or null if it left it as it was
   * @param sequence what the reply that has it depends on
   */
  public record Kept(long digest, Nfs4Status status, byte[] result, Object file, long sequence) {}

  public ClientRecord client() {
    return client;
  }

  public OwnerId owner() {
    return owner;
  }

  // --- seqids ---

  /**
   * Judges an OPEN, by which an unknown owner begins with any seqid and an unconfirmed one begins
   * again (RFC 7530 §16.18.5).
   */
  public Verdict judgeOpen(int requested, long digest) {
    if (begun && requested == seqid && isLast(digest)) {
      return Verdict.REPLAY;
    }
    if (!begun) {
      return Verdict.NEXT;
    }
    return confirmed ? judge(requested, digest) : Verdict.RESTART;
  }

  /** Judges any other operation. */
  public Verdict judge(int requested, long digest) {
    if (begun && requested == seqid) {
      return isLast(digest) ? Verdict.REPLAY : Verdict.BAD;
    }
    return begun && requested == seqid + 1 ? Verdict.NEXT : Verdict.BAD;
  }

  private boolean isLast(long digest) {
    return last != null && last.digest() == digest;
  }

  /** What to answer after REPLAY. */
  public Kept last() {
    return last;
  }

  /** Whether an operation with this result did not use up its seqid (§9.1.7). */
  public static boolean keepsSeqid(Nfs4Status status) {
    return switch (status) {
      case STALE_CLIENTID,
          STALE_STATEID,
          BAD_STATEID,
          BAD_SEQID,
          BADXDR,
          RESOURCE,
          NOFILEHANDLE,
          MOVED ->
          true;
      default -> false;
    };
  }

  /** Sets the seqid of a lock-owner that another operation, its open-owner's, has used up. */
  void use(int usedSeqid) {
    begun = true;
    seqid = usedSeqid;
    keep(null);
  }

  // --- confirmation ---

  public boolean isConfirmed() {
    return confirmed;
  }

  public void confirm() {
    confirmed = true;
  }

  /** Begins again: see {@link Verdict#RESTART}. */
  void restart() {
    begun = false;
    keep(null);
  }

  // --- one at a time ---

  public boolean isBusy() {
    return busy;
  }

  /**
   * Runs {@code task} when the operation that is under way has ended.
   *
   * @return false if too many wait already
   */
  public boolean await(Runnable task) {
    return waiting.size() < MAX_WAITING && waiting.add(task);
  }

  /** An operation that was judged NEXT begins. */
  public void begin() {
    assert !busy : "an owner's operations must not overlap";
    busy = true;
    client.requestStarted();
  }

  /**
   * The operation has ended.
   *
   * @param usedSeqid its own
   * @param result null if it leaves the seqid as it was
   */
  public void end(int usedSeqid, Kept result) {
    busy = false;
    client.requestEnded();
    if (result != null) {
      begun = true;
      seqid = usedSeqid;
      keep(result);
    }
    while (!busy && !waiting.isEmpty()) {
      waiting.poll().run();
    }
  }

  private void keep(Kept result) {
    charge((result == null ? 0 : result.result().length) - lastBytes());
    last = result;
  }

  private int lastBytes() {
    return last == null ? 0 : last.result().length;
  }

  // --- the state that was closed last ---

  long closedState() {
    return closedState;
  }

  void closedState(long name) {
    closedState = name;
  }

  // --- memory ---

  private void charge(int bytes) {
    if (!released) {
      chargedBytes += bytes;
      budget.charge(client, bytes);
    }
  }

  /** The owner is forgotten. */
  void release() {
    if (!released) {
      charge(-chargedBytes);
      released = true;
    }
  }
}
