package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume.StatusCallback;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes and reads runs of blocks: so many at once, further ones in the order in which they came.
 * So the log, which shares the disk, finds room whatever is asked of the blocks. Operations are
 * reused, so that none allocates. Loop-confined.
 */
final class BlockIo {

  private static final Logger logger = LoggerFactory.getLogger(BlockIo.class);
  private static final int MAX_SPARE = 1024;

  /** Operations that are with the disk at once: twice what one file has with the kernel. */
  static final int MAX_OPERATIONS_WITH_DISK = 2 * Disk.MAX_FILE_OPERATIONS_IN_FLIGHT;

  private static final long RETRY_NANOS = 1_000_000L;

  private final Loop loop;
  private final Callbacks callbacks;

  private final DiskFile extents;
  private final VolumeCounters counters;
  private final BlockChecksums checksums = new BlockChecksums();
  private final ArrayDeque<Operation> spare = new ArrayDeque<>();
  private final Runnable ended;
  private final ArrayDeque<Operation> waiting = new ArrayDeque<>();
  private int inFlight;
  private int withDisk;

  /**
   * @param ended run when an operation has ended
   */
  BlockIo(Loop loop, DiskFile extents, VolumeCounters counters, Runnable ended) {
    this.loop = loop;
    callbacks = new Callbacks(loop);
    this.extents = extents;
    this.counters = counters;
    this.ended = ended;
  }

  /** Operations that have not ended, those that wait included. */
  int inFlight() {
    return inFlight;
  }

  void write(BlockRun run, ByteBuf data, int index, StatusCallback callback) {
    Operation operation = begin(run, callback);
    counters.dataWrites++;
    counters.dataBytesWritten += operation.bytes();
    operation.data = data;
    operation.index = index;
    operation.reads = false;
    submitOrQueue(operation);
  }

  void read(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf into, int index, StatusCallback callback) {
    Operation operation = begin(run, callback);
    counters.dataReads++;
    counters.dataBytesRead += operation.bytes();
    operation.data = into;
    operation.index = index;
    operation.reads = true;
    operation.crcs = crcs;
    operation.crcsFrom = crcsFrom;
    submitOrQueue(operation);
  }

  private Operation begin(BlockRun run, StatusCallback callback) {
    if (run.blocks() > Volume.MAX_IO_BLOCKS) {
      throw new IllegalArgumentException(
          "an operation on " + run.blocks() + " blocks; at most " + Volume.MAX_IO_BLOCKS);
    }
    inFlight++;
    Operation operation = spare.isEmpty() ? new Operation() : spare.poll();
    operation.run = run;
    operation.callback = callback;
    return operation;
  }

  private void submitOrQueue(Operation operation) {
    if (withDisk < MAX_OPERATIONS_WITH_DISK) {
      submit(operation);
    } else {
      waiting.add(operation);
    }
  }

  private void submit(Operation operation) {
    withDisk++;
    long offset = operation.run.address() * Volume.BLOCK_BYTES;
    if (operation.reads) {
      extents.read(operation.data, operation.index, operation.bytes(), offset, operation, 0);
    } else {
      extents.write(operation.data, operation.index, operation.bytes(), offset, operation, 0);
    }
  }

  private void submitWaiting() {
    while (!waiting.isEmpty() && withDisk < MAX_OPERATIONS_WITH_DISK) {
      submit(waiting.poll());
    }
  }

  private VolumeStatus readStatus(Operation read, int result) {
    if (result != read.run.blocks() * Volume.BLOCK_BYTES) {
      counters.damagedReads++;
      logger.error("cannot read blocks {}: result {}", read.run, result);
      return VolumeStatus.DAMAGED;
    }
    int bad =
        checksums.firstMismatch(read.data, read.index, read.run.blocks(), read.crcs, read.crcsFrom);
    if (bad >= 0) {
      counters.damagedReads++;
      logger.error("block {} does not match its checksum", read.run.address() + bad);
      return VolumeStatus.DAMAGED;
    }
    return VolumeStatus.OK;
  }

  private VolumeStatus writeStatus(Operation write, int result) {
    if (result < 0) {
      logger.error("cannot write blocks {}: errno {}", write.run, -result);
      return VolumeStatus.IO_ERROR;
    }
    return VolumeStatus.OK;
  }

  /** A write or a read. */
  private final class Operation implements IoCompletion {
    private BlockRun run;
    private StatusCallback callback;
    private ByteBuf data;
    private int index;
    private boolean reads;
    private int[] crcs;
    private int crcsFrom;

    int bytes() {
      return run.blocks() * Volume.BLOCK_BYTES;
    }

    @Override
    public void completed(long cookie, int result) {
      if (result == -Errno.EAGAIN) {
        // Others have filled the disk's queue. Its place is kept, so that nobody overtakes it.
        loop.schedule(RETRY_NANOS, this::submitAgain);
        return;
      }
      final VolumeStatus status = reads ? readStatus(this, result) : writeStatus(this, result);
      final StatusCallback told = callback;
      run = null;
      callback = null;
      data = null;
      crcs = null;
      inFlight--;
      withDisk--;
      if (spare.size() < MAX_SPARE) {
        spare.add(this);
      }
      submitWaiting();
      callbacks.tell(told, status);
      ended.run();
    }

    private void submitAgain() {
      withDisk--;
      submit(this);
    }
  }
}
