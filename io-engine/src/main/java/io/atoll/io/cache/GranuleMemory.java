package io.atoll.io.cache;

import static io.atoll.io.cache.CacheLimits.GRANULE_BYTES;

import io.atoll.io.linux.SlabMemory;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/**
 * The memory of the {@link DataCache}s of a loop: slabs in huge pages if there are any, all taken
 * from the system when it is made, so that none of it is a surprise later. One granule of it stays
 * zero, for holes. Confined to a loop once it is used.
 */
public final class GranuleMemory implements AutoCloseable {

  /** The least that serves ranges of any length: half of it may be lent. */
  public static final long MIN_BYTES =
      (CacheLimits.LENT_SHARE * CacheLimits.MAX_RANGE_GRANULES + 1L) * GRANULE_BYTES;

  /** The least at all; too long ranges are told BUSY for ever. */
  private static final int MIN_GRANULES = 3;

  private static final int SLAB_GRANULES = 256;

  /** Views kept for each slab. */
  private static final int MAX_SPARE_VIEWS = 256;

  private final Arena arena = Arena.ofShared();
  private final ByteBuffer[] slabs;
  private final GranuleView[][] spare;
  private final int[] spareCount;
  private final int granules;
  private GranuleTable shared;
  private int viewsOut;

  /**
   * @param bytes rounded down to whole granules; {@link #MIN_BYTES} or more where ranges may have
   *     any length
   */
  public GranuleMemory(long bytes) {
    if (bytes < (long) MIN_GRANULES * GRANULE_BYTES
        || bytes / GRANULE_BYTES > Integer.MAX_VALUE / 32) {
      throw new IllegalArgumentException(
          "a cache of " + bytes + " bytes; at least " + MIN_GRANULES + " granules are needed");
    }
    int all = (int) (bytes / GRANULE_BYTES);
    granules = all - 1;
    slabs = new ByteBuffer[(all + SLAB_GRANULES - 1) / SLAB_GRANULES];
    for (int i = 0; i < slabs.length; i++) {
      int inSlab = Math.min(SLAB_GRANULES, all - i * SLAB_GRANULES);
      slabs[i] = SlabMemory.mapNow((long) inSlab * GRANULE_BYTES, arena).asByteBuffer();
    }
    spare = new GranuleView[slabs.length][MAX_SPARE_VIEWS];
    spareCount = new int[slabs.length];
  }

  /** A part for a further cache, which shares the memory fairly with the others. */
  public GranuleShare join() {
    if (shared == null) {
      shared = new GranuleTable(this);
    }
    return shared.join();
  }

  /** All of it for one cache; there must be no other one, or none that is used any more. */
  public GranuleShare alone() {
    return new GranuleTable(this).join();
  }

  /** How many there are, without the one of zeros. */
  int granules() {
    return granules;
  }

  /** The number of the granule that is zero. */
  int zeros() {
    return granules;
  }

  /**
   * A view with one reference.
   *
   * @param lender told when the last reference goes; null for nobody, and then it must go on the
   *     loop
   */
  GranuleView view(int granule, int fromByte, int toByte, DataCache lender) {
    int slab = granule / SLAB_GRANULES;
    GranuleView view =
        spareCount[slab] > 0
            ? spare[slab][--spareCount[slab]]
            : new GranuleView(this, slab, slabs[slab]);
    int start = indexInSlab(granule);
    view.renew(granule, start + fromByte, start + toByte, lender);
    viewsOut++;
    return view;
  }

  /** Takes a view back whose last reference went. */
  void give(GranuleView view) {
    viewsOut--;
    int slab = view.slab();
    if (spareCount[slab] < MAX_SPARE_VIEWS) {
      spare[slab][spareCount[slab]++] = view;
    }
  }

  /** Makes a part of a granule zero. */
  void clear(int granule, int fromByte, int bytes) {
    ByteBuffer slab = slabs[granule / SLAB_GRANULES];
    int zeros = indexInSlab(granules);
    slab.put(indexInSlab(granule) + fromByte, slabs[granules / SLAB_GRANULES], zeros, bytes);
  }

  /** Copies a part of a granule to the same place in another. */
  void copy(int from, int to, int fromByte, int bytes) {
    slabs[to / SLAB_GRANULES].put(
        indexInSlab(to) + fromByte,
        slabs[from / SLAB_GRANULES],
        indexInSlab(from) + fromByte,
        bytes);
  }

  private static int indexInSlab(int granule) {
    return granule % SLAB_GRANULES * GRANULE_BYTES;
  }

  /** Views that were taken and not released. */
  public int viewsOut() {
    return viewsOut;
  }

  /**
   * Frees the memory.
   *
   * @throws IllegalStateException if views are out; the memory then stays
   */
  @Override
  public void close() {
    if (viewsOut > 0) {
      throw new IllegalStateException(viewsOut + " parts of the data cache are still out");
    }
    arena.close();
  }
}
