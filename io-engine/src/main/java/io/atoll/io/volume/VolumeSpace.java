package io.atoll.io.volume;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.log.ChangeList;
import io.atoll.io.log.ChangeVisitor;
import io.atoll.io.loop.Loop;
import io.atoll.io.space.FreedBlocks;
import io.atoll.io.space.Holes;
import io.atoll.io.space.PinEpochs;
import io.atoll.io.space.RegionImage;
import io.atoll.io.space.SpaceMap;
import io.atoll.io.space.UnitChange;
import io.atoll.io.space.UnitState;
import io.atoll.io.volume.Volume.AllocationClass;
import io.atoll.io.volume.Volume.StatusCallback;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The blocks of an open volume: who may have them, when freed ones come back, and what keeps more
 * ready (the grower and the pre-writer) or gives back what is too much (the puncher).
 * Loop-confined.
 */
final class VolumeSpace {

  /** The share of the reserve that overwrites don't get. */
  private static final int KEPT_FROM_OVERWRITES = 2;

  private final Loop loop;
  private final Callbacks callbacks;
  private final SpaceMap map;
  private final PinEpochs pins;
  private final FreedBlocks freed;
  private final FreedBlocks.Reusable reusable;
  private final DiskWatch disk;
  private final SpaceGrower grower;
  private final PreWriter preWriter;
  private final HolePuncher puncher;
  private final Holes holes;
  private final SyncedUnits syncedUnits;
  private final VolumeCounters counters;
  private final Listener listener;
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private final long reserveBlocks;
  private final Runnable ended;
  private final SyncedRuns syncedRuns = new SyncedRuns();
  private PinEpochs.Epoch pinnedEpoch;
  private Volume.Pin pin;
  private long usedBlocks;
  private boolean stopped;
  private boolean wakeScheduled;

  /**
   * @param listener of the grower's and the pre-writer's steps
   */
  VolumeSpace(
      VolumeEnvironment environment,
      OpenedParts parts,
      VolumeOptions options,
      VolumeParts kinds,
      VolumeCounters counters,
      DiskWatch disk,
      Listener listener) {
    loop = environment.loop();
    callbacks = new Callbacks(loop);
    map = parts.space();
    holes = new Holes(options.regionSize());
    usedBlocks = parts.usedBlocks();
    pins = kinds.pins();
    freed = kinds.freedBlocks(pins);
    reusable = map::release;
    reserveBlocks = options.reserveBytes() / Volume.BLOCK_BYTES;
    this.disk = disk;
    this.counters = counters;
    this.listener = listener;
    ended = listener::ended;
    syncedUnits = kinds.syncedUnits();
    DiskFile extents = parts.extents();
    grower =
        new SpaceGrower(
            loop, disk, extents, map, parts.mapMemory(), holes, options, this::filled, this::grown);
    preWriter =
        new PreWriter(loop, extents, map, parts.zeros(), options, counters, new PreWriteEffects());
    puncher = kinds.holePuncher(loop, parts, options, new PunchEffects());
  }

  /** Begins to keep space ready, and to give back what is too much. */
  void start() {
    puncher.start();
    keepReady();
  }

  List<BlockRun> allocate(int blocks, AllocationClass allocationClass) {
    List<BlockRun> runs = mayHave(blocks, allocationClass) ? map.allocate(blocks) : List.of();
    if (disk.full()) {
      disk.check(); // others may have made room
    }
    puncher.allocated();
    keepReady();
    return runs;
  }

  /** Gives blocks back that no record refers to. */
  void abandon(List<BlockRun> runs) {
    for (BlockRun run : runs) {
      map.release(run);
    }
    puncher.released();
    wakeLater();
  }

  /** Those of one epoch share their pin: each release of it is that of one of them. */
  Volume.Pin pin() {
    PinEpochs.Epoch epoch = pins.pin();
    if (epoch != pinnedEpoch) {
      pinnedEpoch = epoch;
      pin =
          () -> {
            pins.release(epoch);
            listener.unpinned();
          };
    }
    return pin;
  }

  /** A record refers to the run now; whether it lies in space that needs a sync of its own. */
  boolean allocated(long address, int blocks) {
    usedBlocks += blocks;
    return map.anyUnwritten(address, blocks);
  }

  /** The record with this sequence frees the run. */
  void freed(long sequence, long address, int blocks) {
    usedBlocks -= blocks;
    freed.add(sequence, address, blocks);
  }

  /** Makes reusable what was freed up to {@code commitSequence} and is not pinned. */
  void drain(long commitSequence) {
    if (freed.blocks() > 0) {
      long before = freed.blocks();
      freed.drain(commitSequence, reusable);
      if (freed.blocks() < before) {
        puncher.released();
        wakeLater();
      }
    }
  }

  /** The data of these records has been synced: whole units of it need no sync any more. */
  void synced(List<ChangeList> records) {
    for (int i = 0; i < records.size(); i++) {
      records.get(i).forEach(syncedRuns);
    }
  }

  Volume.SpaceStatus status() {
    disk.check();
    long free = map.freeBlocks() + freed.blocks() - reserveBlocks;
    long growable = grower.growableBytes();
    return new Volume.SpaceStatus(
        map.allocatedBlocks() * Volume.BLOCK_BYTES + growable,
        usedBlocks * Volume.BLOCK_BYTES,
        disk.full() ? 0 : Math.max(0, free * Volume.BLOCK_BYTES + growable));
  }

