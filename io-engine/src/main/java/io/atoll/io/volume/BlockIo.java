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
import java.util.Arrays;
import java.util.UUID;
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
  private final DamageLog damage;
  private final BlockChecksums checksums;
  private final ArrayDeque<Operation> spare = new ArrayDeque<>();
  private final Runnable ended;
  private final ArrayDeque<Operation> waiting = new ArrayDeque<>();
  private int inFlight;
  private int withDisk;

  /**
   * @param volume whose blocks these are, for the log
   * @param ended run when an operation has ended
   */
  BlockIo(
      Loop loop,
      UUID volume,
      DiskFile extents,
      BlockChecksums checksums,
      VolumeCounters counters,
      Runnable ended) {
    this.loop = loop;
    callbacks = new Callbacks(loop);
    this.extents = extents;
    this.checksums = checksums;
    this.counters = counters;
    damage = new DamageLog(loop, volume);
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
    Operation operation = beginRead(run, crcs, crcsFrom, callback);
    operation.data = into;
    operation.index = index;
    submitOrQueue(operation);
  }

  /** Reads into each of {@code into} from its reader index to its writer index. */
  void read(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf[] into, int pieces, StatusCallback callback) {
    Operation operation = beginRead(run, crcs, crcsFrom, callback);
    System.arraycopy(into, 0, operation.vector(), 0, pieces);
    operation.pieces = pieces;
    submitOrQueue(operation);
  }

  private Operation beginRead(BlockRun run, int[] crcs, int crcsFrom, StatusCallback callback) {
    Operation operation = begin(run, callback);
    counters.dataReads++;
    counters.dataBytesRead += operation.bytes();
    operation.reads = true;
    operation.crcs = crcs;
    operation.crcsFrom = crcsFrom;
    return operation;
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

  /** Hands an operation to the disk. What the disk throws is a defect, and the operation's end. */
  private void submit(Operation operation) {
    withDisk++;
    try {
      handOver(operation);
    } catch (RuntimeException defect) {
      logger.error("the disk did not take an operation on blocks {}", operation.run, defect);
      loop.execute(() -> operation.end(VolumeStatus.IO_ERROR));
    }
  }

  private void handOver(Operation operation) {
    long offset = operation.run.address() * Volume.BLOCK_BYTES;
    if (operation.pieces > 0) {
      extents.readVectored(operation.vector, operation.pieces, offset, operation, 0);
    } else if (operation.reads) {
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
    if (result != read.bytes()) {
      counters.damagedReads++;
      damage.unreadable(read.run, result);
      return VolumeStatus.DAMAGED;
    }
    int bad = firstMismatch(read);
    if (bad >= 0) {
      counters.damagedReads++;
      damage.mismatch(read.run.address() + bad);
      return VolumeStatus.DAMAGED;
    }
    return VolumeStatus.OK;
  }

  private int firstMismatch(Operation read) {
    if (read.pieces == 0) {
      return checksums.firstMismatch(
          read.data, read.index, read.run.blocks(), read.crcs, read.crcsFrom);
    }
    int before = 0;
    for (int i = 0; i < read.pieces; i++) {
      ByteBuf piece = read.vector[i];
      int blocks = piece.readableBytes() / Volume.BLOCK_BYTES;
      int bad =
          checksums.firstMismatch(
              piece, piece.readerIndex(), blocks, read.crcs, read.crcsFrom + before);
      if (bad >= 0) {
        return before + bad;
      }
      before += blocks;
    }
    return -1;
  }

  private VolumeStatus writeStatus(Operation write, int result) {
    if (result < 0) {
      logger.error(
          "{} can't be written at offset {}, {} blocks: errno {}",
          VolumeFiles.EXTENTS,
          write.run.address() * Volume.BLOCK_BYTES,
          write.run.blocks(),
          -result);
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

    /** Of a vectored read; made when first needed, and kept. */
    private ByteBuf[] vector;

    private int pieces;

    ByteBuf[] vector() {
      if (vector == null) {
        vector = new ByteBuf[Disk.MAX_VECTOR_BUFFERS];
      }
      return vector;
    }

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
      end(reads ? readStatus(this, result) : writeStatus(this, result));
    }

    private void end(VolumeStatus status) {
      final StatusCallback told = callback;
      run = null;
      callback = null;
      data = null;
      crcs = null;
      if (pieces > 0) {
        Arrays.fill(vector, 0, pieces, null);
        pieces = 0;
      }
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
