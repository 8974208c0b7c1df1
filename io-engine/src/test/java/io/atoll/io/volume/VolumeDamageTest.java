package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.Errno;
import io.atoll.io.log.GroupCodec;
import io.atoll.io.sim.SimDisk;
import io.atoll.io.sim.VolumeWorkload;
import io.atoll.io.sim.VolumeWorld;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A damaged volume is refused by name and place, or what is left of it serves; never silently. */
class VolumeDamageTest {

  private static final int BLOCK = 4096;
  private static final int MAX_EVENTS = 100_000;

  private final VolumeWorld world =
      new VolumeWorld(new SplittableRandom(7), VolumeWorld.smallOptions(), 16 << 20);
  private final SimDisk disk = world.disk();

  @AfterEach
  void end() {
    world.kill();
  }

  @Test
  void damageInTheMiddleOfTheLogIsRefusedByFileAndOffset() {
    workThenKill();
    long second = groups("log/0000").get(1);
    disk.flipBit("log/0000", second + 200, 3);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("log/0000 at offset " + second), message);
    assertTrue(message.contains("is damaged"), message);
  }

  @Test
  void damagedHeaderInTheMiddleOfTheLogIsRefusedByFileAndOffset() {
    workThenKill();
    long second = groups("log/0000").get(1);
    disk.flipBit("log/0000", second + 1, 3);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("log/0000 at offset " + second), message);
  }

  @Test
  void refusalChangesNothing() {
    workThenKill();
    long second = groups("log/0000").get(1);
    disk.flipBit("log/0000", second + 200, 3);
    world.openRefused();
    disk.flipBit("log/0000", second + 200, 3);
    world.openFully();
    world.close();
  }

  @Test
  void oneBrokenCopyOfTheSuperblockIsSurvived() {
    workThenKill();
    disk.flipBit(Superblock.NAME, BLOCK + 20, 0);
    world.openFully();
    world.close();
  }

  @Test
  void oneUnreadableCopyOfTheSuperblockIsSurvived() {
    workThenKill(); // a new volume has one copy
    Set<Long> seen = new HashSet<>();
    for (int opening = 0; opening < 6; opening++) {
      long unreadable = (long) (opening % 2) * BLOCK;
      disk.faults((operation, name, offset) ->
          operation == SimDisk.Operation.READ
                  && name.startsWith(Superblock.NAME)
                  && offset == unreadable
              ? Errno.EIO
              : 0);
      world.openFully();
      assertTrue(seen.add(world.volume().incarnation()), "again: " + world.volume().incarnation());
      work();
      world.kill();
    }
  }

  /** A write verifier that clients know would have them drop what they still have to send. */
  @Test
  void noIncarnationComesTwiceWhicheverCopyOfTheSuperblockBreaks() {
    Set<Long> seen = new HashSet<>();
    for (int opening = 0; opening < 9; opening++) {
      world.openFully();
      assertTrue(seen.add(world.volume().incarnation()), "again: " + world.volume().incarnation());
      world.kill();
      if (opening % 3 > 0) {
        disk.flipBit(Superblock.NAME, (opening % 3 - 1) * BLOCK + 20, 0);
      }
    }
  }

  @Test
  void twoBrokenCopiesOfTheSuperblockAreRefused() {
    workThenKill();
    disk.flipBit(Superblock.NAME, 20, 0);
    disk.flipBit(Superblock.NAME, BLOCK + 20, 0);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("superblock at offset 0"), message);
  }

  @Test
  void newerFormatIsRefusedWithItsVersion() {
    workThenKill();
    byte[] newer = disk.visiblePage(Superblock.NAME, 1).clone();
    ByteBuffer view = ByteBuffer.wrap(newer).order(ByteOrder.LITTLE_ENDIAN);
    view.putInt(8, 99);
    CRC32C crc = new CRC32C();
    crc.update(newer, 0, BLOCK - 4);
    view.putInt(BLOCK - 4, (int) crc.getValue());
    disk.replace(Superblock.NAME, 1, newer);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("format version 99"), message);
  }

  @Test
  void lostSuperblockIsNotTakenForANewVolume() {
    workThenKill();
    disk.vanish(Superblock.NAME);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("superblock is missing"), message);
    assertTrue(disk.exists("extents/0000"), "the extents were removed");
  }

  @Test
  void lostIndexIsRefused() {
    workThenKill();
    world.index().open(true);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("index"), message);
  }

  @Test
  void lostLogIsRefused() {
    workThenKill();
    disk.vanish("log/0000");
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("log/0000"), message);
  }

  /** Nothing else says that there were records: the index has none of them. */
  @Test
  void segmentOverwrittenWithZerosIsRefusedByName() {
    workThenKill();
    overwrite("log/0000", page -> new byte[BLOCK]);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("log/0000 at offset 0"), message);
  }

  @Test
  void segmentAsItWasBeforeItWasBegunAgainIsRefusedByName() {
    world.openFully();
    VolumeWorkload workload = new VolumeWorkload(world);
    workload.start(3);
    awaitBegun(1);
    Map<Long, byte[]> older = new HashMap<>();
    for (long page = 0; page * BLOCK < disk.lengthBytes("log/0000"); page++) {
      older.put(page, disk.visiblePage("log/0000", page).clone());
    }
    awaitBegun(0);
    workload.stop();
    world.index().loseUnflushed();
    world.kill();
    overwrite("log/0000", older::get);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("log/0000"), message);
  }

  /** Only what was never acknowledged is cut; this group is known to have been durable. */
  @Test
  void firstGroupOfASegmentIsNotCutForADecayedBlock() {
    world.withoutModel().openFully();
    Volume volume = world.volume();
    BlockRun run = volume.allocate(1, Volume.AllocationClass.DATA).getFirst();
    ByteBuf data = world.buffers().take(BLOCK);
    int[] crcs = new int[1];
    new BlockChecksums().ofBlocks(data, 0, 1, crcs, 0);
    List<VolumeStatus> ended = new ArrayList<>();
    volume.writeBlocks(run, data, 0, ended::add);
    world.loop().runUntil(() -> ended.size() == 1, MAX_EVENTS);
    data.release();
    Volume.Mutation mutation = volume.newMutation();
    mutation.allocated(run, crcs, 0);
    long sequence = volume.append(mutation);
    volume.awaitCommit(sequence, ended::add);
    world.loop().runUntil(() -> ended.size() == 2, MAX_EVENTS);
    world.index().loseUnflushed();
    world.kill();
    disk.flipBit(VolumeWorld.EXTENTS, run.address() * BLOCK + 77, 5);
    world.openFully();
    assertEquals(sequence, world.volume().commitSequence());
  }

  @Test
  void segmentOfAnotherVolumeIsRefusedByName() {
    VolumeWorld other =
        new VolumeWorld(new SplittableRandom(8), VolumeWorld.smallOptions(), 16 << 20);
    other.openFully();
    new VolumeWorkload(other).start(3);
    other.loop().runUntil(() -> other.volume().commitSequence() >= 12, MAX_EVENTS);
    other.kill();
    workThenKill();
    for (long page = 0; page * BLOCK < disk.lengthBytes("log/0000"); page++) {
      disk.replace("log/0000", page, other.disk().visiblePage("log/0000", page).clone());
    }
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("log/0000 at offset 0"), message);
    assertTrue(message.contains("another volume's log"), message);
  }

  @Test
  void segmentsTooShortForTheGroupsThatAreWantedAreRefused() {
    workThenKill();
    VolumeOptions small = VolumeWorld.smallOptions();
    VolumeOptions larger =
        new VolumeOptions(
            2L * small.logSegmentBytes(),
            small.maxLogSegments(),
            2 * small.groupBytes(),
            small.growStepBytes(),
            small.preWriteAheadBytes(),
            small.preWriteBytesPerSecond(),
            small.reserveBytes(),
            small.diskReserveBytes(),
            small.maxUnappliedBytes());
    world.opensWith((environment, options, opened) -> LogVolume.open(environment, larger, opened));
    String message = world.openRefused().getMessage();
    assertTrue(message.contains(small.logSegmentBytes() + " bytes, too few"), message);
  }

  @Test
  void lostLastSegmentIsRefusedByName() {
    workThenKill();
    int last = 0;
    while (disk.exists("log/000" + (last + 1))) {
      last++;
    }
    disk.vanish("log/000" + last);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("log/000" + last + " is missing"), message);
  }

  @Test
  void fullDiskOpensByDroppingItsBallast() {
    world.openFully();
    assertEquals(0, world.volume().missingBytes());
    world.loop().runUntil(() -> disk.exists(Ballast.NAME), MAX_EVENTS);
    world.kill();
    workThenKill();
    disk.fill();
    disk.faults((operation, name, offset) ->
        operation == SimDisk.Operation.SYNC && disk.exists(Ballast.NAME) ? Errno.ENOSPC : 0);
    world.openFully();
    assertFalse(disk.exists(Ballast.NAME), "the ballast was kept");
    assertEquals(0, world.volume().space().availableBytes());
    assertTrue(world.volume().missingBytes() > 0);
    assertTrue(world.volume().allocate(1, Volume.AllocationClass.DATA).isEmpty());
    assertFalse(world.volume().allocate(1, Volume.AllocationClass.RESERVED).isEmpty());
  }

  @Test
  void endOfTheLogLostBelowTheIndexIsRefused() {
    world.openFully();
    work();
    world.close();
    for (String segment : List.of("log/0000", "log/0001", "log/0002", "log/0003")) {
      if (disk.exists(segment)) {
        groups(segment).forEach(at -> disk.replace(segment, at / BLOCK, new byte[BLOCK]));
      }
    }
    String message = world.openRefused().getMessage();
    assertTrue(message.contains("the end of the log is lost"), message);
  }

  @Test
  void decayedBlockIsReadAsDamagedAndOthersAsTheyAre() {
    world.withoutModel().openFully();
    Volume volume = world.volume();
    BlockRun run = volume.allocate(4, Volume.AllocationClass.DATA).getFirst();
    ByteBuf data = world.buffers().take(4 * BLOCK);
    int[] crcs = new int[4];
    new BlockChecksums().ofBlocks(data, 0, 4, crcs, 0);
    List<VolumeStatus> ended = new ArrayList<>();
    volume.writeBlocks(run, data, 0, ended::add);
    world.loop().runUntil(() -> ended.size() == 1, MAX_EVENTS);
    disk.flipBit(VolumeWorld.EXTENTS, (run.address() + 2) * BLOCK + 77, 5);
    volume.readBlocks(run, crcs, 0, data, 0, ended::add);
    volume.readBlocks(new BlockRun(run.address(), 2), crcs, 0, data, 0, ended::add);
    volume.readBlocks(new BlockRun(run.address() + 3, 1), crcs, 3, data, 0, ended::add);
    world.loop().runUntil(() -> ended.size() == 4, MAX_EVENTS);
    data.release();
    assertEquals(1, ended.stream().filter(VolumeStatus.DAMAGED::equals).count());
    assertEquals(1, ((LogVolume) volume).counters().damagedReads());
  }

  @Test
  void creationCutShortAnywhereIsTakenUpAgain() {
    for (int events = 0; events < 60; events++) {
      VolumeWorld fresh =
          new VolumeWorld(new SplittableRandom(events), VolumeWorld.smallOptions(), 16 << 20);
      fresh.open();
      for (int i = 0; i < events && fresh.opening(); i++) {
        fresh.loop().step();
      }
      fresh.crash();
      fresh.openFully();
      assertNotNull(fresh.volume());
      fresh.crash();
    }
  }

  @Test
  void anOpeningThatIsCutOffLetsTheNextOneCutNoFurtherGroup() {
    for (int events = 0; events < 150; events += 3) {
      VolumeWorld fresh =
          new VolumeWorld(new SplittableRandom(events), VolumeWorld.smallOptions(), 16 << 20)
              .withoutModel();
      fresh.openFully();
      commitBlock(fresh); // the first of a segment, of which the superblock knows
      BlockRun second = commitBlock(fresh);
      BlockRun third = commitBlock(fresh);
      fresh.index().loseUnflushed();
      fresh.kill();
      fresh.disk().flipBit(VolumeWorld.EXTENTS, second.address() * BLOCK, 1);
      fresh.disk().flipBit(VolumeWorld.EXTENTS, third.address() * BLOCK, 1);
      fresh.open();
      for (int i = 0; i < events && fresh.opening(); i++) {
        fresh.loop().step();
      }
      fresh.crash();
      fresh.openFully();
      assertEquals(2, fresh.volume().appendedSequence(), "cut off after " + events + " events");
      fresh.kill();
    }
  }

  /** A later one is begun only when it is durable. */
  @Test
  void aGroupAfterWhichAnotherWasBegunIsNotCutForADecayedBlock() {
    world.withoutModel().openFully();
    commitBlock(world); // the first of a segment, of which the superblock knows
    BlockRun second = commitBlock(world);
    commitBlock(world);
    world.index().loseUnflushed();
    world.kill();
    disk.flipBit(VolumeWorld.EXTENTS, second.address() * BLOCK, 1);
    disk.flipBit("log/0000", groups("log/0000").getLast() + GroupCodec.HEADER_BYTES, 3);
    world.openFully();
    assertEquals(2, world.volume().appendedSequence());
  }

  private static BlockRun commitBlock(VolumeWorld in) {
    Volume volume = in.volume();
    BlockRun run = volume.allocate(1, Volume.AllocationClass.DATA).getFirst();
    var data = in.buffers().take(BLOCK);
    data.setZero(0, BLOCK).setLong(0, 77);
    int[] crc = {new BlockChecksums().of(data, 0, BLOCK)};
    boolean[] committed = new boolean[1];
    volume.writeBlocks(
        run,
        data,
        0,
        status -> {
          data.release();
          long sequence = volume.append(volume.newMutation().allocated(run, crc, 0));
          volume.awaitCommit(sequence, told -> committed[0] = true);
        });
    in.loop().runUntil(() -> committed[0], MAX_EVENTS);
    return run;
  }

  private void workThenKill() {
    world.openFully();
    work();
    world.index().loseUnflushed();
    world.kill();
  }

  /** Of the segment begun last only its tail is lost, and the index knows nothing of that. */
  @Test
  void zeroedTailOfTheNewestSegmentIsRefusedUpToTheLastNote() {
    world.openFully();
    work();
    long before = superblock().mark().sequence();
    world.loop().stall(LogRoom.MARK_INTERVAL_NANOS);
    VolumeWorkload workload = new VolumeWorkload(world);
    workload.start(3);
    world.loop().runUntil(() -> superblock().mark().sequence() > before, MAX_EVENTS);
    workload.stop();
    String segment = "log/000" + superblock().mark().segment();
    world.index().loseUnflushed();
    world.kill();
    List<Long> groups = groups(segment);
    long lost = groups.get(1);
    groups.stream()
        .filter(at -> at >= lost)
        .forEach(at -> disk.replace(segment, at / BLOCK, new byte[BLOCK]));
    String message = world.openRefused().getMessage();
    assertTrue(message.contains(segment + " at offset " + lost), message);
    assertTrue(message.contains("were durable"), message);
  }

  /** As the one before, of a volume that nobody writes to any more: its very last group counts. */
  @Test
  void zeroedLastGroupIsRefusedOnceTheVolumeWasIdle() {
    world.openFully();
    work();
    world.loop().runUntil(() -> world.volume().commitSequence() == lastAppended(), MAX_EVENTS);
    long last = lastAppended();
    assertTrue(superblock().mark().sequence() < last, "noted before it was idle");
    world.loop().runUntil(() -> superblock().mark().sequence() == last, MAX_EVENTS);
    final long generation = superblock().generation();
    pass(3 * LogRoom.MARK_INTERVAL_NANOS);
    assertEquals(last, lastAppended(), "something was written");
    assertEquals(generation, superblock().generation(), "noted again, though nothing followed");
    String segment = "log/000" + superblock().mark().segment();
    world.index().loseUnflushed();
    world.kill();
    long lost = groups(segment).getLast();
    disk.replace(segment, lost / BLOCK, new byte[BLOCK]);
    String message = world.openRefused().getMessage();
    assertTrue(message.contains(segment + " at offset " + lost), message);
    assertTrue(message.contains("were durable"), message);
  }

  private long lastAppended() {
    return world.volume().appendedSequence();
  }

  private void pass(long nanos) {
    boolean[] passed = new boolean[1];
    world.loop().schedule(nanos, () -> passed[0] = true);
    world.loop().runUntil(() -> passed[0], MAX_EVENTS);
  }

  /** Leaves some groups in the log, above what the index has flushed. */
  private void work() {
    VolumeWorkload workload = new VolumeWorkload(world);
    workload.start(3);
    world.loop().runUntil(() -> world.volume().commitSequence() >= 12, MAX_EVENTS);
    workload.stop();
  }

  /** Works until the superblock says that this segment was begun last. */
  private void awaitBegun(int segment) {
    world.loop().runUntil(() -> superblock().mark().segment() == segment, 10 * MAX_EVENTS);
  }

  private Superblock superblock() {
    ByteBuf slots = Unpooled.buffer(Superblock.SLOTS * BLOCK);
    for (int slot = 0; slot < Superblock.SLOTS; slot++) {
      slots.writeBytes(disk.visiblePage(Superblock.NAME, slot));
    }
    return Superblock.decode(slots);
  }

  private void overwrite(String file, LongFunction<byte[]> pages) {
    for (long page = 0; page * BLOCK < disk.lengthBytes(file); page++) {
      disk.replace(file, page, pages.apply(page));
    }
  }

  /** The offsets of the groups of a segment. */
  private List<Long> groups(String segment) {
    List<Long> offsets = new ArrayList<>();
    for (long page = 0; page * BLOCK < disk.lengthBytes(segment); page++) {
      byte[] bytes = disk.visiblePage(segment, page);
      if (bytes[0] == 'A' && bytes[1] == 'T' && bytes[2] == 'L' && bytes[3] == 'G') {
        offsets.add(page * BLOCK);
      }
    }
    return offsets;
  }
}
