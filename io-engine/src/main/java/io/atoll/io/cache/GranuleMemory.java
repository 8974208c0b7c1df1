package io.atoll.io.cache;

import static io.atoll.io.cache.CacheLimits.GRANULE_BYTES;

import io.atoll.io.linux.SlabMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * The memory of the {@link DataCache}s of a loop: one stretch of addresses, in huge pages if there
 * are any. The system provides it as it comes to be used, some of it ahead of that, so that no loop
 * waits while it is cleared. What is provided stays. One granule of it stays zero, for holes.
 * Confined to a loop once it is used, but for {@link #providedBytes}.
 */
public final class GranuleMemory implements AutoCloseable {

  /** The least that serves ranges of any length: half of it may be lent. */
  public static final long MIN_BYTES =
      (CacheLimits.LENT_SHARE * CacheLimits.MAX_RANGE_GRANULES + 1L) * GRANULE_BYTES;

  /** The least at all; too long ranges are told BUSY for ever. */
  private static final int MIN_GRANULES = 3;

  private static final int SLAB_GRANULES = 256;

  private static final long SLAB_BYTES = (long) SLAB_GRANULES * GRANULE_BYTES;

  /** How much is provided at a time; the next of it when half of the last is in use. */
  static final long STEP_BYTES = 4 * SLAB_BYTES;

  /** Views kept for each slab. */
  private static final int MAX_SPARE_VIEWS = 256;

  private final Arena arena = Arena.ofShared();
  private final Executor provider;
  private final MemorySegment memory;
  private final ByteBuffer[] slabs;
  private final GranuleView[][] spare;
  private final int[] spareCount;
  private final int granules;
  private GranuleTable shared;
  private int viewsOut;

  /** From the beginning, provided or about to be; written by the loop alone. */
  private volatile long providedBytes;

  /** As {@link #GranuleMemory(long, Executor)}, all provided by whoever makes or uses it. */
  public GranuleMemory(long bytes) {
    this(bytes, Runnable::run);
  }

  /**
   * The first {@link #STEP_BYTES} are provided by who calls this.
   *
   * @param bytes rounded down to whole granules; {@link #MIN_BYTES} or more where ranges may have
   *     any length
   * @param provider runs what provides further ones, some 10 ms each, preferably on another thread;
   *     nothing depends on whether or when
   */
  public GranuleMemory(long bytes, Executor provider) {
    if (bytes < (long) MIN_GRANULES * GRANULE_BYTES
        || bytes / GRANULE_BYTES > Integer.MAX_VALUE / 32) {
      throw new IllegalArgumentException(
          "a cache of " + bytes + " bytes; at least " + MIN_GRANULES + " granules are needed");
    }
    int all = (int) (bytes / GRANULE_BYTES);
    granules = all - 1;
    this.provider = provider;
    memory = SlabMemory.map((long) all * GRANULE_BYTES, arena);
    slabs = new ByteBuffer[(all + SLAB_GRANULES - 1) / SLAB_GRANULES];
    for (int i = 0; i < slabs.length; i++) {
      long from = i * SLAB_BYTES;
      slabs[i] =
          memory.asSlice(from, Math.min(SLAB_BYTES, memory.byteSize() - from)).asByteBuffer();
    }
    spare = new GranuleView[slabs.length][MAX_SPARE_VIEWS];
    spareCount = new int[slabs.length];
    providedBytes = Math.min(STEP_BYTES, memory.byteSize());
    SlabMemory.provide(memory.asSlice(0, providedBytes));
  }

  /**
   * Makes the tables of what is to be shared, which takes time with their size, before anyone
   * joins.
   */
  public GranuleMemory forSharing() {
    shared = new GranuleTable(this);
    return this;
  }

  /** A part for a further cache, which shares the memory fairly with the others. */
  public GranuleShare join() {
    if (shared == null) {
      forSharing();
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

  /** A granule is about to be used that may never have been. */
  void reach(int granule) {
    long end = (granule + 1L) * GRANULE_BYTES;
    if (end > providedBytes - STEP_BYTES / 2 && providedBytes < memory.byteSize()) {
      long from = providedBytes;
      long to = Math.min(from + STEP_BYTES, memory.byteSize());
      providedBytes = to;
      provider.execute(() -> SlabMemory.provide(memory.asSlice(from, to - from)));
    }
  }

  /** What the system has provided, or is about to. For any thread. */
  public long providedBytes() {
    return providedBytes;
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
