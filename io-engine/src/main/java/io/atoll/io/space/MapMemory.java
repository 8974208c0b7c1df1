package io.atoll.io.space;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that the maps of space of all volumes of a process may take: a share of what there is,
 * so that volumes stop growing, as on a full disk, long before the heap is full. Thread-safe.
 */
public final class MapMemory {

  /** Bitmap, summary and the objects around them. */
  static final long BYTES_PER_REGION = RegionImage.BLOCKS_PER_REGION / 8 + 512;

  /** The maps may take this part of the heap: with 512 MiB of it they do for 3.5 TiB. */
  private static final int SHARE_OF_HEAP = 4;

  private static final long MIB = 1024 * 1024;

  private static final MapMemory OF_THIS_PROCESS =
      new MapMemory(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);

  private final long maxBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  private MapMemory(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** That of this JVM's heap. */
  public static MapMemory ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /** Enough for so many regions. */
  public static MapMemory forRegions(int regions) {
    return new MapMemory(regions * BYTES_PER_REGION);
  }

  /** As much as anyone may want: regions have numbers of 31 bits. */
  public static MapMemory unbounded() {
    return forRegions(Integer.MAX_VALUE);
  }

  /** A volume's part, of which it has nothing yet. */
  public Share share() {
    return new Share();
  }

  private long freeBytes() {
    return maxBytes - usedBytes.get();
  }

  private boolean take(long bytes) {
    long used = usedBytes.get();
    while (bytes <= maxBytes - used) {
      if (usedBytes.compareAndSet(used, used + bytes)) {
        return true;
      }
      used = usedBytes.get();
    }
    return false;
  }

  /** What one volume's map takes. One thread's at a time. */
  public final class Share {
    private long regions;

    private Share() {}

    /** Makes sure of memory for a map of so many regions in all; false if there is not enough. */
    public boolean reach(long wanted) {
      long more = Math.max(0, wanted - regions);
      if (!take(more * BYTES_PER_REGION)) {
        return false;
      }
      regions += more;
      return true;
    }

    /** How many regions it may reach, if no other volume grows. */
    public long reachableRegions() {
      return regions + freeBytes() / BYTES_PER_REGION;
    }

    /** In words: what a map of so many regions lacks, and the heap that would do. */
    public String lack(long wanted) {
      long lacking = wanted * BYTES_PER_REGION - (regions * BYTES_PER_REGION + freeBytes());
      long heap = Runtime.getRuntime().maxMemory() + Math.max(0, lacking) * SHARE_OF_HEAP;
      return "the map of its space takes "
          + Math.ceilDiv(wanted * BYTES_PER_REGION, MIB)
          + " MiB of heap, and all maps may take "
          + maxBytes / MIB
          + " MiB, a quarter of it: start Atoll with more heap (ATOLL_JAVA_OPTS=-Xmx"
          + Math.ceilDiv(heap, MIB)
          + "m)";
    }

    /** The map is gone. */
    public void giveBack() {
      usedBytes.addAndGet(-regions * BYTES_PER_REGION);
      regions = 0;
    }
  }
}
