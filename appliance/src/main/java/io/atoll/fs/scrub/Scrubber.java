package io.atoll.fs.scrub;

import io.atoll.fs.format.StoredChunk;
import io.atoll.io.loop.Loop;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
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
 * <p>Damage goes to the {@link DamageLog}. Confined to the home loop.
 */
public final class Scrubber {
  private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

  /** A pin holds up the reuse of blocks, so a step is short: at most 1 MiB is read under one. */
  private static final int STEP_CHUNKS = 4;

  /** How much is read between two notes of the position: so much may be read again. */
  private static final long NOTE_BYTES = 1L << 30;

  /** How often the map is read at a place before it is stepped over. */
  static final int MAP_TRIES = 3;

  /** After the file system was opened, or there was no memory, or the map could not be read. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Between two passes. */
  private static final long REST_NANOS = TimeUnit.HOURS.toNanos(1);

  /** Steps put off in a row while clients are served; so one tenth of the rate is left at least. */
  private static final int MAX_PUT_OFF = 9;

  private final Volume volume;
  private final Loop loop;
  private final long bytesPerSecond;
  private final LongSupplier operations;
  private final PathFinder paths;
  private final DamageLog damage;
  private final ScrubStep reading;
  private final MapGap gap;
  private final long pauseNanos;

  /** Before this all is read; null until it is known. */
  private ScrubPosition position;

  private long seenOperations;
  private int putOff;

  /** How often in a row the map could not be read at this position. */
  private int mapFailures;

  private long unnotedBytes;
  private long bytesRead;
  private long stepsPutOff;
  private boolean stopped;

  /**
   * @param bytesPerSecond the most that it reads; at least 1
   * @param operations reads and writes that the disk has been asked for so far, the scrubber's
   *     included: if others' were among them, clients are being served
   */
  public Scrubber(Volume volume, Loop loop, long bytesPerSecond, LongSupplier operations) {
    this(volume, loop, bytesPerSecond, operations, PAUSE_NANOS);
  }

  /**
   * As the other.
   *
   * @param pauseNanos until it tries again what failed
   */
  Scrubber(
      Volume volume, Loop loop, long bytesPerSecond, LongSupplier operations, long pauseNanos) {
    this.pauseNanos = pauseNanos;
    this.volume = volume;
    this.loop = loop;
    this.bytesPerSecond = bytesPerSecond;
    this.operations = operations;
    paths = new PathFinder(volume, loop);
    damage = new DamageLog(paths);
    reading = new ScrubStep(volume, damage, this::ends, this::stepEnded);
    gap = new MapGap(volume, this::ends);
  }

  /** Begins, a while later, where it was when it was stopped. */
  public void start() {
    loop.schedule(pauseNanos, this::startNow);
  }

  /** Begins at once. */
  public void startNow() {
    if (!stopped) {
      volume.get(
          ScrubPosition.KEY,
          (status, value) -> {
            position = ScrubPosition.decode(status == VolumeStatus.OK ? value : null);
            seenOperations = operations.getAsLong() - reading.reads();
            step();
          });
    }
  }

  /** Reads no more, and notes how far it has come. What is being read still ends. */
  public void stop() {
    if (!stopped) {
      stopped = true;
      paths.stop();
      if (position != null) {
        damage.sumUp(position.pass(), "is interrupted by a stop");
        if (!volume.fenced()) {
          note();
        }
      }
    }
  }

  public ScrubStatus status() {
    return new ScrubStatus(
        position == null ? 0 : position.pass(),
        bytesRead,
        damage.blocks(),
        damage.mapGaps(),
        stepsPutOff);
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
    // After a failure chunk by chunk, so that what can be read before the place is read.
    reading.start(position, mapFailures == 0 ? STEP_CHUNKS : 1);
  }

  /** Whether others have used the disk since the last step, and may go first once more. */
  private boolean isServing() {
    long others = operations.getAsLong() - reading.reads();
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

  private void stepEnded(ScrubPosition next, long bytes, ScrubStep.End why) {
    position = next;
    bytesRead += bytes;
    unnotedBytes += bytes;
    if (ends()) {
      return;
    }
    if (why == ScrubStep.End.UNREADABLE) {
      mapFailed();
      return;
    }
    mapFailures = 0;
    if (why == ScrubStep.End.NO_MORE) {
      endPass();
      return;
    }
    if (unnotedBytes >= NOTE_BYTES) {
      note();
    }
    loop.schedule(why == ScrubStep.End.LATER ? pauseNanos : nanosFor(bytes), this::step);
  }

  /** Tries again, and then goes on behind the place. */
  private void mapFailed() {
    mapFailures++;
    if (mapFailures < MAP_TRIES) {
      loop.schedule(pauseNanos, this::step);
      return;
    }
    gap.findEnd(
        position.inode(),
        readable -> {
          damage.metMapGap(position, readable);
          mapFailures = 0;
          if (readable == Long.MAX_VALUE) {
            endPass();
            return;
          }
          position = position.at(readable, 0);
          loop.schedule(nanosFor(STEP_CHUNKS * StoredChunk.CHUNK_BYTES), this::step);
        });
  }

  private void endPass() {
    LOG.info(
        "Pass {} of the scrubber has ended: {} bytes read and {} damaged blocks found since the"
            + " start",
        position.pass(),
        bytesRead,
        damage.blocks());
    damage.sumUp(position.pass(), "has ended");
    damage.nextPass();
    position = position.nextPass();
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
}
