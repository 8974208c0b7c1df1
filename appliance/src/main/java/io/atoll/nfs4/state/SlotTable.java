package io.atoll.nfs4.state;

import java.util.Arrays;

/**
 * The slots of a session's fore channel, which grow with demand and shrink for want of memory (RFC
 * 8881 §2.10.6.1). How many a client may use is told it by sr_highest_slotid; how many it is wished
 * to use, by sr_target_highest_slotid. A client that uses its highest slot gets twice as many, up
 * to what it asked for. When memory is short the target is lowered; the slots beyond it go as soon
 * as the client has shown that it knows: by a further request in a slot whose last reply told of
 * the target, while nothing is outstanding beyond it (sa_highest_slotid). Loop-confined.
 */
final class SlotTable {
  /** A table is not made smaller than this. */
  static final int MIN_TARGET = 8;

  private static final int[] NONE_RETIRED = {};

  private final Session session;
  private final ReplyCacheBudget budget;
  private final int replyBytes;
  private final int wanted;
  private Slot[] slots = {};

  /** The last sequence of slots that there were once, by their numbers; 0 of others. */
  private int[] retired = NONE_RETIRED;

  private int target;

  /** Rises whenever the target is lowered. */
  private int targetGeneration;

  /** The highest slot that was used since the target was last lowered. */
  private int highestUsed;

  /**
   * @param wanted how many the client asked for, within the server's bound
   * @param replyBytes the longest reply that a slot keeps
   */
  SlotTable(Session session, ReplyCacheBudget budget, int wanted, int replyBytes) {
    this.session = session;
    this.budget = budget;
    this.replyBytes = replyBytes;
    this.wanted = wanted;
    grow(wanted);
  }

  /** How many slots there are: 0 if there was no memory for one. */
  int size() {
    return slots.length;
  }

  /** sr_target_highest_slotid + 1. */
  int target() {
    return target;
  }

  /** Whether the client may use a slot of that number, which is unsigned. */
  boolean has(int slotId) {
    return Integer.compareUnsigned(slotId, slots.length) < 0;
  }

  Slot get(int slotId) {
    return slots[slotId];
  }

  /**
   * A new request was found in a slot; what its reply tells of the table is decided now.
   *
   * @param highestSlotId sa_highest_slotid
   */
  void used(int slotId, int highestSlotId) {
    highestUsed = Math.max(highestUsed, slotId);
    boolean isToShrink = target < slots.length;
    if (isToShrink
        && slotId < target
        && Integer.compareUnsigned(highestSlotId, target) < 0
        && slots[slotId].toldGeneration() == targetGeneration) {
      retire();
    } else if (!isToShrink && slotId == slots.length - 1 && slots.length < wanted) {
      grow(Math.min(slots.length, wanted - slots.length));
    }
    slots[slotId].toldGeneration(targetGeneration);
  }

  private void grow(int most) {
    int before = slots.length;
    int after = before + budget.reserve(most, replyBytes);
    slots = Arrays.copyOf(slots, after);
    for (int id = before; id < after; id++) {
      slots[id] = new Slot(session, id < retired.length ? retired[id] : 0);
    }
    target = after;
  }

  /** Memory is short: what is not used is to be given back. */
  void lowerTarget() {
    int lowered = Math.max(MIN_TARGET, Math.max(highestUsed + 1, target / 2));
    if (lowered < target) {
      target = lowered;
      targetGeneration++;
      highestUsed = 0;
    }
  }

  private void retire() {
    if (retired.length < slots.length) {
      retired = Arrays.copyOf(retired, slots.length);
    }
    for (int id = target; id < slots.length; id++) {
      if (slots[id].isRunning()) {
        return; // Against the client's word: it keeps what it has.
      }
      retired[id] = slots[id].sequence();
    }
    budget.release(slots.length - target, replyBytes);
    slots = Arrays.copyOf(slots, target);
  }

  /** The session ends. */
  void release() {
    budget.release(slots.length, replyBytes);
  }
}
