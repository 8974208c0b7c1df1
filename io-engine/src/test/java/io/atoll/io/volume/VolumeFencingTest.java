package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.Errno;
import io.atoll.io.sim.SimDisk.Operation;
import io.atoll.io.sim.VolumeWorld;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What fails, whom it fails, and what it costs: the commit path counted operation by operation. */
class VolumeFencingTest {

  private static final int BLOCK = 4096;
  private static final int MAX_EVENTS = 100_000;

  private final List<VolumeStatus> ended = new ArrayList<>();
  private VolumeWorld world;
  private LogVolume volume;

  @BeforeEach
  void open() {
    open(VolumeWorld.smallOptions());
  }

  @AfterEach
  void end() {
    world.kill();
  }

  @Test
  void failedLogWriteFencesAndTellsAllWaiters() {
    failing(Operation.WRITE_DURABLY, "log/");
    long first = append(1);
    long second = append(2);
    volume.awaitCommit(first, ended::add);
    volume.awaitCommit(second, ended::add);
    run();
    assertEquals(List.of(VolumeStatus.FENCED, VolumeStatus.FENCED), ended);
    assertTrue(volume.fenced());
    assertEquals(0, volume.commitSequence());
  }

  @Test
  void fencedVolumeRefusesEverything() {
    failing(Operation.WRITE_DURABLY, "log/");
    volume.awaitCommit(append(1), status -> {});
    run();
    ByteBuf data = world.buffers().take(BLOCK);
    volume.awaitCommit(append(2), ended::add);
    volume.get(key(1), (status, value) -> ended.add(status));
    volume.scan(key(0), key(9), 10, (status, entries) -> ended.add(status));
    volume.writeBlocks(new BlockRun(0, 1), data, 0, ended::add);
    volume.readBlocks(new BlockRun(0, 1), new int[1], 0, data, 0, ended::add);
    volume.awaitRoom(ended::add);
    data.release();
    assertEquals(6, ended.size());
    assertTrue(ended.stream().allMatch(VolumeStatus.FENCED::equals), ended.toString());
    assertTrue(volume.allocate(1, Volume.AllocationClass.RESERVED).isEmpty());
  }

  @Test
  void aReadUnderWayWhenTheVolumeIsFencedIsToldSo() {
    failing(Operation.WRITE_DURABLY, "log/");
    volume.awaitCommit(append(1), status -> {});
    while (!volume.fenced()) {
      volume.get(
          key(2),
          (status, value) -> {
            if (volume.fenced()) {
              ended.add(status);
            }
          });
      volume.scan(
          key(0),
          key(9),
          10,
          (status, entries) -> {
            if (volume.fenced()) {
              ended.add(status);
            }
          });
      world.loop().step();
    }
    run();
    assertFalse(ended.isEmpty());
    assertTrue(ended.stream().allMatch(VolumeStatus.FENCED::equals), ended.toString());
  }

  @Test
  void fencedVolumeClosesAndOpensAgainWithWhatWasDurable() {
    volume.awaitCommit(append(1), ended::add);
    run();
    failing(Operation.WRITE_DURABLY, "log/");
    volume.awaitCommit(append(2), ended::add);
    run();
    world.disk().faults(io.atoll.io.sim.SimDisk.Faults.NONE);
    volume.close(ended::add);
    run();
    assertEquals(List.of(VolumeStatus.OK, VolumeStatus.FENCED, VolumeStatus.FENCED), ended);
    assertEquals(0, world.buffers().outstanding());
  }

  @Test
  void failedDataSyncFences() {
    BlockRun unwritten = takeUnwritten();
    writeAndAppend(unwritten, () -> failing(Operation.SYNC, "extents/"));
    assertEquals(List.of(VolumeStatus.OK, VolumeStatus.FENCED), ended);
    assertTrue(volume.fenced());
  }

  @Test
  void failedDataWriteFailsItsWriterOnly() {
    failing(Operation.WRITE, "extents/");
    ByteBuf data = world.buffers().take(BLOCK);
    volume.writeBlocks(
        volume.allocate(1, Volume.AllocationClass.DATA).getFirst(), data, 0, ended::add);
    volume.awaitCommit(append(1), ended::add);
    run();
    data.release();
    assertEquals(2, ended.size());
    assertTrue(ended.contains(VolumeStatus.IO_ERROR));
    assertTrue(ended.contains(VolumeStatus.OK));
    assertFalse(volume.fenced());
  }