  /** How much more the disk must have for {@link AllocationClass#DATA} to get anything. */
  long missingBytes() {
    long freeBlocks = map.freeBlocks() + freed.blocks();
    return disk.missingBytes((reserveBlocks + 1 - freeBlocks) * Volume.BLOCK_BYTES);
  }

  /** Whether free space is short while more is on its way. */
  boolean shortage() {
    return grower.shortage();
  }

  /** Whether blocks are about to become free that an allocation does not see yet. */
  boolean coming() {
    return !stopped
        && (grower.growing() || freed.blocks() > 0 || preWriter.busy() || puncher.punching());
  }

  void await(int blocks, AllocationClass allocationClass, StatusCallback callback) {
    waiters.add(new Waiter(blocks, allocationClass, callback));
    wakeLater();
  }

  /** Whether an operation is under way. */
  boolean busy() {
    return grower.growing() || preWriter.busy() || puncher.busy();
  }

  /** Grows and writes ahead no more; those who wait are told so. */
  void stop() {
    stopped = true;
    grower.stop();
    preWriter.stop();
    puncher.stop();
    while (!waiters.isEmpty()) {
      callbacks.tell(waiters.poll().callback(), VolumeStatus.FENCED);
    }
  }

  private boolean mayHave(int blocks, AllocationClass allocationClass) {
    long free = map.freeBlocks();
    return switch (allocationClass) {
      case DATA -> !disk.full() && free - reserveBlocks >= blocks;
      case OVERWRITE -> !disk.exhausted() && free - reserveBlocks / KEPT_FROM_OVERWRITES >= blocks;
      case RESERVED -> free >= blocks;
    };
  }

  private void keepReady() {
    if (!stopped) {
      grower.check();
      preWriter.check();
    }
  }

  /** Holes are free space again, not written. */
  private void filled(BlockRun run) {
    counters.unitsRefilled += run.blocks() / RegionImage.BLOCKS_PER_UNIT;
    changed(run, UnitState.ALLOCATED);
  }

  private void changed(BlockRun run, UnitState state) {
    int unitBlocks = RegionImage.BLOCKS_PER_UNIT;
    for (long address = run.address(); address < run.end(); address += unitBlocks) {
      listener.unitChanged(new UnitChange(new BlockRun(address, unitBlocks), state));
    }
  }

  private void grown() {
    keepReady();
    wakeLater();
    ended.run();
  }

  /** Not within the call that brought space: its caller is in the middle of something. */
  private void wakeLater() {
    if (!waiters.isEmpty() && !wakeScheduled && !stopped) {
      wakeScheduled = true;
      loop.execute(this::wake);
    }
  }

  /** Lets go on, in their order, who would get what they want, or all if nothing comes. */
  private void wake() {
    wakeScheduled = false;
    while (!waiters.isEmpty() && (!coming() || wouldGet(waiters.peek()))) {
      callbacks.tell(waiters.poll().callback(), stopped ? VolumeStatus.FENCED : VolumeStatus.OK);
    }
  }

  private boolean wouldGet(Waiter waiter) {
    return mayHave(waiter.blocks(), waiter.allocationClass());
  }

  private record Waiter(int blocks, AllocationClass allocationClass, StatusCallback callback) {}

  /** What follows from the steps that keep space ready. */
  interface Listener {
    /** The index is to learn of it, not at once. */
    void unitChanged(UnitChange unit);

    /** The index is to learn of it durably; then {@code durable} is run. */
    void flushUnits(Runnable durable);

    /** A pin was released. */
    void unpinned();

    /** A step has ended. */
    void ended();

    /** The extents can't be trusted any more. */
    void failed(String why);
  }

  private final class PreWriteEffects implements PreWriter.Listener {
    @Override
    public void unitWritten(BlockRun unit) {
      changed(unit, UnitState.WRITTEN);
    }

    @Override
    public void given() {
      wakeLater();
    }

    @Override
    public void ended() {
      wakeLater();
      listener.ended();
    }

    @Override
    public void failed(String why) {
      listener.failed(why);
    }
  }

  private final class PunchEffects implements HolePuncher.Listener {
    @Override
    public void mark(BlockRun run, Runnable marked) {
      syncedUnits.forget(run);
      changed(run, UnitState.HOLE);
      listener.flushUnits(marked);
    }

    @Override
    public void punched(BlockRun run, boolean given) {
      if (given) {
        counters.unitsPunched += run.blocks() / RegionImage.BLOCKS_PER_UNIT;
        disk.givenBack((long) run.blocks() * Volume.BLOCK_BYTES);
      }
      holes.add(run);
      keepReady();
    }

    @Override
    public void giveUpHoles(Holes unpunched) {
      holes.moveTo(unpunched);
    }

    @Override
    public void ended() {
      wakeLater();
      listener.ended();
    }
  }

  private final class SyncedRuns implements ChangeVisitor {
    @Override
    public void allocated(long address, int blocks, ByteBuf in, int crcsAt) {
      if (map.anyUnwritten(address, blocks)) {
        syncedUnits.add(new BlockRun(address, blocks), this::whole);
      }
    }

    private void whole(BlockRun unit) {
      if (map.anyUnwritten(unit.address(), unit.blocks())) {
        map.setWritten(unit);
        changed(unit, UnitState.WRITTEN);
      }
    }
  }
}
