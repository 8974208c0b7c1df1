package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume.StatusCallback;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes and reads runs of blocks, each by a {@link DataLane}, and tells on the home loop what came
 * of it. Transfers are reused, so that none allocates. Confined to the home loop, but for {@link
 * #cameBack}.
 */
final class BlockIo {
  private static final int MAX_SPARE = 1024;

  private final Loop home;
  private final Callbacks callbacks;
  private final DataLane homeLane;

  /** Those on other loops. */
  private final List<DataLane> lanes = new ArrayList<>();

  private final VolumeCounters counters;
  private final DamageLog damage;
  private final DamageLog failures;
  private final ArrayDeque<BlockTransfer> spare = new ArrayDeque<>();
  private final Runnable ended;
  private int inFlight;

  /**
   * @param volume whose blocks these are, for the log
   * @param ended run when a transfer has ended
   */
  BlockIo(
      Loop home,
      UUID volume,
      DiskFile extents,
      BlockChecksums checksums,
      VolumeCounters counters,
      Runnable ended) {
    this.home = home;
    callbacks = new Callbacks(home);
    homeLane = new DataLane(home, extents, checksums);
    this.counters = counters;
    damage = new DamageLog(home, volume);
    failures = new DamageLog(home, volume);
    this.ended = ended;
  }

  /** Has a lane for {@link #lane} from now on. */
  void add(DataLane lane) {
    lanes.add(lane);
  }

  /** The lane on {@code loop}, the home loop's included; null if there is none. */
  @SuppressWarnings("ReferenceEquality") // A loop is itself alone.
  DataLane lane(Loop loop) {
    if (loop == home) {
      return homeLane;
    }
    for (int i = 0; i < lanes.size(); i++) {
      if (lanes.get(i).loop() == loop) {
        return lanes.get(i);
      }
    }
    return null;
  }

  DataLane homeLane() {
    return homeLane;
  }

  /** Transfers that have not ended, those that wait included. */
  int inFlight() {
    return inFlight;
  }

  /**
   * Writes.
   *
   * @param crcs where the sums of the blocks are put before the callback, from {@code crcsFrom} on;
   *     null if nobody asks
   */
  void write(
      DataLane lane,
      BlockRun run,
      ByteBuf data,
      int index,
      int[] crcs,
      int crcsFrom,
      StatusCallback callback) {
    BlockTransfer transfer = begin(lane, run, callback);
    counters.dataWrites++;
    counters.dataBytesWritten += transfer.bytes();
    transfer.writes(data, index, crcs, crcsFrom);
    give(transfer);
  }

  void read(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf into, int index, StatusCallback callback) {
    BlockTransfer transfer = beginRead(homeLane, run, callback);
    transfer.reads(into, index, crcs, crcsFrom);
    give(transfer);
  }

  /** Reads into each of {@code into} from its reader index to its writer index. */
  void read(
      DataLane lane,
      BlockRun run,
      int[] crcs,
      int crcsFrom,
      ByteBuf[] into,
      int pieces,
      StatusCallback callback) {
    BlockTransfer transfer = beginRead(lane, run, callback);
    transfer.reads(into, pieces, crcs, crcsFrom);
    give(transfer);
  }

  private BlockTransfer beginRead(DataLane lane, BlockRun run, StatusCallback callback) {
    BlockTransfer transfer = begin(lane, run, callback);
    counters.dataReads++;
    counters.dataBytesRead += transfer.bytes();
    return transfer;
  }

  private BlockTransfer begin(DataLane lane, BlockRun run, StatusCallback callback) {
    if (run.blocks() > Volume.MAX_IO_BLOCKS) {
      throw new IllegalArgumentException(
          "an operation on " + run.blocks() + " blocks; at most " + Volume.MAX_IO_BLOCKS);
    }
    inFlight++;
    BlockTransfer transfer = spare.isEmpty() ? new BlockTransfer(this) : spare.poll();
    transfer.begin(lane, run, callback);
    return transfer;
  }

  @SuppressWarnings("ReferenceEquality") // The very lane of this loop is meant.
  private void give(BlockTransfer transfer) {
    if (transfer.lane() == homeLane) {
      homeLane.begin(transfer);
    } else {
      transfer.lane().loop().post(transfer);
    }
  }

  /** The lane has ended it. Called on the lane's loop. */
  @SuppressWarnings("ReferenceEquality")
  void cameBack(BlockTransfer transfer) {
    if (transfer.lane() == homeLane) {
      end(transfer);
    } else {
      home.post(transfer);
    }
  }

  /** It is back on the home loop. */
  void end(BlockTransfer transfer) {
    VolumeStatus status = transfer.isRead() ? readStatus(transfer) : writeStatus(transfer);
    StatusCallback told = transfer.rest();
    inFlight--;
    if (spare.size() < MAX_SPARE) {
      spare.add(transfer);
    }
    callbacks.tell(told, status);
    ended.run();
  }

  private VolumeStatus readStatus(BlockTransfer read) {
    if (read.isRefused()) {
      return VolumeStatus.IO_ERROR;
    }
    if (read.result() != read.bytes()) {
      counters.damagedReads++;
      damage.unreadable(read.run(), read.result());
      return VolumeStatus.DAMAGED;
    }
    if (read.badBlock() >= 0) {
      counters.damagedReads++;
      damage.mismatch(read.run().address() + read.badBlock());
      return VolumeStatus.DAMAGED;
    }
    return VolumeStatus.OK;
  }

  private VolumeStatus writeStatus(BlockTransfer write) {
    if (write.isRefused()) {
      return VolumeStatus.IO_ERROR;
    }
    if (write.result() < 0) {
      failures.unwritable(write.run(), write.result());
      return VolumeStatus.IO_ERROR;
    }
    return VolumeStatus.OK;
  }
}
