package io.atoll.fs.scrub;

import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredChunk;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads some chunks of the map and their blocks under a pin, one run of blocks at a time, and
 * compares them. One step after the other; the pin is gone when a step has ended, however it did.
 * Confined to the home loop.
 */
final class ScrubStep {
  private static final Logger LOG = LoggerFactory.getLogger(ScrubStep.class);

  private final Volume volume;
  private final DamageLog damage;
  private final BooleanSupplier ends;
  private final Listener listener;
  private final Queue<StoredChunk> chunks = new ArrayDeque<>();
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private ScrubPosition begin;
  private ScrubPosition end;
  private Volume.Pin pin;
  private ByteBuf buffer;
  private long bytes;
  private long reads;

  /**
   * @param ends whether nothing more is to be read
   */
  ScrubStep(Volume volume, DamageLog damage, BooleanSupplier ends, Listener listener) {
    this.volume = volume;
    this.damage = damage;
    this.ends = ends;
    this.listener = listener;
  }

  /** Told how a step has ended. */
  interface Listener {
    /**
     * @param next where the next step begins
     * @param bytes that were read and compared
     * @param why DONE, or what kept it from going further
     */
    void ended(ScrubPosition next, long bytes, End why);
  }

  /** Why a step ends. */
  enum End {
    /** All its chunks are read, or nothing more is to be read. */
    DONE,
    /** There is no further chunk. */
    NO_MORE,
    /** There was no memory: to be tried again later. */
    LATER,
    /** The map could not be read where it was to begin, or a little further. */
    UNREADABLE
  }

  /** Reads that it has asked the disk for. */
  long reads() {
    return reads;
  }

  /**
   * @param maxChunks the most that it reads: a pin holds up the reuse of blocks
   */
  void start(ScrubPosition from, int maxChunks) {
    begin = from;
    end = from;
    bytes = 0;
    pin = volume.pinBlocks();
    volume.scan(from.chunkKey(), ScrubPosition.END, maxChunks, this::found);
  }

  private void found(VolumeStatus status, List<Volume.Entry> entries) {
    if (status != VolumeStatus.OK) {
      finish(begin, End.UNREADABLE);
    } else if (entries.isEmpty()) {
      finish(begin, End.NO_MORE);
    } else {
      for (Volume.Entry entry : entries) {
        try {
          chunks.add(StoredChunk.decode(entry.key(), entry.value()));
        } catch (MalformedValueException e) {
          LOG.error("The scrubber has met a chunk map that is damaged: {}", e.getMessage());
        }
      }
      byte[] last = entries.getLast().key();
      end = begin.after(StoredChunk.inodeOf(last), StoredChunk.chunkOf(last));
      nextChunk();
    }
  }

  private void nextChunk() {
    if (ends.getAsBoolean()) {
      finish(begin, End.DONE);
      return;
    }
    StoredChunk chunk = chunks.poll();
    if (chunk == null) {
      finish(end, End.DONE);
      return;
    }
    for (StoredChunk.Run run : chunk.runs()) {
      pieces.add(new Piece(chunk, run, 0, run.blocks()));
    }
    nextPiece();
  }

  private void nextPiece() {
    Piece piece = pieces.poll();
    if (piece == null) {
      nextChunk();
      return;
    }
    if (ends.getAsBoolean()) {
      finish(begin, End.DONE);
      return;
    }
    buffer = volume.buffer(piece.blocks() * StoredChunk.BLOCK_BYTES);
    if (buffer == null) {
      finish(begin.at(piece.chunk().inode(), piece.chunk().chunk()), End.LATER);
      return;
    }
    reads++;
    volume.readBlocks(
        new BlockRun(piece.address(), piece.blocks()),
        piece.run().crcs(),
        piece.first(),
        buffer,
        0,
        status -> read(piece, status));
  }

  private void read(Piece piece, VolumeStatus status) {
    buffer.release();
    buffer = null;
    if (status == VolumeStatus.OK) {
      bytes += (long) piece.blocks() * StoredChunk.BLOCK_BYTES;
    } else if (status == VolumeStatus.DAMAGED && piece.blocks() > 1) {
      // Before what follows, so that damage is met in order.
      for (int i = piece.blocks() - 1; i >= 0; i--) {
        pieces.addFirst(new Piece(piece.chunk(), piece.run(), piece.first() + i, 1));
      }
    } else if (status == VolumeStatus.DAMAGED) {
      damage.met(piece.chunk(), piece.run().first() + piece.first(), piece.address());
    }
    nextPiece();
  }

  private void finish(ScrubPosition next, End why) {
    pin.release();
    pin = null;
    pieces.clear();
    chunks.clear();
    damage.tell();
    listener.ended(next, bytes, why);
  }

  /**
   * A part of a run.
   *
   * @param first its first block's place in the run
   */
  private record Piece(StoredChunk chunk, StoredChunk.Run run, int first, int blocks) {
    long address() {
      return run.address() + first;
    }
  }
}
