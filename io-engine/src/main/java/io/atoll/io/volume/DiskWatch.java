package io.atoll.io.volume;

import io.atoll.io.index.Index;
import io.atoll.io.index.IndexException;
import io.atoll.io.loop.Loop;
import io.atoll.io.space.RegionImage;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the volume's disk has left, asked anew at most once a second, when somebody wants to know or
 * the index has grown. The extents leave the disk's reserve to the logs and indexes of all volumes
 * on it. The first eighth of it is for longer logs than each needs to go on; when half of it is
 * used up, the volume is full for everything that adds to it; the last quarter is for removing
 * alone, which makes an index longer before it makes it shorter. Loop-confined.
 */
final class DiskWatch {

  private static final Logger logger = LoggerFactory.getLogger(DiskWatch.class);
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  /** The volume is full while the disk has less than this share of its reserve left. */
  static final int FULL_SHARE_OF_RESERVE = 2;

  /** As that, for what only takes the place of something: the index may grow even so. */
  static final int EXHAUSTED_SHARE_OF_RESERVE = 4;

  /**
   * Of the reserve, one in so many is all that logs get for segments which they could do without.
   */
  private static final int LOG_SHARE_OF_RESERVE = 8;

  /** The index is sparing while the disk has less than so many reserves left. */
  private static final int SCARCE_RESERVES = 2;

  private final VolumeEnvironment environment;
  private final Index index;
  private final Loop loop;
  private final long reserveBytes;
  private final Ballast ballast;
  private final Runnable foundFull;
  private final Runnable ended;
  private long usableBytes;
  private long askedAtNanos;
  private int asking;
  private Loop.Timer askingSoon;
  private boolean stopped;

  /**
   * @param index to be told when the disk has little room
   * @param usableBytes as the disk said last
   * @param foundFull run each time that the disk's answer says that the volume is full
   * @param ended run when a step has ended
   */
  DiskWatch(
      VolumeEnvironment environment,
      VolumeOptions options,
      Index index,
      long usableBytes,
      Runnable foundFull,
      Runnable ended) {
    this.environment = environment;
    this.index = index;
    this.usableBytes = usableBytes;
    this.foundFull = foundFull;
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

  /** The extents have given so much back; what they were granted is {@link #settle settled}. */
  void givenBack(long bytes) {
    usableBytes += bytes;
  }

  /** Asks the disk if that was long enough ago. */
  void check() {
    if (asking == 0 && loop.monotonicNanos() - askedAtNanos >= INTERVAL_NANOS) {
      ask();
    }
  }

  /** Asks the disk once more, as soon as it may be asked again. */
  void checkSoon() {
    if (askingSoon == null && !stopped) {
      askingSoon =
          loop.schedule(
              INTERVAL_NANOS,
              () -> {
                askingSoon = null;
                ask();
              });
    }
  }

  private void ask() {
    if (!stopped) {
      asking++;
      environment.workers().run(loop, this::usableNow, this::answered);
    }
  }

  /** Asks the disk, and lets the index know. On a worker. */
  private long usableNow() {
    long usable = environment.space().usableBytes();
    try {
      index.roomIsScarce(usable < SCARCE_RESERVES * reserveBytes);
    } catch (IndexException e) {
      logger.warn("the index goes on as with other room on its disk: {}", e.getMessage());
    }
    return usable;
  }

  /**
   * Claims space for the extents to grow by, whole units and at most {@code wantedBytes}; {@code
   * granted} is told how much, perhaps 0. It is to be settled.
   */
  void claimGrowth(long wantedBytes, LongConsumer granted) {
    claim(wantedBytes, RegionImage.UNIT_BYTES, reserveBytes, granted);
  }

  /** As {@link #claimGrowth}, for a log segment: all of it, or 0. */
  void claimSegment(long bytes, LongConsumer granted) {
    claim(bytes, bytes, reserveBytes - reserveBytes / LOG_SHARE_OF_RESERVE, granted);
  }

  private void claim(long wanted, long unit, long left, LongConsumer granted) {
    if (stopped) {
      granted.accept(0);
      return;
    }
    asking++;
    environment
        .workers()
        .run(
            loop,
            () -> environment.space().claim(wanted, unit, left),
            (claim, failure) -> {
              answered(claim == null ? null : claim.leftBytes(), failure);
              granted.accept(claim == null ? 0 : claim.bytes());
            });
  }

  /** Of what was claimed, so much was allocated. */
  void settle(long claimedBytes, long takenBytes) {
    environment.space().settle(claimedBytes);
    usableBytes += claimedBytes - takenBytes;
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
    return asking > 0 || ballast.busy();
  }

  void stop() {
    stopped = true;
    if (askingSoon != null) {
      askingSoon.cancel();
    }
  }

  private void answered(Long usable, Throwable failure) {
    asking--;
    askedAtNanos = loop.monotonicNanos();
    if (failure != null) {
      logger.warn("cannot ask the disk for its free space", failure);
      ended.run();
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
    if (full() && !stopped) {
      foundFull.run();
    }
    ended.run();
  }
}