  @Test
  void aLazyRecordIsNotWrittenBeforeItIsWantedOrHasLingered() {
    long first = appendLazily(1);
    long appendedNanos = world.loop().monotonicNanos();
    world.loop().runUntil(() -> volume.commitSequence() == first, MAX_EVENTS);
    long lingeredNanos = world.loop().monotonicNanos() - appendedNanos;
    assertTrue(lingeredNanos >= CommitPipeline.LINGER_NANOS, lingeredNanos + " ns");
  }

  @Test
  void aLazyRecordLingersThoughTheTimeOfAnEarlierOneIsUp() {
    volume.awaitCommit(appendLazily(1), ended::add);
    world.loop().runUntil(() -> !ended.isEmpty(), MAX_EVENTS);
    boolean[] passed = new boolean[1];
    world.loop().schedule(CommitPipeline.LINGER_NANOS / 2, () -> passed[0] = true);
    world.loop().runUntil(() -> passed[0], MAX_EVENTS);
    long second = appendLazily(2);
    long appendedNanos = world.loop().monotonicNanos();
    world.loop().runUntil(() -> volume.commitSequence() == second, MAX_EVENTS);
    long lingeredNanos = world.loop().monotonicNanos() - appendedNanos;
    assertTrue(lingeredNanos >= CommitPipeline.LINGER_NANOS, lingeredNanos + " ns");
  }

  @Test
  void aLazyRecordIsWrittenWithTheNextThatIsWanted() {
    long lazy = appendLazily(1);
    volume.awaitCommit(Long.MAX_VALUE, status -> {});
    run();
    long begin = world.loop().monotonicNanos();
    appendLazily(2);
    long wanted = append(3);
    long afterwards = appendLazily(4);
    world.loop().runUntil(() -> volume.commitSequence() >= wanted, MAX_EVENTS);
    assertTrue(world.loop().monotonicNanos() - begin < CommitPipeline.LINGER_NANOS);
    assertTrue(lazy < wanted);
    volume.awaitCommit(afterwards, ended::add);
    world.loop().runUntil(() -> !ended.isEmpty(), MAX_EVENTS);
    assertTrue(world.loop().monotonicNanos() - begin < CommitPipeline.LINGER_NANOS);
    assertEquals(List.of(VolumeStatus.OK), ended);
  }

  @Test
  void lazyRecordsAreWrittenAtTheirBound() {
    long begin = world.loop().monotonicNanos();
    for (int i = 0; i <= CommitPipeline.MAX_LINGERING_RECORDS; i++) {
      appendLazily(i);
    }
    long last = volume.appendedSequence();
    world.loop().runUntil(() -> volume.commitSequence() == last, MAX_EVENTS);
    assertTrue(world.loop().monotonicNanos() - begin < CommitPipeline.LINGER_NANOS);
  }

  @Test
  void lazyRecordsAreDurableAtTheEnd() {
    appendLazily(1);
    volume.close(ended::add);
    run();
    assertEquals(List.of(VolumeStatus.OK), ended);
    assertEquals(volume.appendedSequence(), volume.commitSequence());
  }

  private long appendLazily(int value) {
    return volume.appendLazily(volume.newMutation().put(key(1), new byte[] {(byte) value}));
  }

  /** The first group of a segment costs a write of the superblock besides. */
  private void beginSegment() {
    volume.awaitCommit(append(0), ended::add);
    run();
    assertEquals(List.of(VolumeStatus.OK), ended);
    ended.clear();
  }

  @Test
  void theFirstGroupOfASegmentIsNotedBeforeItIsAcknowledged() {
    failing(Operation.WRITE_DURABLY, Superblock.NAME);
    volume.awaitCommit(append(1), ended::add);
    run();
    assertEquals(List.of(VolumeStatus.FENCED), ended);
    assertTrue(volume.fenced());
  }

