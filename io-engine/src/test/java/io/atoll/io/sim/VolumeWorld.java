package io.atoll.io.sim;

import io.atoll.io.space.MapMemory;
import io.atoll.io.space.RegionSize;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.DiskSpace;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeEnvironment;
import io.atoll.io.volume.VolumeOpenException;
import io.atoll.io.volume.VolumeOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * A simulated machine with one volume: opens it, lets events happen, crashes it, and holds it to
 * its invariants.
 */
public final class VolumeWorld {

  public static final String EXTENTS = "extents/0000";
  private static final int MAX_OPEN_EVENTS = 100_000;
  private static final long PUNCH_WINDOW_NANOS = 100_000;

  /** So short that much reaches the index, so long that some gathers. */
  private static final long GATHER_NANOS = 200_000;

  /** Regions of 1, 2 or 4 MiB. */
  private static final int MAX_REGION_SHIFT = 2;

  private static final SimBuffers BUFFERS = new SimBuffers();

  private final SplittableRandom random;
  private final SimLoop loop;
  private final SimDisk disk;
  private final SimIndex.Store index = new SimIndex.Store();
  private final VolumeModel model = new VolumeModel();
  private final CommitNeverAheadOfDisk commitNeverAheadOfDisk = new CommitNeverAheadOfDisk();
  private final List<Invariant> invariants =
      new ArrayList<>(
          List.of(
              new AckedRecordSurvives(),
              new RecordsArePrefix(),
              new NoBlockSharedOrLeaked(),
              new ReferredBlocksReadBack(),
              new WrittenSpaceIsWritten(),
              new IncarnationRises(),
              commitNeverAheadOfDisk));

  /** Blocks that a cut group had freed. */
  private final Set<Long> forgiven = new HashSet<>();

  private final VolumeOptions options;
  private MapMemory mapMemory = MapMemory.unbounded();
  private Opener opener;
  private Volume volume;
  private VolumeOpenException openFailure;
  private long ackedSequence;
  private long committedSequence;
  private long ackedBeforeLastGroup;
  private boolean opening;

  public VolumeWorld(SplittableRandom random, VolumeOptions options, long diskBytes) {
    this(random, options, diskBytes, LogVolume::open);
  }

  /**
   * @param opener opens the volume: a mutant's, perhaps
   */
  public VolumeWorld(
      SplittableRandom random, VolumeOptions options, long diskBytes, Opener opener) {
    this.random = random;
    this.options = options;
    this.opener = opener;
    loop = new SimLoop(random.split());
    disk = new SimDisk(loop, random.split(), diskBytes);
    disk.durableWrites(commitNeverAheadOfDisk::durable);
    disk.punchLate();
    loop.afterEvent(this::checkEvent);
  }

  /** A small volume: its log and its space come round quickly. */
  public static VolumeOptions smallOptions() {
    long mib = 1024 * 1024;
    return new VolumeOptions(
            mib / 2, 4, (int) (mib / 2), 3 * mib, mib, 400 * mib, mib / 4, 2 * mib, mib)
        .gatheringFor(GATHER_NANOS);
  }

  /** As {@link #smallOptions}, without reserve: what is freed on a full disk is needed at once. */
  public static VolumeOptions tightOptions() {
    VolumeOptions small = smallOptions();
    return new VolumeOptions(
            small.logSegmentBytes(),
            small.maxLogSegments(),
            small.groupBytes(),
            small.growStepBytes(),
            small.preWriteAheadBytes(),
            small.preWriteBytesPerSecond(),
            0,
            small.diskReserveBytes(),
            small.maxUnappliedBytes())
        .gatheringFor(small.gatherNanos());
  }

  /** As {@link #smallOptions}, with space that is given back to the disk as soon as it is free. */
  public static VolumeOptions punchingOptions() {
    return punchingOptions(1024 * 1024);
  }

  /** As the other; without anything pre-written, only what data has filled counts as written. */
  public static VolumeOptions punchingOptions(long preWriteAheadBytes) {
    VolumeOptions small = smallOptions();
    long mib = 1024 * 1024;
    return new VolumeOptions(
            small.logSegmentBytes(),
            small.maxLogSegments(),
            small.groupBytes(),
            mib,
            preWriteAheadBytes,
            small.preWriteBytesPerSecond(),
            small.reserveBytes(),
            small.diskReserveBytes(),
            small.maxUnappliedBytes())
        .punchingAfter(PUNCH_WINDOW_NANOS)
        .gatheringFor(small.gatherNanos());
  }

  /** The same in regions so small that most of what is done meets the borders between them. */
  public static VolumeOptions inSmallRegions(VolumeOptions options, SplittableRandom random) {
    return options.inRegionsOf(new RegionSize(1 << random.nextInt(MAX_REGION_SHIFT + 1)));
  }

  public RegionSize regionSize() {
    return options.regionSize();
  }

  /** Whether space is given back to the disk as soon as it is free. */
  public boolean punches() {
    return options.punchWindowNanos() == PUNCH_WINDOW_NANOS;
  }

  /** The test appends records that the model is not told of: the invariants would not know them. */
  public VolumeWorld withoutModel() {
    invariants.clear();
    return this;
  }

  /** From the next opening on. */
  public void mapMemory(MapMemory memory) {
    mapMemory = memory;
  }

  /** From now on. */
  public void opensWith(Opener newOpener) {
    opener = newOpener;
  }

