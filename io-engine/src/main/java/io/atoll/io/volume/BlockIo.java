package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.volume.Volume.StatusCallback;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes and reads runs of blocks. Operations are reused, so that none allocates. Loop-confined.
 */
final class BlockIo {

  private static final Logger logger = LoggerFactory.getLogger(BlockIo.class);
  private static final int MAX_SPARE = 1024;

  private final DiskFile extents;
  private final VolumeCounters counters;
  private final BlockChecksums checksums = new BlockChecksums();
  private final ArrayDeque<Operation> spare = new ArrayDeque<>();
  private final Runnable ended;
  private int inFlight;

  /**
   * @param ended run when an operation has ended
   */
  BlockIo(DiskFile extents, VolumeCounters counters, Runnable ended) {
    this.extents = extents;
    this.counters = counters;
    this.ended = ended;
  }

  int inFlight() {
    return inFlight;
  }

  void write(BlockRun run, ByteBuf data, int index, StatusCallback callback) {
    int bytes = run.blocks() * Volume.BLOCK_BYTES;
    counters.dataWrites++;
    counters.dataBytesWritten += bytes;
    Operation operation = begin(run, callback);
    extents.write(data, index, bytes, run.address() * Volume.BLOCK_BYTES, operation, 0);
  }

  void read(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf into, int index, StatusCallback callback) {
    int bytes = run.blocks() * Volume.BLOCK_BYTES;
    counters.dataReads++;
    counters.dataBytesRead += bytes;
    Operation operation = begin(run, callback);
    operation.into = into;
    operation.index = index;
    operation.crcs = crcs;
    operation.crcsFrom = crcsFrom;
    extents.read(into, index, bytes, run.address() * Volume.BLOCK_BYTES, operation, 0);
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

  private VolumeStatus readStatus(Operation read, int result) {
    if (result != read.run.blocks() * Volume.BLOCK_BYTES) {
      counters.damagedReads++;
      logger.error("cannot read blocks {}: result {}", read.run, result);
      return VolumeStatus.DAMAGED;
    }
    int bad =
        checksums.firstMismatch(read.into, read.index, read.run.blocks(), read.crcs, read.crcsFrom);
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

  /** A write, or a read if it has a buffer to read into. */
  private final class Operation implements IoCompletion {
    private BlockRun run;
    private StatusCallback callback;
    private ByteBuf into;
    private int index;
    private int[] crcs;
    private int crcsFrom;

    @Override
    public void completed(long cookie, int result) {
      final VolumeStatus status =
          into == null ? writeStatus(this, result) : readStatus(this, result);
      final StatusCallback told = callback;
      run = null;
      callback = null;
      into = null;
      crcs = null;
      inFlight--;
      if (spare.size() < MAX_SPARE) {
        spare.add(this);
      }
      told.done(status);
      ended.run();
    }
  }
}
