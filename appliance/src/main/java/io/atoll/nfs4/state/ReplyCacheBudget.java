package io.atoll.nfs4.state;

/**
 * The memory that the reply caches of all sessions may take, reserved when a session is made, so
 * that a slot never lacks room for the reply it promised to keep. Loop-confined.
 */
final class ReplyCacheBudget {
  private final long capacityBytes;
  private long reservedBytes;

  ReplyCacheBudget(long capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /**
   * Reserves for as many slots as there is room for.
   *
   * @param slots wanted, at least 1
   * @param bytesPerSlot the longest reply that a slot keeps
   * @return slots reserved for, from 0 to {@code slots}
   */
  int reserve(int slots, int bytesPerSlot) {
    long room = capacityBytes - reservedBytes;
    int granted = bytesPerSlot == 0 ? slots : (int) Math.min(slots, room / bytesPerSlot);
    reservedBytes += (long) granted * bytesPerSlot;
    return granted;
  }

  void release(int slots, int bytesPerSlot) {
    reservedBytes -= (long) slots * bytesPerSlot;
    assert reservedBytes >= 0 : "more released than reserved: " + reservedBytes;
  }

  long reservedBytes() {
    return reservedBytes;
  }
}
