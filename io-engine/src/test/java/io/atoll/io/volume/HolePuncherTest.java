package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.disk.Errno;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.VolumeWorld;
import io.atoll.io.space.RegionImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When free space goes back to the disk, and when it does not. */
class HolePuncherTest {

  private static final long DISK_BYTES = 24L * 1024 * 1024;
  private static final VolumeOptions OPTIONS = VolumeWorld.punchingOptions();
  private static final int UNIT_BLOCKS = RegionImage.BLOCKS_PER_UNIT;
  private static final int UNITS = 8;

  /** Less than what the volume keeps free. */
  private static final int CHUNK_BLOCKS = UNIT_BLOCKS / 2;

  private static final int MAX_EVENTS = 100_000;

  private final VolumeWorld world =
      new VolumeWorld(new SplittableRandom(1), OPTIONS, DISK_BYTES).withoutModel();

  @AfterEach
  void end() {
    world.kill();
  }

  @Test
  void spaceThatStaysFreeIsGivenBack() {
    world.openFully();
    volume().abandon(take());
    long usable = world.disk().usableBytes();
    world.loop().runUntil(() -> volume().counters().unitsPunched() >= UNITS / 2, MAX_EVENTS);
    assertTrue(world.disk().usableBytes() > usable, "nothing came back");
  }

  @Test
  void spaceReusedWithinTheWindowIsKept() {
    world.openFully();
    for (int round = 0; round < 20; round++) {
      volume().abandon(take());
      pass(OPTIONS.punchWindowNanos() * 2 / 3);
    }
    assertEquals(0, volume().counters().unitsPunched());
  }

  @Test
  void spaceFreedWithinTheWindowIsGivenBackAfterTheNext() {
    world.openFully();
    List<BlockRun> taken = take();
    List<BlockRun> late = List.copyOf(taken.subList(taken.size() - 2, taken.size()));
    taken.removeAll(late);
    volume().abandon(taken);
    pass(OPTIONS.punchWindowNanos() / 2);
    volume().abandon(late);
    world.loop().runUntil(() -> volume().counters().unitsPunched() > 0, MAX_EVENTS);
    final long punched = volume().counters().unitsPunched();
    assertTrue(punched < UNITS, "some of it was in use a moment ago");
    world.loop().runUntil(() -> volume().counters().unitsPunched() > punched, MAX_EVENTS);
  }

  @Test
  void holesFoundAtOpeningAreNotCountedAsGivenBackAgain() {
    world.openFully();
    volume().abandon(take());
    world.loop().runUntil(() -> volume().counters().unitsPunched() >= UNITS / 2, MAX_EVENTS);
    pass(OPTIONS.punchWindowNanos());
    final long holes = volume().counters().unitsPunched();
    world.crash();
    int[] punches = new int[1];
    world
        .disk()
        .faults((operation, name, offset) -> {
          punches[0] += operation == SimDisk.Operation.PUNCH ? 1 : 0;
          return 0;
        });
    world.openFully();
    world.loop().runUntil(() -> punches[0] > 0 && !volume().spaceComing(), MAX_EVENTS);
    assertEquals(0, volume().counters().unitsPunched());
    long fileBytes =
        world.disk().lengthBytes(VolumeWorld.EXTENTS) - holes * UNIT_BLOCKS * Volume.BLOCK_BYTES;
    assertTrue(
        volume().space().totalBytes()
            <= fileBytes + world.disk().usableBytes() - OPTIONS.diskReserveBytes(),
        "more than the disk has");
  }

  @Test
  void holesAreFilledBeforeTheFileGrows() {
    world.openFully();
    volume().abandon(take());
    world.loop().runUntil(() -> volume().counters().unitsPunched() >= UNITS / 2, MAX_EVENTS);
    pass(OPTIONS.punchWindowNanos());
    long lengthBytes = world.disk().lengthBytes(VolumeWorld.EXTENTS);
    take();
    assertTrue(volume().counters().unitsRefilled() > 0, "no hole was filled");
    assertEquals(
        (double) lengthBytes,
        (double) world.disk().lengthBytes(VolumeWorld.EXTENTS),
        (double) OPTIONS.growStepBytes());
  }

  @Test
  void aDiskThatDoesNotPunchIsAskedOnce() {
    world.openFully();
    int[] asked = new int[1];
    world
        .disk()
        .faults((operation, name, offset) -> {
          asked[0] += operation == SimDisk.Operation.PUNCH ? 1 : 0;
          return operation == SimDisk.Operation.PUNCH ? Errno.EOPNOTSUPP : 0;
        });
    for (int round = 0; round < 3; round++) {
      volume().abandon(take());
      pass(OPTIONS.punchWindowNanos() * 3);
    }
    assertEquals(1, asked[0]);
    assertEquals(0, volume().counters().unitsPunched());
  }

