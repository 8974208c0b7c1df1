package io.atoll.io.volume;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.loop.Loop;
import io.atoll.io.space.Holes;
import io.atoll.io.space.RegionImage;
import io.atoll.io.space.SpaceMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives free space back to the disk: whole units, as many as were free for a whole window of time
 * beyond what the volume keeps ready anyway, and only units that were free for all of it
 * themselves. So a load that reuses its space within the window keeps it. Loop-confined.
 *
 * <p>Only space that the map has free is taken: its free is durable, and nobody who read it is
 * left. The index first learns durably that a unit is a hole, and so not written before; a crash
 * after that leaves a hole that the disk still has space for, so an opening punches its holes
 * again. So does a puncher whose disk failed to punch one, a while later.
 */
class HolePuncher {

  private static final Logger logger = LoggerFactory.getLogger(HolePuncher.class);

  /** One punch, and the units that the index learns of at once. */
  static final int MAX_PUNCH_UNITS = 64;

  /** Nobody may have allocated anything for this share of the window, or it is not idle. */
  private static final int IDLE_SHARE_OF_WINDOW = 10;

  /** A volume that is never idle gives space back after so many windows all the same. */
  private static final int MAX_BUSY_WINDOWS = 20;

  private static final long BUSY_RETRY_NANOS = 1_000_000L;

  /** After a failure; twice as long after each further one in a row. */
  static final long FIRST_RETRY_NANOS = 1_000_000_000L;

  static final long LONGEST_RETRY_NANOS = 300_000_000_000L;

  private final Loop loop;
  private final DiskFile extents;
  private final SpaceMap map;
  private final Holes unpunched;
  private final Listener listener;
  private final long keepBlocks;
  private final long keepWrittenBlocks;
  private final long startBlocks;
  private final long windowNanos;
  private long lowestFreeBlocks;
  private long allocatedAtNanos;
  private int busyWindows;
  private long excessBlocks;
  private BlockRun punching;
  private boolean withDisk;
  private boolean punchedAny;

  /** Whether the opening found what is being punched: the disk may have had it back before. */
  private boolean punchingFound;

  private boolean watching;
  private Loop.Timer window;

  /** Not null while nothing is punched, since the disk failed to. */
  private Loop.Timer retry;

  private long retryNanos = FIRST_RETRY_NANOS;
  private boolean stopped;

  HolePuncher(Loop loop, OpenedParts parts, VolumeOptions options, Listener listener) {
    this.loop = loop;
    extents = parts.extents();
    map = parts.space();
    unpunched = parts.holes();
    this.listener = listener;
    long stepBlocks = options.growStepBytes() / Volume.BLOCK_BYTES;
    // Growing leaves up to two steps free, and begins anew below one.
    startBlocks = 2 * stepBlocks;
    keepBlocks = stepBlocks + stepBlocks / 4;
    keepWrittenBlocks = options.preWriteAheadBytes() / Volume.BLOCK_BYTES;
    windowNanos = options.punchWindowNanos();
    allocatedAtNanos = loop.monotonicNanos();
  }

  /** Punches the holes that the opening found. */
  void start() {
    next();
  }

  /** Free space was taken. */
  void allocated() {
    lowestFreeBlocks = Math.min(lowestFreeBlocks, map.freeBlocks());
    allocatedAtNanos = loop.monotonicNanos();
  }

  /** Space became free: begins to watch if there is much of it. */
  void released() {
    if (!watching
        && !stopped
        && retry == null
        && punching == null
        && map.freeBlocks() > startBlocks) {
      watching = true;
      busyWindows = 0;
      watch();
    }
  }

  /** Whether space is on its way to the disk, and will then be a hole that can be filled. */
  boolean punching() {
    return punching != null;
  }

  /** Whether a disk operation is under way. */
  boolean busy() {
    return withDisk;
  }

  void stop() {
    stopped = true;
    if (window != null) {
      window.cancel();
    }
    if (retry != null) {
      retry.cancel();
    }
  }

  private void watch() {
    lowestFreeBlocks = map.freeBlocks();
    map.watchReleases();
    window = loop.schedule(windowNanos, this::windowEnded);
  }