  /** Begins to open the volume. */
  public void open() {
    opening = true;
    openFailure = null;
    RandomGenerator identity = random.split();
    VolumeEnvironment environment =
        new VolumeEnvironment(
            loop,
            loop,
            loop,
            disk,
            index::open,
            BUFFERS,
            BUFFERS,
            new DiskSpace(disk::usableBytes),
            true,
            mapMemory,
            identity);
    opener.open(
        environment,
        options,
        (opened, failure) -> {
          opening = false;
          openFailure = failure;
          if (failure == null) {
            volume = opened;
            forgiveReuse(opened.appendedSequence());
            invariants.forEach(each -> each.afterRecovery(this));
            ackedSequence = opened.commitSequence();
            committedSequence = ackedSequence;
            ackedBeforeLastGroup = ackedSequence;
          }
        });
  }

  /** Opens the volume to the end; fails if it can't be. */
  public void openFully() {
    if (!tryToOpen()) {
      throw new AssertionError("the volume does not open", openFailure);
    }
  }

  /** Opens the volume to the end; false if it can't be. */
  public boolean tryToOpen() {
    open();
    loop.runUntil(() -> !opening, MAX_OPEN_EVENTS);
    return openFailure == null;
  }

  /** Opens a volume that must not open, and says why it did not. */
  public VolumeOpenException openRefused() {
    if (tryToOpen()) {
      throw new AssertionError("the volume opened");
    }
    return openFailure;
  }

  /** Why the last opening failed; null if it did not. */
  public VolumeOpenException openFailure() {
    return openFailure;
  }

  public boolean opening() {
    return opening;
  }

  /** Faults strike from now on. */
  public void begin(Storm storm) {
    disk.faults(storm);
    index.faults(storm);
    loop.workerFaults(storm);
  }

  /** No faults strike any more. */
  public void calm() {
    disk.faults(SimDisk.Faults.NONE);
    index.faults(SimIndex.Faults.NONE);
    loop.workerFaults(SimLoop.WorkerFaults.NONE);
  }

  /** Power off. */
  public void crash() {
    disk.crash();
    index.crash(random);
    dead();
  }

  /** kill -9: what the machine has, it keeps; the index's process memory is gone. */
  public void kill() {
    disk.kill();
    index.crash(random);
    dead();
  }

  /** Closes the volume as it should be, and then the disk. The process lives on. */
  public void close() {
    boolean[] closed = new boolean[1];
    volume.close(status -> closed[0] = true);
    loop.runUntil(() -> closed[0], MAX_OPEN_EVENTS);
    Invariant.require(
        volume.fenced() || volume.commitSequence() == volume.appendedSequence(),
        "closed with records not durable");
    if (volume.fenced()) {
      index.crash(random);
    }
    volume = null;
    closeDisk();
  }

  /**
   * Closes the disk, after the volume or an opening that failed, so that it can be opened again.
   */
  public void closeDisk() {
    boolean[] closed = new boolean[1];
    disk.close((cookie, result) -> closed[0] = true, 0);
    loop.runUntil(() -> closed[0], MAX_OPEN_EVENTS);
    disk.reopen();
  }

  /** Notes that {@code awaitCommit} has said OK. */
  public void acked(long sequence) {
    ackedSequence = Math.max(ackedSequence, sequence);
  }

  /**
   * The last record that must have survived. If a bit of the disk has turned, the last group may be
   * taken for torn, or for one whose data never arrived (decision 4); never one before it.
   */
  public long ackedSequence() {
    return disk.anySpoilt() ? ackedBeforeLastGroup : ackedSequence;
  }

  public SimLoop loop() {
    return loop;
  }

  public SimDisk disk() {
    return disk;
  }

  public SimIndex.Store index() {
    return index;
  }

  public SimBuffers buffers() {
    return BUFFERS;
  }

  public VolumeModel model() {
    return model;
  }

  /** The open volume, or null. */
  public Volume volume() {
    return volume;
  }

  public SplittableRandom random() {
    return random;
  }

  static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * If the last group is cut though it was acknowledged, what it had freed may have been used again
   * since: whoever refers to that again is told that it is damaged.
   */
  private void forgiveReuse(long recovered) {
    for (long cut = recovered + 1;
        disk.anySpoilt() && cut <= Math.min(committedSequence, model.sequence());
        cut++) {
      for (BlockRun run : model.record(cut).freed) {
        for (long block = run.address(); block < run.end(); block++) {
          forgiven.add(block);
        }
      }
    }
  }

  /** Whether a block may be told to be damaged. */
  boolean mayBeDamaged(long block) {
    return isSpoilt(block) || forgiven.contains(block);
  }

  /** Whether any block may be told to be damaged. */
  boolean mayBeDamaged() {
    return disk.anySpoilt() || !forgiven.isEmpty();
  }

  /** Whether a page of the extents is not what was written there. */
  boolean isSpoilt(long block) {
    return disk.anySpoilt() && disk.isSpoilt(disk.visiblePage(EXTENTS, block));
  }

  private void checkEvent() {
    if (volume != null) {
      long commit = volume.commitSequence();
      if (commit > committedSequence) {
        // One group at a time is committed, so this is where the one before it ended.
        ackedBeforeLastGroup = committedSequence;
        committedSequence = commit;
        acked(commit);
      }
      invariants.forEach(each -> each.afterEvent(this));
    }
  }

  private void dead() {
    loop.crash();
    BUFFERS.crash();
    volume = null;
    opening = false;
  }

  /** Opens a volume. */
  @FunctionalInterface
  public interface Opener {
    void open(VolumeEnvironment environment, VolumeOptions options, LogVolume.Opened opened);
  }
}
