package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.ForwardingFile;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.sim.SimLoop;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
    int count = 3 * BlockIo.MAX_OPERATIONS_WITH_DISK;
    ByteBuf buffer = AlignedMemory.allocate(Volume.BLOCK_BYTES);
    for (int i = 0; i < count; i += 2) {
      blocks.write(new BlockRun(i, 1), buffer, 0, told::add);
      blocks.read(new BlockRun(i, 1), new int[1], 0, buffer, 0, told::add);
    }
    loop.runUntil(() -> told.size() == count, MAX_EVENTS);
    assertEquals(Collections.nCopies(count, VolumeStatus.IO_ERROR), told);
    assertEquals(0, blocks.inFlight());
    assertEquals(count, ended[0], "whoever closes was not told");
    buffer.release();
  }
}
