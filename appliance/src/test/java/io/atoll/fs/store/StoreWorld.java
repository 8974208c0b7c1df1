package io.atoll.fs.store;

import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.sim.SimBuffers;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.SimIndex;
import io.atoll.io.sim.SimLoop;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeEnvironment;
import io.atoll.io.volume.VolumeStatus;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A simulated machine with a real volume on a simulated disk and index, and a file system in it.
 */
final class StoreWorld implements TestFs.Driver {
  private static final int MAX_EVENTS = 1_000_000;
  private static final int PAGE = 4096;
  private static final SimBuffers BUFFERS = new SimBuffers();

  final SimDisk disk;
  private final SplittableRandom random;
  private final SimLoop loop;
  private final SimIndex.Store index = new SimIndex.Store();

  /** What the file system gets for its cache of data. */
  GranuleMemory memory = TestFs.MEMORY;

  private Volume volume;
  private TestFs fs;

  StoreWorld(SplittableRandom random, long diskBytes) {
    this.random = random;
    loop = new SimLoop(random.split());
    disk = new SimDisk(loop, random.split(), diskBytes);
  }

  @Override
  public boolean step() {
    return loop.step();
  }

  @Override
  public void runUntil(BooleanSupplier done) {
    loop.runUntil(done, MAX_EVENTS);
  }

  /** Opens volume and file system. */
  TestFs open(StoreSettings settings) {
    return open(settings, new StoreParts());
  }

  TestFs open(StoreSettings settings, StoreParts parts) {
    VolumeEnvironment environment =
        new VolumeEnvironment(
            loop, loop, loop, disk, index::open, BUFFERS, disk::usableBytes, true, random.split());
    Volume[] opened = new Volume[1];
    LogVolume.open(
        environment,
        VolumeWorld.smallOptions(),
        (newVolume, failure) -> {
          if (failure != null) {
            throw new AssertionError("the volume does not open", failure);
          }
          opened[0] = newVolume;
        });
    runUntil(() -> opened[0] != null);
    volume = opened[0];
    fs = new TestFs(random.nextLong(), this, loop, volume, settings, memory, parts);
    return fs;
  }

  /** Lets time pass. */
  void pass(long nanos) {
    boolean[] passed = new boolean[1];
    loop.schedule(nanos, () -> passed[0] = true);
    runUntil(() -> passed[0]);
  }

  boolean fenced() {
    return volume.fenced();
  }

  /** Power off. */
  void crash() {
    disk.crash();
    index.crash(random);
    dead();
  }

  /** kill -9. */
  void kill() {
    disk.kill();
    index.crash(random);
    dead();
  }

  void close() {
    boolean[] closed = new boolean[1];
    fs.fs.close((status, nothing) -> closed[0] = true);
    runUntil(() -> closed[0]);
    if (BUFFERS.outstanding() > 0) {
      throw new AssertionError(BUFFERS.outstanding() + " buffers are not released");
    }
    dead();
  }

  private void dead() {
    loop.crash();
    BUFFERS.crash();
    volume = null;
    fs = null;
  }

  /** Waits for what goes on in the background, and looks for anything that is wrong. */
  List<String> faults() {
    Store store = fs.fs.store();
    runUntil(() -> store.orphans.isIdle() && store.trims.isIdle());
    NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
    byte[] from = {1};
    while (from != null) {
      from = scan(from, map);
    }
    return StoreCheck.faults(map, volume.space().usedBytes() / Volume.BLOCK_BYTES);
  }

  private byte[] scan(byte[] from, NavigableMap<byte[], byte[]> into) {
    byte[][] next = new byte[1][];
    boolean[] scanned = new boolean[1];
    volume.scan(
        from,
        new byte[] {(byte) 0xff},
        PAGE,
        (status, entries) -> {
          if (status != VolumeStatus.OK) {
            throw new AssertionError("the map can't be scanned: " + status);
          }
          entries.forEach(entry -> into.put(entry.key(), entry.value()));
          next[0] = entries.size() < PAGE ? null : Keys.after(entries.getLast().key());
          scanned[0] = true;
        });
    runUntil(() -> scanned[0]);
    return next[0];
  }
}
