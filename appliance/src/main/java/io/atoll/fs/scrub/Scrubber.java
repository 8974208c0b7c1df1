package io.atoll.fs.scrub;

import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredChunk;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.BlockRun;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all content of files in the background, from the disk, one run of blocks at a time, so that
 * decay is found while there may still be a copy of what decayed. In a step it takes some chunks of
 * the map under a pin, so that no block which it reads can be given to another file; then it rests
 * for as long as its rate asks. While clients are served, steps are put off, but not for ever. How
 * far it has come is noted in the map now and then, and it goes on from there after a restart.
 *
 * <p>Damage is logged with the file's path. Confined to the home loop.
 */
public final class Scrubber {
  private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

  /** A pin holds up the reuse of blocks, so a step is short: at most 1 MiB is read under one. */
  private static final int STEP_CHUNKS = 4;

  /** How much is read between two notes of the position: so much may be read again. */
  private static final long NOTE_BYTES = 1L << 30;

  /** After the file system was opened, or there was no memory, or the map could not be read. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Between two passes. */
  private static final long REST_NANOS = TimeUnit.HOURS.toNanos(1);

  /** Steps put off in a row while clients are served; so one tenth of the rate is left at least. */
  private static final int MAX_PUT_OFF = 9;

  /** Damaged files whose paths are looked for at once or have been in this pass. */
  private static final int MAX_PATHS = 1024;

  private final Volume volume;
  private final Loop loop;
  private final long bytesPerSecond;
  private final LongSupplier operations;
  private final PathFinder paths;
  private final Set<Long> named = new HashSet<>();
  private final Queue<StoredChunk> chunks = new ArrayDeque<>();
  private final Queue<Piece> pieces = new ArrayDeque<>();
  private ScrubPosition position;
  private Volume.Pin pin;
  private ByteBuf buffer;
  private long ownOperations;
  private long seenOperations;
  private int putOff;
  private long stepBytes;
  private long unnotedBytes;
  private long bytesRead;
  private long damagedBlocks;
  private long stepsPutOff;
  private boolean stopped;

  /**
   * @param bytesPerSecond the most that it reads; at least 1
   * @param operations reads and writes that the disk has been asked for so far, the scrubber's
   *     included: if others' were among them, clients are being served
   */
  public Scrubber(Volume volume, Loop loop, long bytesPerSecond, LongSupplier operations) {
    this.volume = volume;
    this.loop = loop;
    this.bytesPerSecond = bytesPerSecond;
    this.operations = operations;
    paths = new PathFinder(volume, loop);
  }

  /** Begins, a while later, where it was when it was stopped. */
  public void start() {
    loop.schedule(PAUSE_NANOS, this::startNow);
  }

  /** Begins at once. */
  public void startNow() {
    if (!stopped) {
      volume.get(
          ScrubPosition.KEY,
          (status, value) -> {
            position = ScrubPosition.decode(status == VolumeStatus.OK ? value : null);
            seenOperations = operations.getAsLong() - ownOperations;
            step();
          });
    }
  }

  /** Reads no more, and notes where it is. What is being read still ends. */
  public void stop() {
    if (!stopped) {
      stopped = true;
      paths.stop();
      if (position != null && !volume.fenced()) {
        note();
      }
    }
  }

  public ScrubStatus status() {
    return new ScrubStatus(
        position == null ? 0 : position.pass(), bytesRead, damagedBlocks, stepsPutOff);
  }

  private boolean ends() {
    return stopped || volume.fenced();
  }

  // --- a step ---

  private void step() {
    if (ends()) {
      return;
    }
    if (isServing()) {
      loop.schedule(nanosFor(STEP_CHUNKS * StoredChunk.CHUNK_BYTES), this::step);
      return;
    }
    stepBytes = 0;
    pin = volume.pinBlocks();
    volume.scan(position.chunkKey(), ScrubPosition.END, STEP_CHUNKS, this::found);
  }

  /** Whether others have used the disk since the last step, and may go first once more. */
  private boolean isServing() {
    long others = operations.getAsLong() - ownOperations;
    boolean used = others != seenOperations || volume.congested();
    seenOperations = others;
    if (used && putOff < MAX_PUT_OFF) {
      putOff++;
      stepsPutOff++;
      return true;
    }
    putOff = 0;
    return false;
  }

