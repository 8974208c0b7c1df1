package io.atoll.io.cache;

import static io.atoll.io.cache.CacheLimits.GRANULE_BLOCKS;

import io.atoll.io.buffer.FairShares;
import io.atoll.io.loop.Loop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of the granules of a {@link GranuleMemory}, each of which belongs to one of the
 * caches that share them, or to none. As long as some are free anybody gets them; then who has less
 * than an even part takes from who has most, and who has more gives up an own one. How many may be
 * pinned, and how many lent, is divided fairly, too: one whose clients or whose disk are slow holds
 * up nobody else. Loop-confined.
 */
final class GranuleTable {
  /** The address of a block that is empty. */
  static final long EMPTY = -2;

  final GranuleMemory memory;
  final int granules;
  final GranuleMap map;
  final S3Fifo.Links links;

  /** For each block of each granule. */
  final long[] addresses;

  final long[] births;
  final Fill[] fills;

  /** For each granule: ranges and lent parts; of these, lent parts. */
  final int[] pins;

  final int[] lent;

  /** Brought in by reading ahead, and not asked for since. */
  final boolean[] unread;

  /** Replaced by another one at its place. */
  final boolean[] detached;

  final FairShares pinned;
  final FairShares lendable;

  private final int[] free;
  private final List<GranuleShare> shares = new ArrayList<>();
  private final Runnable admit = this::admit;
  private int freeCount;
  private int lastNumber;
  private int waitingRanges;
  private int firstAdmitted;
  private boolean admitting;

  GranuleTable(GranuleMemory memory) {
    this.memory = memory;
    granules = memory.granules();
    map = new GranuleMap(granules);
    links = new S3Fifo.Links(granules);
    addresses = new long[granules * GRANULE_BLOCKS];
    births = new long[granules * GRANULE_BLOCKS];
    fills = new Fill[granules * GRANULE_BLOCKS];
    Arrays.fill(addresses, EMPTY);
    pins = new int[granules];
    lent = new int[granules];
    unread = new boolean[granules];
    detached = new boolean[granules];
    pinned = new FairShares(granules);
    lendable = new FairShares(granules / CacheLimits.LENT_SHARE);
    free = new int[granules];
    for (int i = 0; i < granules; i++) {
      free[i] = granules - 1 - i;
    }
    freeCount = granules;
  }

  GranuleShare join() {
    GranuleShare share = new GranuleShare(this, ++lastNumber);
    shares.add(share);
    return share;
  }

  /** One that has left and holds nothing any more. */
  void gone(GranuleShare share) {
    shares.remove(share);
  }

  /** How many share. */
  int members() {
    return pinned.members();
  }

  /** A granule for {@code asker}, empty and nowhere to be found. */
  int take(GranuleShare asker) {
    if (freeCount > 0) {
      int fresh = free[--freeCount];
      memory.reach(fresh);
      return fresh;
    }
    int slot = asker.held() >= granules / members() ? asker.evict() : largest().evict();
    for (int i = 0; slot == S3Fifo.NONE && i < shares.size(); i++) {
      slot = shares.get(i).evict();
    }
    if (slot == S3Fifo.NONE) {
      throw new IllegalStateException("all of the cache is in use, though there should be room");
    }
    return slot;
  }

  private GranuleShare largest() {
    GranuleShare largest = shares.getFirst();
    for (int i = 1; i < shares.size(); i++) {
      GranuleShare share = shares.get(i);
      largest = share.held() > largest.held() ? share : largest;
    }
    return largest;
  }

  /** Takes back a granule that is empty and nowhere to be found. */
  void give(int slot) {
    free[freeCount++] = slot;
  }

  /** So many ranges more wait for room; fewer if negative. */
  void waiting(int more) {
    waitingRanges += more;
  }

  /** There is more room than before: has those looked at that wait. */
  void wake(Loop loop) {
    if (waitingRanges > 0 && !admitting) {
      admitting = true;
      loop.execute(admit);
    }
  }

  private void admit() {
    admitting = false;
    int all = shares.size();
    firstAdmitted = all == 0 ? 0 : (firstAdmitted + 1) % all;
    for (int i = 0; i < shares.size() && i < all; i++) {
      shares.get((firstAdmitted + i) % shares.size()).admit();
    }
  }
}