  @Test
  void recordsOfOneTurnShareOneDurableWrite() {
    beginSegment();
    var before = world.disk().counters().snapshot();
    for (int i = 0; i < 20; i++) {
      volume.awaitCommit(append(i), ended::add);
    }
    // No further: what an idle volume notes is a durable write, too.
    world.loop().runUntil(() -> ended.size() == 20, MAX_EVENTS);
    var spent = world.disk().counters().snapshot().since(before);
    assertEquals(1, spent.durableWrites());
    assertEquals(0, spent.dataSyncs());
    assertEquals(2, volume.counters().groups());
  }

  @Test
  void dataInWrittenSpaceCostsOneWriteAndOneFlush() {
    beginSegment();
    var before = world.disk().counters().snapshot();
    writeAndAppend(volume.allocate(4, Volume.AllocationClass.DATA).getFirst(), () -> {});
    var spent = world.disk().counters().snapshot().since(before);
    assertEquals(List.of(VolumeStatus.OK, VolumeStatus.OK), ended);
    assertEquals(1, spent.writes());
    assertEquals(1, spent.durableWrites());
    assertEquals(0, spent.dataSyncs());
  }

  @Test
  void dataInUnwrittenSpaceIsSyncedBeforeItsRecord() {
    BlockRun unwritten = takeUnwritten();
    var before = world.disk().counters().snapshot();
    writeAndAppend(unwritten, () -> {});
    var spent = world.disk().counters().snapshot().since(before);
    assertEquals(List.of(VolumeStatus.OK, VolumeStatus.OK), ended);
    assertEquals(1, spent.dataSyncs());
  }

  @Test
  void aMissingKeyIsNullAndAnAppendedOneIsThereAtOnce() {
    byte[][] seen = new byte[1][];
    volume.get(key(1), (status, value) -> ended.add(status));
    run();
    append(1);
    volume.get(key(1), (status, value) -> seen[0] = value);
    assertEquals(1, seen[0][0]);
    volume.append(volume.newMutation().delete(key(1)));
    volume.get(key(1), (status, value) -> seen[0] = value);
    assertNull(seen[0]);
  }

  @Test
  void lastSpaceIsForReservedAllocationsOnly() {
    List<BlockRun> taken = new ArrayList<>();
    for (List<BlockRun> runs = volume.allocate(256, Volume.AllocationClass.DATA);
        !runs.isEmpty();
        runs = volume.allocate(256, Volume.AllocationClass.DATA)) {
      taken.addAll(runs);
      run();
    }
    for (List<BlockRun> runs = volume.allocate(1, Volume.AllocationClass.DATA);
        !runs.isEmpty();
        runs = volume.allocate(1, Volume.AllocationClass.DATA)) {
      taken.addAll(runs);
    }
    assertEquals(0, volume.space().availableBytes());
    List<BlockRun> overwriting = new ArrayList<>();
    for (List<BlockRun> runs = volume.allocate(1, Volume.AllocationClass.OVERWRITE);
        !runs.isEmpty();
        runs = volume.allocate(1, Volume.AllocationClass.OVERWRITE)) {
      overwriting.addAll(runs);
    }
    long reserveBlocks = VolumeWorld.smallOptions().reserveBytes() / BLOCK;
    assertEquals(reserveBlocks / 2, overwriting.stream().mapToInt(BlockRun::blocks).sum());
    assertFalse(volume.allocate(8, Volume.AllocationClass.RESERVED).isEmpty());
    volume.abandon(overwriting);
    assertFalse(volume.allocate(1, Volume.AllocationClass.OVERWRITE).isEmpty());
    volume.abandon(taken);
    assertFalse(volume.allocate(256, Volume.AllocationClass.DATA).isEmpty());
  }

  @Test
  void aFullQueueOfTheDiskDelaysAndFailsNothing() {
    SplittableRandom luck = new SplittableRandom(3);
    BlockRun unwritten = takeUnwritten();
    world.disk().faults((operation, name, offset) -> luck.nextInt(3) > 0 ? Errno.EAGAIN : 0);
    writeAndAppend(unwritten, () -> {});
    volume.awaitCommit(append(2), ended::add);
    run();
    assertEquals(List.of(VolumeStatus.OK, VolumeStatus.OK, VolumeStatus.OK), ended);
    assertFalse(volume.fenced());
  }

