package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.loop.Mail;
import io.atoll.io.volume.Volume.StatusCallback;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A write or a read of blocks. It belongs to the home loop until it begins, to its {@link
 * DataLane}'s loop until that has ended it, and to the home loop again; with it go the buffers and
 * checksums that it names. Where these are two loops, it is the mail that goes between them.
 * Reused.
 */
final class BlockTransfer implements IoCompletion, Mail {

  private final BlockIo owner;
  private Mail next;
  private DataLane lane;
  private BlockRun run;
  private StatusCallback callback;
  private ByteBuf data;
  private int index;
  private boolean reads;

  /** What a read is to match; what a write is to sum up to, or null if nobody asks. */
  private int[] crcs;

  private int crcsFrom;

  /** Of a vectored read; made when first needed, and kept. */
  private ByteBuf[] vector;

  private int pieces;

  // What came of it.
  private boolean ended;
  private boolean refused;
  private int result;
  private int badBlock;

  BlockTransfer(BlockIo owner) {
    this.owner = owner;
  }

  // --- on the home loop, before ---

  void begin(DataLane newLane, BlockRun newRun, StatusCallback newCallback) {
    lane = newLane;
    run = newRun;
    callback = newCallback;
    ended = false;
    refused = false;
  }

  void writes(ByteBuf from, int fromIndex, int[] sums, int sumsFrom) {
    reads = false;
    data = from;
    index = fromIndex;
    crcs = sums;
    crcsFrom = sumsFrom;
  }

  void reads(ByteBuf into, int intoIndex, int[] sums, int sumsFrom) {
    reads = true;
    data = into;
    index = intoIndex;
    crcs = sums;
    crcsFrom = sumsFrom;
  }

  void reads(ByteBuf[] into, int count, int[] sums, int sumsFrom) {
    reads((ByteBuf) null, 0, sums, sumsFrom);
    if (vector == null) {
      vector = new ByteBuf[Disk.MAX_VECTOR_BUFFERS];
    }
    System.arraycopy(into, 0, vector, 0, count);
    pieces = count;
  }

  // --- on the lane's loop ---

  BlockRun run() {
    return run;
  }

  boolean isRead() {
    return reads;
  }

  int bytes() {
    return run.blocks() * Volume.BLOCK_BYTES;
  }

  /** Sums what is to be written, if that is asked for. */
  void sum(BlockChecksums checksums) {
    if (!reads && crcs != null) {
      checksums.ofBlocks(data, index, run.blocks(), crcs, crcsFrom);
    }
  }

  void handOver(DiskFile file) {
    long offset = run.address() * Volume.BLOCK_BYTES;
    if (pieces > 0) {
      file.readVectored(vector, pieces, offset, this, 0);
    } else if (reads) {
      file.read(data, index, bytes(), offset, this, 0);
    } else {
      file.write(data, index, bytes(), offset, this, 0);
    }
  }

  @Override
  public void completed(long cookie, int newResult) {
    if (newResult == -Errno.EAGAIN) {
      lane.submitLater(this);
      return;
    }
    result = newResult;
    end();
  }

  /** The disk did not take it. */
  void refused() {
    refused = true;
    result = -Errno.EIO;
    end();
  }

  private void end() {
    ended = true;
    badBlock = lane.ended(this);
    owner.cameBack(this);
  }

  int firstMismatch(BlockChecksums checksums) {
    if (!reads || result != bytes()) {
      return -1;
    }
    if (pieces == 0) {
      return checksums.firstMismatch(data, index, run.blocks(), crcs, crcsFrom);
    }
    int before = 0;
    for (int i = 0; i < pieces; i++) {
      ByteBuf piece = vector[i];
      int blocks = piece.readableBytes() / Volume.BLOCK_BYTES;
      int bad =
          checksums.firstMismatch(piece, piece.readerIndex(), blocks, crcs, crcsFrom + before);
      if (bad >= 0) {
        return before + bad;
      }
      before += blocks;
    }
    return -1;
  }

  // --- between the loops ---

  DataLane lane() {
    return lane;
  }

  @Override
  public void deliver() {
    if (ended) {
      owner.end(this);
    } else {
      lane.begin(this);
    }
  }

  @Override
  public Mail nextMail() {
    return next;
  }

  @Override
  public void nextMail(Mail newNext) {
    next = newNext;
  }

  // --- on the home loop, after ---

  /** Whether the disk did not take it: a defect, which has been reported. */
  boolean isRefused() {
    return refused;
  }

  /** What the disk said. */
  int result() {
    return result;
  }

  /** The first block that does not match its checksum; −1 if all that came do. */
  int badBlock() {
    return badBlock;
  }

  /** Lets go of everything; gives whom to tell. */
  StatusCallback rest() {
    StatusCallback told = callback;
    lane = null;
    run = null;
    callback = null;
    data = null;
    crcs = null;
    if (pieces > 0) {
      Arrays.fill(vector, 0, pieces, null);
      pieces = 0;
    }
    return told;
  }
}
