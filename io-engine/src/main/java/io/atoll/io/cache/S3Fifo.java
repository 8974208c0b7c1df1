package io.atoll.io.cache;

import java.util.Arrays;

/**
 * Which granule goes: S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues are all you need for
 * cache eviction", SOSP 2023). New granules enter a small queue, and the main one only when they
 * are used again; those that left the small queue unused are remembered for a while by their
 * hashes, and enter the main queue if they come back. So what is read once does not displace what
 * is read often. A use costs an increment. Loop-confined; allocates nothing.
 */
final class S3Fifo {
  static final int NONE = -1;

  private static final byte OUT = -1;
  private static final byte SMALL = 0;
  private static final byte MAIN = 1;

  /** The small queue's share is one in so many. */
  private static final int SMALL_SHARE = 10;

  private static final int MAX_USES = 3;

  /** Uses in the small queue that take a granule to the main one. */
  private static final int PROMOTING_USES = 2;

  private final Holder holder;
  private final Links links;
  private final byte[] queue;
  private final byte[] uses;
  private final int[] hashes;
  private final int[] older;
  private final int[] newer;
  private final int[] oldest = {NONE, NONE};
  private final int[] newest = {NONE, NONE};
  private final int[] size = {0, 0};

  /** Granules of the main queue that the eviction under way has met in a row, all pinned. */
  private int pinnedInARow;

  /** Tells what may not go. */
  interface Holder {
    /** In use: must stay. */
    boolean isPinned(int slot);

    /** Brought in for a use that is still to come: gets the long way. */
    boolean isUnread(int slot);
  }

  /** What is known of each granule, whichever of several queues it is in. */
  static final class Links {
    private final byte[] queue;
    private final byte[] uses;
    private final int[] hashes;
    private final int[] older;
    private final int[] newer;

    /** Hashes of those that left a small queue, at the place that the hash says, and when. */
    private final int[] ghosts;

    private final int[] ghostTimes;
    private int departures;

    Links(int granules) {
      queue = new byte[granules];
      uses = new byte[granules];
      hashes = new int[granules];
      older = new int[granules];
      newer = new int[granules];
      Arrays.fill(queue, OUT);
      ghosts = new int[Integer.highestOneBit(Math.max(1, granules)) * 2];
      ghostTimes = new int[ghosts.length];
      departures = granules + 1;
    }
  }

  S3Fifo(int granules, Holder holder) {
    this(new Links(granules), holder);
  }

  /**
   * @param links shared with queues of others, in which other granules are
   */
  S3Fifo(Links links, Holder holder) {
    this.holder = holder;
    this.links = links;
    queue = links.queue;
    uses = links.uses;
    hashes = links.hashes;
    older = links.older;
    newer = links.newer;
  }

  /** A granule comes in. */
  void enter(int slot, int hash) {
    hashes[slot] = hash;
    uses[slot] = 0;
    append(isGhost(hash) ? MAIN : SMALL, slot);
  }

  /** A granule that is in was used again. */
  void use(int slot) {
    if (uses[slot] < MAX_USES) {
      uses[slot]++;
    }
  }

  /** Takes a granule out. */
  void leave(int slot) {
    unlink(slot);
  }

  /** Takes out the granule that is needed least; {@link #NONE} if all are pinned. */
  int evict() {
    // A granule can be passed over once in the small queue, then once for each use and once more.
    long steps = (long) (MAX_USES + 3) * (size[SMALL] + size[MAIN]);
    pinnedInARow = 0;
    for (long step = 0; step < steps; step++) {
      boolean mainIsPinned = pinnedInARow >= size[MAIN];
      int smallTarget = Math.max(1, (size[SMALL] + size[MAIN]) / SMALL_SHARE);
      boolean fromSmall = size[SMALL] > 0 && (size[SMALL] >= smallTarget || mainIsPinned);
      int victim = fromSmall ? evictSmall() : evictMain();
      if (victim != NONE) {
        return victim;
      }
    }
    return NONE;
  }

  private int evictSmall() {
    int slot = oldest[SMALL];
    boolean pinned = holder.isPinned(slot);
    unlink(slot);
    if (uses[slot] >= PROMOTING_USES || pinned || holder.isUnread(slot)) {
      uses[slot] = 0;
      append(MAIN, slot);
      if (!pinned) {
        pinnedInARow = 0; // there is one in the main queue that can go
      }
      return NONE;
    }
    remember(hashes[slot]);
    return slot;
  }

  private int evictMain() {
    int slot = oldest[MAIN];
    if (slot == NONE) {
      return NONE;
    }
    unlink(slot);
    boolean pinned = holder.isPinned(slot);
    if (!pinned && uses[slot] == 0) {
      return slot;
    }
    if (pinned) {
      pinnedInARow++;
    } else {
      uses[slot]--;
      pinnedInARow = 0;
    }
    append(MAIN, slot);
    return NONE;
  }

  private void remember(int hash) {
    int at = hash & (links.ghosts.length - 1);
    links.ghosts[at] = hash;
    links.ghostTimes[at] = links.departures++;
  }

  private boolean isGhost(int hash) {
    int at = hash & (links.ghosts.length - 1);
    return links.ghosts[at] == hash && links.departures - links.ghostTimes[at] <= queue.length;
  }

  /** How many granules are in. */
  int size() {
    return size[SMALL] + size[MAIN];
  }

  private void append(byte which, int slot) {
    queue[slot] = which;
    older[slot] = newest[which];
    newer[slot] = NONE;
    if (newest[which] == NONE) {
      oldest[which] = slot;
    } else {
      newer[newest[which]] = slot;
    }
    newest[which] = slot;
    size[which]++;
  }

  private void unlink(int slot) {
    byte which = queue[slot];
    if (older[slot] == NONE) {
      oldest[which] = newer[slot];
    } else {
      newer[older[slot]] = newer[slot];
    }
    if (newer[slot] == NONE) {
      newest[which] = older[slot];
    } else {
      older[newer[slot]] = older[slot];
    }
    queue[slot] = OUT;
    size[which]--;
  }
}
