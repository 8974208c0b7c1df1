package io.atoll.io.volume;

import io.atoll.io.disk.DiskFutures;
import io.atoll.io.log.DurableMark;
import io.atoll.io.log.LogSegment;
import io.atoll.io.log.SegmentSet;
import io.atoll.io.loop.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps room in the log: a segment is made ahead of need, up to the bound and as long as the disk
 * has room for it, and the index is flushed when the log is half full, so that its segments can be
 * recycled. Where the disk has none, the log goes on with those it has, of which there are two at
 * least: whenever a flush would free one of them, and none is free, the index is flushed. What the
 * log has must not be lost unnoticed, so the superblock counts its segments and says which one was
 * begun last. Loop-confined.
 */
final class LogRoom {

  private static final Logger logger = LoggerFactory.getLogger(LogRoom.class);

  /**
   * How often the superblock notes how far the log reaches, while it grows: what is lost of its end
   * after that can't be told from what never was.
   */
  static final long MARK_INTERVAL_NANOS = 30_000_000_000L;

  /** How long after the last commit it notes that, when none follows. */
  static final long IDLE_MARK_NANOS = 1_000_000_000L;

  private final Loop loop;
  private final SegmentSet segments;
  private final SegmentMaker maker;
  private final SuperblockFile superblock;
  private final CommitPipeline pipeline;
  private final Applier applier;
  private final DiskWatch disk;
  private final BooleanSupplier refuses;
  private final Listener listener;
  private final long segmentBytes;
  private final int maxSegments;
  private final Runnable idled = this::idled;
  private int markedSegment;
  private long markedSequence;
  private long markedAtNanos;
  private long reachedSequence;
  private long reachedAtNanos;
  private Loop.Timer idleTimer;
  private boolean marking;
  private boolean making;

  /** Until the next flush: no segment could be made. */
  private boolean noRoom;

  /**
   * @param refuses whether the volume takes nothing more, and so needs no new segment
   */
  LogRoom(
      VolumeEnvironment environment,
      VolumeOptions options,
      OpenedParts parts,
      SegmentSet segments,
      CommitPipeline pipeline,
      Applier applier,
      DiskWatch disk,
      BooleanSupplier refuses,
      Listener listener) {
    loop = environment.loop();
    this.segments = segments;
    this.pipeline = pipeline;
    this.applier = applier;
    this.disk = disk;
    this.refuses = refuses;
    this.listener = listener;
    maker = new SegmentMaker(environment.disk(), parts.zeros(), VolumeOpener.ZERO_BYTES);
    superblock =
        new SuperblockFile(loop, environment.buffers(), parts.superblockFile(), parts.superblock());
    segmentBytes = parts.superblock().logSegmentBytes();
    maxSegments = options.maxLogSegments();
    markedSegment = parts.tail().segment();
    markedSequence = parts.tail().sequence();
    reachedSequence = markedSequence;
    markedAtNanos = loop.monotonicNanos();
  }

  /** Whether no segment is free, and none may be made. */
  boolean exhausted() {
    return segments.freeCount() == 0 && segments.count() >= maxSegments;
  }

  /** Whether a segment is being made, or the superblock written. */
  boolean busy() {
    return making || marking;
  }

  /** Makes a spare segment, and flushes the index when the log is half full. */
  void keep() {
    int free = segments.freeCount();
    int live = segments.count() - free;
    boolean segmentNeeded =
        free == 0
            && (pipeline.waitsForSegment()
                || (noRoom && segments.anyFreedBy(applier.appliedSequence())));
    if (applier.flushWanted() && (live > maxSegments / 2 || segmentNeeded)) {
      applier.flush();
    }
    if (free == 0
        && segments.count() < maxSegments
        && !making
        && !noRoom
        && !refuses.getAsBoolean()) {
      making = true;
      disk.claimSegment(segmentBytes, this::make);
    }
  }

