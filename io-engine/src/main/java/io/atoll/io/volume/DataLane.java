package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.loop.Loop;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop that moves a volume's blocks: sums or checks them, and reads and writes them by a file of
 * its own, so many at once, further ones in the order in which they came. So the log, which shares
 * the home loop's disk, finds room whatever is asked of the blocks. Every volume has a lane on its
 * home loop; it may have one on each of others, which know nothing of the volume but the blocks
 * that they are given to move. Confined to its loop, but for the counters.
 */
public final class DataLane {

  private static final Logger logger = LoggerFactory.getLogger(DataLane.class);

  /** Operations that are with the disk at once: twice what one file has with the kernel. */
  static final int MAX_OPERATIONS_WITH_DISK = 2 * Disk.MAX_FILE_OPERATIONS_IN_FLIGHT;

  private static final long RETRY_NANOS = 1_000_000L;

  private final Loop loop;
  private final DiskFile file;
  private final BlockChecksums checksums;
  private final ArrayDeque<BlockTransfer> waiting = new ArrayDeque<>();
  private int withDisk;

  /** Written by the lane's loop alone. */
  private final AtomicLong reads = new AtomicLong();

  private final AtomicLong writes = new AtomicLong();

  /**
   * @param file of the blocks, on the disk of {@code loop}
   * @param checksums this lane's alone
   */
  DataLane(Loop loop, DiskFile file, BlockChecksums checksums) {
    this.loop = loop;
    this.file = file;
    this.checksums = checksums;
  }

  Loop loop() {
    return loop;
  }

  /** Reads that it was given, ever. For any thread. */
  public long reads() {
    return reads.getOpaque();
  }

  /** Writes that it was given, ever. For any thread. */
  public long writes() {
    return writes.getOpaque();
  }

  /** Takes a transfer, which is told its end here. */
  void begin(BlockTransfer transfer) {
    assert loop.inLoop() : "called outside of " + loop;
    AtomicLong counter = transfer.isRead() ? reads : writes;
    counter.setOpaque(counter.getPlain() + 1);
    transfer.sum(checksums);
    if (withDisk < MAX_OPERATIONS_WITH_DISK) {
      submit(transfer);
    } else {
      waiting.add(transfer);
    }
  }

  /** Hands a transfer to the disk. What the disk throws is a defect, and the transfer's end. */
  private void submit(BlockTransfer transfer) {
    withDisk++;
    try {
      transfer.handOver(file);
    } catch (RuntimeException defect) {
      logger.error("the disk did not take an operation on blocks {}", transfer.run(), defect);
      loop.execute(transfer::refused);
    }
  }

  /** Others have filled the disk's queue. The transfer's place is kept: nobody overtakes it. */
  void submitLater(BlockTransfer transfer) {
    loop.schedule(
        RETRY_NANOS,
        () -> {
          withDisk--;
          submit(transfer);
        });
  }

  /**
   * A transfer is with the disk no more.
   *
   * @return the first block that does not match its checksum, or −1; −1 too for what is no read, or
   *     did not come whole
   */
  int ended(BlockTransfer transfer) {
    int bad = transfer.firstMismatch(checksums);
    withDisk--;
    while (!waiting.isEmpty() && withDisk < MAX_OPERATIONS_WITH_DISK) {
      submit(waiting.poll());
    }
    return bad;
  }
}