  @Test
  void aCallbackThatThrowsStrandsNobody() {
    long sequence = append(1);
    volume.awaitCommit(
        sequence,
        status -> {
          throw new IllegalStateException("a defect of whoever waits");
        });
    volume.awaitCommit(sequence, ended::add);
    assertThrows(IllegalStateException.class, this::run);
    run();
    assertEquals(List.of(VolumeStatus.OK), ended);
  }

  @Test
  void whoWaitsForSpaceGoesOnWhenFreedBlocksCanBeReused() {
    List<BlockRun> taken = new ArrayList<>();
    for (List<BlockRun> runs = volume.allocate(256, Volume.AllocationClass.DATA);
        !runs.isEmpty() || volume.spaceComing();
        runs = volume.allocate(256, Volume.AllocationClass.DATA)) {
      taken.addAll(runs);
      run();
    }
    BlockRun mine = taken.getFirst();
    volume.append(volume.newMutation().allocated(mine, new int[mine.blocks()], 0));
    run();
    Volume.Pin pin = volume.pinBlocks();
    volume.append(volume.newMutation().freed(mine));
    run();
    volume.awaitSpace(mine.blocks(), Volume.AllocationClass.DATA, ended::add);
    run();
    assertTrue(volume.spaceComing());
    assertEquals(List.of(), ended);
    pin.release();
    run();
    assertEquals(List.of(VolumeStatus.OK), ended);
    assertFalse(volume.allocate(mine.blocks(), Volume.AllocationClass.DATA).isEmpty());
  }

  @Test
  void anUnitFilledWithSyncedDataNeedsNoSyncAnyMore() {
    takeUnwritten();
    world.kill();
    open(withoutPreWriting());
    BlockRun unit = volume.allocate(256, Volume.AllocationClass.DATA).getFirst();
    writeAndAppend(unit, () -> {});
    long syncs = volume.counters().dataSyncs();
    assertEquals(1, syncs);
    volume.append(volume.newMutation().freed(unit));
    run();
    BlockRun again = new BlockRun(unit.address(), 1);
    volume.append(volume.newMutation().allocated(again, new int[1], 0));
    run();
    assertEquals(syncs, volume.counters().dataSyncs());
  }

  private void open(VolumeOptions options) {
    world = new VolumeWorld(new SplittableRandom(11), options, 16 << 20).withoutModel();
    world.openFully();
    volume = (LogVolume) world.volume();
    run(); // until the pre-writer rests
  }

  /** A block of a volume in which nothing is written ahead. */
  private BlockRun takeUnwritten() {
    world.kill();
    open(withoutPreWriting());
    return volume.allocate(1, Volume.AllocationClass.DATA).getFirst();
  }

  private static VolumeOptions withoutPreWriting() {
    VolumeOptions small = VolumeWorld.smallOptions();
    return new VolumeOptions(
        small.logSegmentBytes(),
        small.maxLogSegments(),
        small.groupBytes(),
        small.growStepBytes(),
        0,
        small.preWriteBytesPerSecond(),
        small.reserveBytes(),
        small.diskReserveBytes(),
        small.maxUnappliedBytes());
  }

  private void writeAndAppend(BlockRun run, Runnable between) {
    ByteBuf data = world.buffers().take(run.blocks() * BLOCK);
    int[] crcs = new int[run.blocks()];
    new BlockChecksums().ofBlocks(data, 0, run.blocks(), crcs, 0);
    volume.writeBlocks(
        run,
        data,
        0,
        written -> {
          ended.add(written);
          between.run();
          Volume.Mutation mutation = volume.newMutation();
          mutation.put(key(1), new byte[] {1}).allocated(run, crcs, 0);
          volume.awaitCommit(volume.append(mutation), ended::add);
        });
    world.loop().runUntil(() -> ended.size() == 2, MAX_EVENTS);
    data.release();
  }

  private long append(int number) {
    return volume.append(volume.newMutation().put(key(number), new byte[] {(byte) number}));
  }

  private static byte[] key(int number) {
    return new byte[] {'k', (byte) number};
  }

  private void failing(Operation operation, String prefix) {
    world
        .disk()
        .faults(
            (each, name, offset) -> each == operation && name.startsWith(prefix) ? Errno.EIO : 0);
  }

  private void run() {
    while (world.loop().step()) {}
  }
}
