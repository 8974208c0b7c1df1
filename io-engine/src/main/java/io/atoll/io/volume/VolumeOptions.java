package io.atoll.io.volume;

import io.atoll.io.space.RegionSize;

/**
 * The bounds of a volume.
 *
 * @param logSegmentBytes length of a log segment; fixed at creation. A multiple of 4096
 * @param maxLogSegments the log's bound in segments, at least 3; at half of it the index is flushed
 * @param groupBytes the most in one commit group, 512 KiB to 1 MiB; a multiple of 4096
 * @param growStepBytes by how much the extents file grows at once, and how much free space is kept
 *     in it ahead of need while the disk has any; a multiple of 1 MiB
 * @param preWriteAheadBytes how much free space is kept pre-written
 * @param preWriteBytesPerSecond the pre-writer's pace
 * @param reserveBytes free space that {@link Volume.AllocationClass#DATA} never gets, and {@link
 *     Volume.AllocationClass#OVERWRITE} only a part of
 * @param diskReserveBytes what the extents of all volumes leave free on the disk, for their logs
 *     and indexes
 * @param maxUnappliedBytes changes in memory, not yet in the index, at which the volume is {@link
 *     Volume#congested}
 * @param punchWindowNanos how long space must have stayed free to be given back to the disk
 * @param gatherNanos how long changes gather for the index, unless they become many
 * @param regionSize the standard one, but for simulations; fixed at creation
 */
public record VolumeOptions(
    long logSegmentBytes,
    int maxLogSegments,
    int groupBytes,
    long growStepBytes,
    long preWriteAheadBytes,
    long preWriteBytesPerSecond,
    long reserveBytes,
    long diskReserveBytes,
    long maxUnappliedBytes,
    long punchWindowNanos,
    long gatherNanos,
    RegionSize regionSize) {

  private static final long MIB = 1024 * 1024;

  /** Half a minute. */
  public static final long PUNCH_WINDOW_NANOS = 30_000_000_000L;

  /** A tenth of a second. */
  public static final long GATHER_NANOS = 100_000_000L;

  public VolumeOptions {
    check(logSegmentBytes >= groupBytes && logSegmentBytes % 4096 == 0, "logSegmentBytes");
    check(maxLogSegments >= 3, "maxLogSegments");
    check(
        groupBytes >= 2 * Volume.MAX_RECORD_BYTES && groupBytes <= MIB && groupBytes % 4096 == 0,
        "groupBytes");
    check(growStepBytes > 0 && growStepBytes % MIB == 0, "growStepBytes");
    check(preWriteAheadBytes >= 0, "preWriteAheadBytes");
    check(preWriteBytesPerSecond > 0, "preWriteBytesPerSecond");
    check(reserveBytes >= 0 && reserveBytes < growStepBytes, "reserveBytes");
    check(diskReserveBytes >= 0, "diskReserveBytes");
    check(maxUnappliedBytes >= Volume.MAX_RECORD_BYTES, "maxUnappliedBytes");
    check(punchWindowNanos > 0, "punchWindowNanos");
    check(gatherNanos >= 0, "gatherNanos");
  }

  /** With {@link #PUNCH_WINDOW_NANOS}, {@link #GATHER_NANOS} and standard regions. */
  public VolumeOptions(
      long logSegmentBytes,
      int maxLogSegments,
      int groupBytes,
      long growStepBytes,
      long preWriteAheadBytes,
      long preWriteBytesPerSecond,
      long reserveBytes,
      long diskReserveBytes,
      long maxUnappliedBytes) {
    this(
        logSegmentBytes,
        maxLogSegments,
        groupBytes,
        growStepBytes,
        preWriteAheadBytes,
        preWriteBytesPerSecond,
        reserveBytes,
        diskReserveBytes,
        maxUnappliedBytes,
        PUNCH_WINDOW_NANOS,
        GATHER_NANOS,
        RegionSize.STANDARD);
  }

  /** The same with another {@link #punchWindowNanos}. */
  public VolumeOptions punchingAfter(long windowNanos) {
    return with(windowNanos, gatherNanos, regionSize);
  }

  /** The same with another {@link #gatherNanos}. */
  public VolumeOptions gatheringFor(long nanos) {
    return with(punchWindowNanos, nanos, regionSize);
  }

  /** The same with another {@link #regionSize}. */
  public VolumeOptions inRegionsOf(RegionSize size) {
    return with(punchWindowNanos, gatherNanos, size);
  }

  private VolumeOptions with(
      long newPunchWindowNanos, long newGatherNanos, RegionSize newRegionSize) {
    return new VolumeOptions(
        logSegmentBytes,
        maxLogSegments,
        groupBytes,
        growStepBytes,
        preWriteAheadBytes,
        preWriteBytesPerSecond,
        reserveBytes,
        diskReserveBytes,
        maxUnappliedBytes,
        newPunchWindowNanos,
        newGatherNanos,
        newRegionSize);
  }

  /** For a file system of its own on a server. */
  public static VolumeOptions defaults() {
    return new VolumeOptions(
        16 * MIB, 16, (int) MIB, 256 * MIB, 64 * MIB, 128 * MIB, 16 * MIB, 512 * MIB, 64 * MIB);
  }

  private static void check(boolean good, String name) {
    if (!good) {
      throw new IllegalArgumentException(name + " is out of its range");
    }
  }
}
