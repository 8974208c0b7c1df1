package io.atoll.io.ring;

/**
 * One file's operations of one class: those with the kernel, counted, and those that wait for them,
 * first in, first out, linked through {@link SlotTable#next}. Loop-confined.
 */
final class FileQueue {

  private final int maxInFlight;
  private int inFlight;
  private int head = SlotTable.NONE;
  private int tail = SlotTable.NONE;

  FileQueue(int maxInFlight) {
    this.maxInFlight = maxInFlight;
  }

  /** Counts {@code slot} in, true: it may start; or lets it wait. */
  boolean enter(SlotTable slots, int slot) {
    if (inFlight < maxInFlight) {
      inFlight++;
      return true;
    }
    if (head == SlotTable.NONE) {
      head = slot;
    } else {
      slots.next[tail] = slot;
    }
    tail = slot;
    return false;
  }

  /** Counts one out, and the next one in: that may start; {@link SlotTable#NONE} if none waits. */
  int leave(SlotTable slots) {
    inFlight--;
    return takeWaiting(slots);
  }

  /** Counts the first that waits in; {@link SlotTable#NONE} if none does. */
  int takeWaiting(SlotTable slots) {
    int slot = head;
    if (slot != SlotTable.NONE) {
      head = slots.next[slot];
      slots.next[slot] = SlotTable.NONE;
      inFlight++;
    }
    return slot;
  }

  boolean isIdle() {
    return inFlight == 0 && head == SlotTable.NONE;
  }
}
