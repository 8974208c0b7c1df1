package io.atoll.nfs4.state;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.ByteRangeLockSet.Range;

/** A blocking LOCK that was denied, and is expected to be asked for again. Loop-confined. */
final class BlockedLock {
  private final OpenState open;
  private final Range<LockOwner> range;
  private final long view;
  private long forgottenAtNanos;
  private boolean notified;

  /**
   * @param range what is wanted, and by whom: an owner that need not be one known to its client
   * @param view of which the client has the file's handle
   */
  BlockedLock(OpenState open, Range<LockOwner> range, long view) {
    this.open = open;
    this.range = range;
    this.view = view;
  }

  long view() {
    return view;
  }

  OpenState open() {
    return open;
  }

  Range<LockOwner> range() {
    return range;
  }

  ClientRecord client() {
    return range.owner().client();
  }

  /** The owner as the file's ranges know it, if they do; else null. */
  LockOwner knownOwner() {
    return client().lockOwners().get(range.owner().id());
  }

  boolean isOf(LockOwner owner) {
    return client() == owner.client() && range.owner().id().equals(owner.id());
  }

  boolean isFor(Mode mode, long firstByte, long lastByte) {
    return range.mode() == mode && range.firstByte() == firstByte && range.lastByte() == lastByte;
  }

  boolean conflictsWith(Mode mode, long firstByte, long lastByte) {
    return (mode == Mode.EXCLUSIVE || range.mode() == Mode.EXCLUSIVE)
        && range.overlaps(firstByte, lastByte);
  }

  /** It was asked for, and denied again. */
  void asked(long forgottenAt) {
    forgottenAtNanos = forgottenAt;
    notified = false;
  }

  /** The client was told, or is being told, that it may have it. */
  void notifying() {
    notified = true;
  }

  boolean isNotified() {
    return notified;
  }

  /** The client knows that it may have it: if it still wants it, it comes soon. */
  void told(long forgottenAt) {
    if (notified && forgottenAt - forgottenAtNanos < 0) {
      forgottenAtNanos = forgottenAt;
    }
  }

  boolean isForgotten(long nowNanos) {
    return !client().isLive() || nowNanos - forgottenAtNanos >= 0;
  }
}