  @Test
  void aDiskThatFailsToPunchIsAskedAgainEverLessOften() {
    world.openFully();
    int[] asked = new int[1];
    boolean[] fails = {true};
    world
        .disk()
        .faults((operation, name, offset) -> {
          asked[0] += operation == SimDisk.Operation.PUNCH ? 1 : 0;
          return operation == SimDisk.Operation.PUNCH && fails[0] ? Errno.EIO : 0;
        });
    volume().abandon(take());
    final long usable = world.disk().usableBytes();
    world.loop().runUntil(() -> asked[0] > 0, MAX_EVENTS);
    pass(HolePuncher.FIRST_RETRY_NANOS * 5 / 2);
    assertEquals(2, asked[0]);
    pass(HolePuncher.LONGEST_RETRY_NANOS);
    assertTrue(asked[0] < 12, asked[0] + " tries in five minutes");
    assertEquals(usable, world.disk().usableBytes());
    fails[0] = false;
    pass(2 * HolePuncher.LONGEST_RETRY_NANOS);
    assertTrue(world.disk().usableBytes() > usable, "nothing came back");
    take();
    assertTrue(volume().counters().unitsRefilled() > 0, "no hole was filled");
  }

  /** A hole that the disk failed to take back holds data again when it is asked once more. */
  @Test
  void whatIsFilledAfterAFailureIsNotPunched() {
    world.openFully();
    boolean[] fails = {true};
    List<Long> punched = new ArrayList<>();
    world
        .disk()
        .faults((operation, name, offset) -> {
          if (operation == SimDisk.Operation.PUNCH && !fails[0]) {
            punched.add(offset / (UNIT_BLOCKS * (long) Volume.BLOCK_BYTES));
          }
          return operation == SimDisk.Operation.PUNCH && fails[0] ? Errno.EIO : 0;
        });
    volume().abandon(take());
    pass(3 * OPTIONS.punchWindowNanos());
    List<BlockRun> taken = take();
    assertTrue(volume().counters().unitsRefilled() > 0, "no hole was filled");
    fails[0] = false;
    pass(2 * HolePuncher.LONGEST_RETRY_NANOS);
    taken.forEach(run -> assertFalse(punched.contains(unitOf(run)), run + " was punched"));
  }

  @Test
  void holesAreFilledThoughTheDiskPunchesNoMore() {
    world.openFully();
    List<BlockRun> taken = take();
    long last = taken.stream().mapToLong(HolePuncherTest::unitOf).max().orElseThrow();
    // One unit stays in use, so that the holes are not neighbours.
    taken.removeIf(run -> unitOf(run) == last - 1);
    volume().abandon(taken);
    world.loop().runUntil(() -> volume().counters().unitsPunched() >= UNITS / 2, MAX_EVENTS);
    pass(3 * OPTIONS.punchWindowNanos());
    final long holes = volume().counters().unitsPunched();
    world.crash();
    world
        .disk()
        .faults((operation, name, offset) ->
            operation == SimDisk.Operation.PUNCH ? Errno.EOPNOTSUPP : 0);
    world.openFully();
    take();
    take();
    assertEquals(holes, volume().counters().unitsRefilled());
  }

  private static long unitOf(BlockRun run) {
    return run.address() / UNIT_BLOCKS;
  }

  @Test
  void whatWasSyncedBeforeThePunchDoesNotCountAfterIt() {
    SyncedUnits synced = new SyncedUnits();
    List<BlockRun> whole = new ArrayList<>();
    synced.add(new BlockRun(0, UNIT_BLOCKS - 1), whole::add);
    synced.forget(new BlockRun(0, UNIT_BLOCKS));
    synced.add(new BlockRun(UNIT_BLOCKS - 1, 1), whole::add);
    assertEquals(List.of(), whole);
  }

  private LogVolume volume() {
    return (LogVolume) world.volume();
  }

  /** Allocates some units, waiting until the file has grown. */
  private List<BlockRun> take() {
    List<BlockRun> taken = new ArrayList<>();
    while (taken.size() * CHUNK_BLOCKS < UNITS * UNIT_BLOCKS) {
      boolean[] ready = new boolean[1];
      volume().awaitSpace(CHUNK_BLOCKS, Volume.AllocationClass.DATA, status -> ready[0] = true);
      world.loop().runUntil(() -> ready[0], MAX_EVENTS);
      taken.addAll(volume().allocate(CHUNK_BLOCKS, Volume.AllocationClass.DATA));
    }
    return taken;
  }

  private void pass(long nanos) {
    boolean[] passed = new boolean[1];
    world.loop().schedule(nanos, () -> passed[0] = true);
    world.loop().runUntil(() -> passed[0], MAX_EVENTS);
  }
}