  private void windowEnded() {
    if (stopped) {
      return;
    }
    if (lowestFreeBlocks <= startBlocks) {
      watching = map.freeBlocks() > startBlocks;
      if (watching) {
        watch();
      }
      return;
    }
    boolean idle = loop.monotonicNanos() - allocatedAtNanos >= windowNanos / IDLE_SHARE_OF_WINDOW;
    if (!idle && busyWindows < MAX_BUSY_WINDOWS) {
      busyWindows++;
      watch();
      return;
    }
    watching = false;
    excessBlocks = lowestFreeBlocks - keepBlocks;
    next();
  }

  private void next() {
    if (punching != null) {
      return;
    }
    if (stopped) {
      listener.ended();
      return;
    }
    punching = unpunched.take(MAX_PUNCH_UNITS);
    punchingFound = punching != null;
    if (punchingFound) {
      punch();
      return;
    }
    // What was taken meanwhile came out of the excess.
    long free = Math.min(excessBlocks, map.freeBlocks() - keepBlocks);
    int units = (int) Math.min(MAX_PUNCH_UNITS, free / RegionImage.BLOCKS_PER_UNIT);
    punching = units < 1 ? null : map.takeHole(units, keepWrittenBlocks);
    if (punching == null) {
      rest();
      return;
    }
    excessBlocks -= punching.blocks();
    mark(punching, this::punch);
  }

  /** The index is to know of the holes before there are any. */
  void mark(BlockRun holes, Runnable marked) {
    listener.mark(holes, marked);
  }

  private void punch() {
    withDisk = !stopped;
    if (stopped) {
      punching = null;
      listener.ended();
      return;
    }
    BlockRun run = punching;
    extents.punch(
        run.address() * Volume.BLOCK_BYTES,
        (long) run.blocks() * Volume.BLOCK_BYTES,
        this::punched,
        0);
  }

  private void punched(long cookie, int result) {
    if (result == -Errno.EAGAIN) {
      loop.schedule(BUSY_RETRY_NANOS, this::punch);
      return;
    }
    BlockRun run = punching;
    punching = null;
    withDisk = false;
    punchedAny = true;
    listener.punched(run, result == 0 && !punchingFound);
    if (result < 0) {
      failed(-result);
    } else {
      retryNanos = FIRST_RETRY_NANOS;
    }
    next();
  }

  /** What is a hole for the index is left to be filled, and punched again when it is time to. */
  private void failed(int errno) {
    excessBlocks = 0;
    leaveUnpunched();
    if (errno == Errno.EOPNOTSUPP) {
      stopped = true;
      logger.warn(
          "the disk's file system can't take space back within a file ({}); the volume keeps what"
              + " becomes free",
          Errno.describe(errno));
      return;
    }
    logger.warn(
        "free space can't be given back to the disk: {}; trying again in {} s",
        Errno.describe(errno),
        TimeUnit.NANOSECONDS.toSeconds(retryNanos));
    retry = loop.schedule(retryNanos, this::retry);
    retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
  }

  /** All holes are punched, those that are punched already too: which is not known. */
  private void retry() {
    retry = null;
    listener.giveUpHoles(unpunched);
    next();
  }

  private void leaveUnpunched() {
    for (BlockRun run = unpunched.take(MAX_PUNCH_UNITS);
        run != null;
        run = unpunched.take(MAX_PUNCH_UNITS)) {
      listener.punched(run, false);
    }
  }

  private void rest() {
    excessBlocks = 0;
    listener.ended();
    if (punchedAny || map.anyReleased()) {
      punchedAny = false;
      released();
    }
  }

  /** What follows from punching. */
  interface Listener {
    /** The index is to know durably that these units are holes; then {@code marked} is run. */
    void mark(BlockRun holes, Runnable marked);

    /**
     * These units may be filled again.
     *
     * @param given whether the disk has taken their space now, that it did not have before
     */
    void punched(BlockRun holes, boolean given);

    /** Moves all units that are to be filled to {@code unpunched}: they are punched first. */
    void giveUpHoles(Holes unpunched);

    /** It rests. */
    void ended();
  }
}
