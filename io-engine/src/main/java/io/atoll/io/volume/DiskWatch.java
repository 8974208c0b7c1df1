package io.atoll.io.volume;

import io.atoll.io.loop.Loop;
import io.atoll.io.space.RegionImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the volume's disk has left, asked anew at most once a second, when somebody wants to know or
 * the index has grown. The extents leave the disk's reserve to the log and the index; when these
 * have used up most of it, the volume is full for everything that adds to it. Loop-confined.
 */
final class DiskWatch {

  private static final Logger logger = LoggerFactory.getLogger(DiskWatch.class);
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  /** The volume is full while the disk has less than this share of its reserve left. */
  static final int FULL_SHARE_OF_RESERVE = 4;

  /** As that, for what only takes the place of something: the index may grow even so. */
  static final int EXHAUSTED_SHARE_OF_RESERVE = 8;

  private final VolumeEnvironment environment;
  private final Loop loop;
  private final long reserveBytes;
  private final Ballast ballast;
  private final Runnable ended;
  private long usableBytes;
  private long askedAtNanos;
  private boolean asking;
  private boolean stopped;

  /**
   * @param usableBytes as the disk said last
   * @param ended run when a step has ended
   */
  DiskWatch(
      VolumeEnvironment environment, VolumeOptions options, long usableBytes, Runnable ended) {
    this.environment = environment;
    this.usableBytes = usableBytes;
    this.ended = ended;
    loop = environment.loop();
    reserveBytes = options.diskReserveBytes();
    ballast = new Ballast(loop, environment.disk(), Ballast.bytes(options));
    askedAtNanos = loop.monotonicNanos();
  }

  /** Whether nothing that adds to the volume is to be let in. */
  boolean full() {
    return full(usableBytes, reserveBytes);
  }

  /** Whether only what takes away is to be let in. */
  boolean exhausted() {
    return usableBytes < reserveBytes / EXHAUSTED_SHARE_OF_RESERVE;
  }

  /** Whether a disk with so much left is full for a volume with these options. */
  static boolean full(long usableBytes, VolumeOptions options) {
    return full(usableBytes, options.diskReserveBytes());
  }

  private static boolean full(long usableBytes, long reserveBytes) {
    return usableBytes < reserveBytes / FULL_SHARE_OF_RESERVE;
  }

  /** What the extents may still grow by: whole units. */
  long growableBytes() {
    return Math.max(0, usableBytes - reserveBytes)
        / RegionImage.UNIT_BYTES
        * RegionImage.UNIT_BYTES;
  }

  /** What the disk lacks for the extents to grow by so many bytes and the volume not to be full. */
  long missingBytes(long wanted) {
    long units = Math.ceilDiv(Math.max(0, wanted), RegionImage.UNIT_BYTES);
    long needed =
        units > 0
            ? reserveBytes + units * RegionImage.UNIT_BYTES
            : reserveBytes / FULL_SHARE_OF_RESERVE;
    return Math.max(0, needed - usableBytes);
  }

  /** The extents have grown. */
  void used(long bytes) {
    usableBytes -= bytes;
  }

  /** Asks the disk if that was long enough ago. */
  void check() {
    if (loop.monotonicNanos() - askedAtNanos >= INTERVAL_NANOS) {
      ask(() -> {});
    }
  }

  /** Asks the disk now. */
  void ask(Runnable answered) {
    if (asking || stopped) {
      loop.execute(answered);
      return;
    }
    asking = true;
    environment
        .workers()
        .run(
            loop,
            environment.space()::usableBytes,
            (usable, failure) -> {
              answered(usable, failure);
              answered.run();
              ended.run();
            });
  }

  /** Lays in ballast if there is none and the disk has room. */
  void keepBallast() {
    if (!stopped
        && !ballast.busy()
        && !ballast.present()
        && ballast.fits(usableBytes, reserveBytes)) {
      ballast.make(ended);
    }
  }

  boolean busy() {
    return asking || ballast.busy();
  }

  void stop() {
    stopped = true;
  }

  private void answered(Long usable, Throwable failure) {
    asking = false;
    askedAtNanos = loop.monotonicNanos();
    if (failure != null) {
      logger.warn("cannot ask the disk for its free space", failure);
      return;
    }
    boolean wasFull = full();
    usableBytes = usable;
    if (full() && !wasFull) {
      logger.warn(
          "the volume's disk has {} bytes left: what adds to the volume is refused; remove files,"
              + " or give the disk room",
          usableBytes);
    }
    keepBallast();
  }
}
