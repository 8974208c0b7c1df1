package io.atoll.nfs4.state;

import io.atoll.io.buffer.FairShares;

/**
 * The memory that the slots of all sessions and their kept replies may take, reserved when they are
 * made, so that a slot never lacks room for the reply it promised to keep. No session gets more
 * than an eighth of what is left, so that the last ones get few slots and not none. Loop-confined.
 */
final class ReplyCacheBudget {
  /** What a slot takes beside its reply, roughly. */
  static final int SLOT_BYTES = 128;

  private static final int LARGEST_SHARE = 8;

  private final FairShares.Member share;
  private long reservedBytes;

  /**
   * @param share of what there is
   */
  ReplyCacheBudget(FairShares.Member share) {
    this.share = share;
  }

  /**
   * Reserves for as many slots as there is room for.
   *
   * @param slots wanted, at least 1
   * @param replyBytes the longest reply that a slot keeps
   * @return slots reserved for, from 0 to {@code slots}
   */
  int reserve(int slots, int replyBytes) {
    long slotBytes = slotBytes(replyBytes);
    long room = share.room() / slotBytes;
    int granted = (int) Math.min(slots, Math.max(Math.min(room, 1), room / LARGEST_SHARE));
    reservedBytes += granted * slotBytes;
    share.add(granted * slotBytes);
    return granted;
  }

  void release(int slots, int replyBytes) {
    reservedBytes -= slots * slotBytes(replyBytes);
    share.add(-slots * slotBytes(replyBytes));
    assert reservedBytes >= 0 : "more released than reserved: " + reservedBytes;
  }

  private static long slotBytes(int replyBytes) {
    return SLOT_BYTES + (long) replyBytes;
  }

  long reservedBytes() {
    return reservedBytes;
  }
}