  private void make(long grantedBytes) {
    if (grantedBytes == 0 || refuses.getAsBoolean()) {
      disk.settle(grantedBytes, 0);
      making = false;
      noRoom = true;
      keep();
      listener.ended();
    } else {
      Steps.atEnd(loop, make(segments.count()), this::made);
    }
  }

  /** The index has flushed all up to {@code sequence}. */
  void flushed(long sequence) {
    segments.flushed(sequence);
    noRoom = false;
    pipeline.segmentFreed();
    keep();
  }

  /**
   * Makes it durable that the current segment was begun; then, or after a failure, {@code noted}.
   */
  void begun(long sequence, Runnable noted) {
    markedSegment = segments.currentNumber();
    mark(sequence, noted);
  }

  /**
   * The log is durable up to {@code sequence}: notes it if that was not done for a while, or when
   * nothing has followed for a moment.
   */
  void reached(long sequence) {
    reachedSequence = sequence;
    reachedAtNanos = loop.monotonicNanos();
    if (reachedAtNanos - markedAtNanos >= MARK_INTERVAL_NANOS) {
      note();
    } else if (idleTimer == null && reachedSequence > markedSequence) {
      idleTimer = loop.schedule(IDLE_MARK_NANOS, idled);
    }
  }

  /** Notes nothing any more. */
  void stop() {
    if (idleTimer != null) {
      idleTimer.cancel();
      idleTimer = null;
    }
  }

  private void idled() {
    idleTimer = null;
    if (refuses.getAsBoolean() || reachedSequence <= markedSequence) {
      return;
    }
    long leftNanos = IDLE_MARK_NANOS - (loop.monotonicNanos() - reachedAtNanos);
    if (leftNanos > 0) {
      idleTimer = loop.schedule(leftNanos, idled);
    } else {
      note();
    }
  }

  /** A segment that is being begun has been noted further than this, before it is acknowledged. */
  private void note() {
    if (!marking && !refuses.getAsBoolean() && reachedSequence > markedSequence) {
      marking = true;
      mark(
          reachedSequence,
          () -> {
            marking = false;
            listener.ended();
          });
    }
  }

  private void mark(long sequence, Runnable noted) {
    markedAtNanos = loop.monotonicNanos();
    markedSequence = sequence;
    DurableMark mark = new DurableMark(markedSegment, sequence);
    Steps.atEnd(
        loop,
        superblock.mark(mark),
        (ignored, failure) -> {
          if (failure != null) {
            listener.failed(
                "how far "
                    + LogSegment.name(mark.segment())
                    + " reaches could not be noted in the superblock: "
                    + OpenFailures.cause(failure).getMessage(),
                failure);
          }
          noted.run();
        });
  }

  /** Makes a segment and counts it, so that it would be missed. */
  private CompletableFuture<LogSegment> make(int number) {
    return maker
        .make(number, segmentBytes)
        .thenCompose(segment ->
            superblock
                .countSegments(number + 1)
                .whenComplete((ignored, failure) -> {
                  if (failure != null) {
                    DiskFutures.abandon(segment.file());
                    listener.failed(
                        "log segment "
                            + number
                            + " could not be counted in the superblock: "
                            + OpenFailures.cause(failure).getMessage(),
                        failure);
                  }
                })
                .thenApply(ignored -> segment));
  }

  private void made(LogSegment segment, Throwable failure) {
    disk.settle(segmentBytes, failure == null ? segmentBytes : 0);
    making = false;
    noRoom = failure != null;
    if (failure != null) {
      logger.warn("cannot make a log segment; the log goes on with those it has", failure);
    } else {
      segments.add(segment);
      pipeline.segmentFreed();
    }
    keep();
    listener.ended();
  }

  /** What follows. */
  interface Listener {
    /** A segment has been made, or could not be; or the superblock has been written. */
    void ended();

    /** The superblock can't be trusted to be written any more. */
    void failed(String why, Throwable cause);
  }
}
