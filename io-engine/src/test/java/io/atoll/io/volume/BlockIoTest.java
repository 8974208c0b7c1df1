package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.ForwardingFile;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.sim.SimLaneLoop;
import io.atoll.io.sim.SimLoop;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of operations that the disk does not take. */
class BlockIoTest {

  private static final int MAX_EVENTS = 100_000;

  /** A disk with a defect. */
  private static final DiskFile THROWING =
      new ForwardingFile(null) {
        @Override
        public void read(
            ByteBuf buffer,
            int index,
            int length,
            long offsetBytes,
            IoCompletion completion,
            long cookie) {
          throw new IllegalStateException("a defect");
        }

        @Override
        public void write(
            ByteBuf buffer,
            int index,
            int length,
            long offsetBytes,
            IoCompletion completion,
            long cookie) {
          throw new IllegalStateException("a defect");
        }
      };

  /** A disk whose queue is full at the first call for each operation, and which then does it. */
  private static final class BusyFile extends ForwardingFile {
    private final SimLoop loop;
    private final Set<Long> refused = new HashSet<>();

    BusyFile(SimLoop loop) {
      super(null);
      this.loop = loop;
    }

    @Override
    public void write(
        ByteBuf buffer,
        int index,
        int length,
        long offsetBytes,
        IoCompletion completion,
        long cookie) {
      int result = refused.add(offsetBytes) ? -Errno.EAGAIN : length;
      loop.execute(() -> completion.completed(cookie, result));
    }
  }

  private final SimLoop loop = new SimLoop(new SplittableRandom(1));
  private final List<VolumeStatus> told = new ArrayList<>();
  private final int[] ended = new int[1];
  private final BlockIo blocks =
      new BlockIo(
          loop,
          new UUID(1, 2),
          THROWING,
          new BlockChecksums(),
          new VolumeCounters(),
          () -> ended[0]++);

  @Test
  void operationsThatTheDiskThrowsAtEndAndLeaveNothingInFlight() {
    int count = 3 * DataLane.MAX_OPERATIONS_WITH_DISK;
    ByteBuf buffer = AlignedMemory.allocate(Volume.BLOCK_BYTES);
    for (int i = 0; i < count; i += 2) {
      blocks.write(blocks.homeLane(), new BlockRun(i, 1), buffer, 0, null, 0, told::add);
      blocks.read(new BlockRun(i, 1), new int[1], 0, buffer, 0, told::add);
    }
    loop.runUntil(() -> told.size() == count, MAX_EVENTS);
    assertEquals(Collections.nCopies(count, VolumeStatus.IO_ERROR), told);
    assertEquals(0, blocks.inFlight());
    assertEquals(count, ended[0], "whoever closes was not told");
    buffer.release();
  }

  @Test
  void whatAnotherLoopsDiskThrowsEndsAtHome() {
    DataLane lane = new DataLane(new SimLaneLoop(loop), THROWING, new BlockChecksums());
    blocks.add(lane);
    int count = 2 * DataLane.MAX_OPERATIONS_WITH_DISK;
    ByteBuf buffer = AlignedMemory.allocate(Volume.BLOCK_BYTES).setIndex(0, Volume.BLOCK_BYTES);
    for (int i = 0; i < count; i += 2) {
      blocks.write(lane, new BlockRun(i, 1), buffer, 0, new int[1], 0, told::add);
      blocks.read(lane, new BlockRun(i, 1), new int[1], 0, new ByteBuf[] {buffer}, 1, told::add);
    }
    loop.runUntil(() -> told.size() == count, MAX_EVENTS);
    assertEquals(Collections.nCopies(count, VolumeStatus.IO_ERROR), told);
    assertEquals(0, blocks.inFlight());
    assertEquals(count, ended[0], "whoever closes was not told");
    buffer.release();
  }

  @Test
  void anotherLoopSumsWhatItWritesAndComesAgainWhileItsDiskIsBusy() {
    SimLaneLoop other = new SimLaneLoop(loop);
    DataLane lane = new DataLane(other, new BusyFile(loop), new BlockChecksums());
    blocks.add(lane);
    int count = 2 * DataLane.MAX_OPERATIONS_WITH_DISK;
    ByteBuf buffer = AlignedMemory.allocate(Volume.BLOCK_BYTES);
    buffer.setInt(17, 4711);
    int[] sums = new int[count];
    for (int i = 0; i < count; i++) {
      blocks.write(lane, new BlockRun(i, 1), buffer, 0, sums, i, told::add);
    }
    loop.runUntil(() -> told.size() == count, MAX_EVENTS);
    assertEquals(Collections.nCopies(count, VolumeStatus.OK), told);
    int expected = new BlockChecksums().of(buffer, 0, Volume.BLOCK_BYTES);
    assertArrayEquals(
        Collections.nCopies(count, expected).toArray(), Arrays.stream(sums).boxed().toArray());
    assertEquals(count, lane.writes());
    assertEquals(0, blocks.homeLane().writes());
    buffer.release();
  }
}