  private void found(VolumeStatus status, List<Volume.Entry> entries) {
    if (status != VolumeStatus.OK) {
      if (!ends()) {
        LOG.error("The scrubber can't read the map of chunks ({}); it tries again later", status);
      }
      pause();
    } else if (entries.isEmpty()) {
      endPass();
    } else {
      for (Volume.Entry entry : entries) {
        try {
          chunks.add(StoredChunk.decode(entry.key(), entry.value()));
        } catch (MalformedValueException e) {
          LOG.error("The scrubber has met a chunk map that is damaged: {}", e.getMessage());
        }
      }
      byte[] last = entries.getLast().key();
      position = position.after(StoredChunk.inodeOf(last), StoredChunk.chunkOf(last));
      nextChunk();
    }
  }

  private void nextChunk() {
    StoredChunk chunk = chunks.poll();
    if (chunk == null || ends()) {
      endStep();
      return;
    }
    for (StoredChunk.Run run : chunk.runs()) {
      pieces.add(new Piece(chunk, run, 0, run.blocks()));
    }
    nextPiece();
  }

  private void nextPiece() {
    Piece piece = pieces.poll();
    if (piece == null || ends()) {
      nextChunk();
      return;
    }
    int bytes = piece.blocks() * StoredChunk.BLOCK_BYTES;
    buffer = volume.buffer(bytes);
    if (buffer == null) {
      pieces.add(piece);
      loop.schedule(PAUSE_NANOS, this::nextPiece);
      return;
    }
    ownOperations++;
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
      stepBytes += (long) piece.blocks() * StoredChunk.BLOCK_BYTES;
    } else if (status == VolumeStatus.DAMAGED && piece.blocks() > 1) {
      for (int i = 0; i < piece.blocks(); i++) {
        pieces.add(new Piece(piece.chunk(), piece.run(), piece.first() + i, 1));
      }
    } else if (status == VolumeStatus.DAMAGED) {
      tellDamage(piece);
    }
    nextPiece();
  }

  private void endStep() {
    pin.release();
    pin = null;
    pieces.clear();
    chunks.clear();
    bytesRead += stepBytes;
    unnotedBytes += stepBytes;
    if (ends()) {
      return;
    }
    if (unnotedBytes >= NOTE_BYTES) {
      note();
    }
    loop.schedule(nanosFor(stepBytes), this::step);
  }

  private void pause() {
    pin.release();
    pin = null;
    loop.schedule(PAUSE_NANOS, this::step);
  }

  private void endPass() {
    pin.release();
    pin = null;
    if (ends()) {
      return;
    }
    LOG.info(
        "Pass {} of the scrubber has ended: {} bytes read and {} damaged blocks found since the"
            + " start",
        position.pass(),
        bytesRead,
        damagedBlocks);
    position = position.nextPass();
    named.clear();
    note();
    loop.schedule(REST_NANOS, this::step);
  }

  private void note() {
    unnotedBytes = 0;
    volume.append(volume.newMutation().put(ScrubPosition.KEY, position.encode()));
  }

  private long nanosFor(long bytes) {
    return (long) (bytes * (double) TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
  }

  // --- damage ---

  private void tellDamage(Piece piece) {
    damagedBlocks++;
    long inode = piece.chunk().inode();
    long offset = piece.chunk().fileOffsetBytes(piece.run().first() + piece.first());
    LOG.error(
        "Content is lost: bytes {} to {} of inode {}, extents/0000 at offset {}, do not match their"
            + " checksum; reading them gives an I/O error",
        offset,
        offset + StoredChunk.BLOCK_BYTES - 1,
        inode,
        piece.address() * StoredChunk.BLOCK_BYTES);
    if (named.size() < MAX_PATHS && named.add(inode)) {
      paths.find(
          inode,
          path ->
              LOG.error(
                  "Inode {}, of which content is lost, is {}: restore it from a backup, or write"
                      + " the range anew",
                  inode,
                  path == null ? "a file without a name" : path));
    }
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
