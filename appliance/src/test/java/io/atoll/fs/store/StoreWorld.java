package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.fs.scrub.Scrubber;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.loop.Loop;
import io.atoll.io.sim.SimBuffers;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.SimIndex;
import io.atoll.io.sim.SimLaneLoop;
import io.atoll.io.sim.SimLoop;
import io.atoll.io.sim.Storm;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeEnvironment;
import io.atoll.io.volume.VolumeOptions;
import io.atoll.io.volume.VolumeStatus;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A simulated machine with a real volume on a simulated disk and index, and a file system in it.
 */
final class StoreWorld implements TestFs.Driver {
  private static final int MAX_EVENTS = 1_000_000;
  private static final int PAGE = 4096;
  private static final int TWO_LOOPS_ONE_IN = 3;
  private static final SimBuffers BUFFERS = new SimBuffers();

  final SimDisk disk;
  private final SplittableRandom random;
  private final SimLoop loop;
  private final SimIndex.Store index = new SimIndex.Store();
  private final VolumeOptions options;

  /** What the file system gets for its cache of data. */
  GranuleMemory memory = TestFs.MEMORY;

  /** Opens the volume: a mutant's, perhaps. */
  VolumeWorld.Opener opener = LogVolume::open;

  private Runnable disturbance = () -> {};
  private Volume volume;

  /** Moves data, too, where calls name it; null if the home loop has it all. */
  private Loop dataLoop;

  private TestFs fs;
  private Scrubber scrubber;

  StoreWorld(SplittableRandom random, long diskBytes) {
    this(random, VolumeWorld.smallOptions(), diskBytes);
  }

  StoreWorld(SplittableRandom random, VolumeOptions options, long diskBytes) {
    this.random = random;
    this.options = options;
    loop = new SimLoop(random.split());
    disk = new SimDisk(loop, random.split(), diskBytes);
  }

  // --- time ---

  @Override
  public boolean step() {
    disturbance.run();
    return loop.step();
  }

  @Override
  public void runUntil(BooleanSupplier done) {
    for (int i = 0; i < MAX_EVENTS && !done.getAsBoolean(); i++) {
      if (!step()) {
        break;
      }
    }
    loop.runUntil(done, 0);
  }

  /** Run before each event. */
  void disturbance(Runnable task) {
    disturbance = task;
  }

  /** Lets time pass. */
  void pass(long nanos) {
    boolean[] passed = new boolean[1];
    loop.schedule(nanos, () -> passed[0] = true);
    runUntil(() -> passed[0]);
  }

  SimLoop loop() {
    return loop;
  }

  // --- faults ---

  /** Faults strike from now on. */
  void begin(Storm storm) {
    disk.faults(storm);
    index.faults(storm);
    loop.workerFaults(storm);
  }

  /** No faults strike any more, and nothing is disturbed. */
  void calm() {
    disturbance = () -> {};
    disk.faults(SimDisk.Faults.NONE);
    index.faults(SimIndex.Faults.NONE);
    loop.workerFaults(SimLoop.WorkerFaults.NONE);
  }

  // --- opening ---

  /** Opens volume and file system. */
  TestFs open(StoreSettings settings) {
    return open(settings, new StoreParts());
  }

  TestFs open(StoreSettings settings, StoreParts parts) {
    if (!tryToOpen(settings, parts)) {
      throw new AssertionError("the file system does not open");
    }
    return fs;
  }

  /** Opens volume and file system; false if that fails, and then all is closed again. */
  boolean tryToOpen(StoreSettings settings, StoreParts parts) {
    boolean[] ended = beginToOpen(settings, parts);
    runUntil(() -> ended[0]);
    if (fs == null) {
      closeDisk();
    }
    return fs != null;
  }

  /** Begins to open; what is returned says when that has ended. */
  boolean[] beginToOpen(StoreSettings settings, StoreParts parts) {
    boolean[] ended = new boolean[1];
    VolumeEnvironment environment =
        new VolumeEnvironment(
            loop, loop, loop, disk, index::open, BUFFERS, disk::usableBytes, true, random.split());
    opener.open(
        environment,
        options,
        (opened, failure) -> {
          volume = opened;
          if (failure != null) {
            ended[0] = true;
          } else {
            dataLoop = random.nextInt(TWO_LOOPS_ONE_IN) == 0 ? addDataLoop() : null;
            openStore(settings, parts, ended);
          }
        });
    return ended;
  }

  private Loop addDataLoop() {
    Loop added = new SimLaneLoop(loop);
    volume.addLane(added, disk, status -> {});
    return added;
  }

  private void openStore(StoreSettings settings, StoreParts parts, boolean[] ended) {
    long seed = random.nextLong();
    StoreFileSystem.open(
        volume,
        loop,
        new Random(seed),
        settings,
        memory.alone(),
        TestFs.ID,
        parts,
        (status, opened) -> {
          if (status == FsStatus.OK) {
            fs = new TestFs(seed, this, loop, volume, memory, opened);
            fs.dataLoop = dataLoop;
            ended[0] = true;
          } else {
            volume.close(closed -> ended[0] = true);
          }
        });
  }

  /** The file system that is open, or null. */
  TestFs fs() {
    return fs;
  }

  boolean fenced() {
    return volume.fenced();
  }

  /** Reads all content in the background from now on. */
  void scrub(long bytesPerSecond) {
    scrubber = new Scrubber(volume, loop, bytesPerSecond, () -> 0);
    scrubber.startNow();
  }

  /** Blocks that the scrubber has found damaged. */
  long scrubbedDamage() {
    return scrubber == null ? 0 : scrubber.status().damagedBlocks();
  }

  // --- ends ---

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

  /**
   * Closes all, in order unless it is fenced or comes to be; the process lives on.
   *
   * @return whether all is on disk
   */
  boolean close() {
    Volume closing = volume;
    if (scrubber != null) {
      scrubber.stop();
      scrubber = null;
    }
    FsStatus[] closed = new FsStatus[1];
    fs.fs.close((status, nothing) -> closed[0] = status);
    runUntil(() -> closed[0] != null);
    fs = null;
    volume = null;
    closeDisk();
    if (BUFFERS.outstanding() > 0) {
      throw new AssertionError(BUFFERS.outstanding() + " buffers are not released");
    }
    if (closing.fenced()) {
      index.crash(random);
    }
    if ((closed[0] == FsStatus.OK) == closing.fenced()) {
      throw new AssertionError("closed with " + closed[0]);
    }
    return closed[0] == FsStatus.OK;
  }

  private void closeDisk() {
    boolean[] closed = new boolean[1];
    disk.close((cookie, result) -> closed[0] = true, 0);
    runUntil(() -> closed[0]);
    disk.reopen();
  }

  private void dead() {
    loop.crash();
    BUFFERS.crash();
    calm();
    scrubber = null;
    volume = null;
    fs = null;
  }

  // --- what is wrong ---

  /** Waits for what goes on in the background, and looks for anything that is wrong. */
  List<String> faults() {
    Store store = fs.fs.store();
    runUntil(() -> store.orphans.isIdle() && store.trims.isIdle() && store.quotas.isIdle());
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
