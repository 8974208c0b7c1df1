package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.CompoundReply;
import io.atoll.perf.bench.client.Exchange;
import io.atoll.perf.bench.client.Slot;
import io.atoll.perf.bench.client.StatusName;

/**
 * One of the requests that a load has in flight: a slot, and what it does over and over. Confined
 * to the loop of its slot.
 */
public abstract class Lane {
  /** Is told how operations end, on the lane's loop. */
  public interface Listener {
    void done(Lane lane, long bytes, long items);

    /** The operation did not succeed; the next one may. */
    void refused(Lane lane, String what);
  }

  protected final Slot slot;
  private Listener listener;
  private int kind;
  private long dueNanos;
  private long startedNanos;
  private boolean busy;

  protected Lane(Slot slot) {
    this.slot = slot;
  }

  /** Says who is told. */
  public final void listener(Listener told) {
    listener = told;
  }

  /**
   * Begins an operation that was due at {@code due}.
   *
   * @return false if there is nothing left to do, ever
   */
  public final boolean begin(long due, long nowNanos) {
    dueNanos = due;
    startedNanos = nowNanos;
    busy = start();
    return busy;
  }

  /** Makes the first request of an operation; false if there is nothing left to do. */
  protected abstract boolean start();

  /** Lets go of what it holds, when the run is over. */
  public void close() {}

  /** Says which kind the operation is that begins. */
  protected final void kind(int number) {
    kind = number;
  }

  /** A request of this lane; an answer that is not good ends its operation. */
  protected abstract class Step implements Exchange {
    @Override
    public final void replied(CompoundReply reply) {
      if (reply.isOk()) {
        succeeded(reply);
      } else {
        failed();
        refused(reply);
      }
    }

    /** Reads the answer, and goes on. */
    protected abstract void succeeded(CompoundReply reply);

    /** The server has refused it; the operation is over. */
    protected void failed() {}
  }

  /** The operation has ended well. */
  protected final void done(long bytes, long items) {
    busy = false;
    listener.done(this, bytes, items);
  }

  /** The operation has ended with a refusal. */
  protected final void refused(CompoundReply reply) {
    refused(reply.failedOperation() + " " + StatusName.of(reply.status()));
  }

  /** The operation has ended badly. */
  protected final void refused(String what) {
    busy = false;
    listener.refused(this, what);
  }

  public final int kind() {
    return kind;
  }

  public final long dueNanos() {
    return dueNanos;
  }

  public final long startedNanos() {
    return startedNanos;
  }

  /** When the last answer came, before anything was made of it. */
  public long answeredNanos() {
    return slot.answeredNanos();
  }

  /** Whether an operation is under way. */
  public final boolean isBusy() {
    return busy;
  }
}
