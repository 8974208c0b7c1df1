package io.atoll.io.volume;

import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.log.ChangeList;
import io.atoll.io.log.CommitGroup;
import io.atoll.io.log.LogWriter;
import io.atoll.io.loop.Loop;
import java.util.List;

/**
 * Makes records durable, group by group: one group is in flight while the next gathers. A group's
 * data was written before its records were appended. The one flush of the group's durable write
 * covers it, unless some of it lies in space that was never written: then the extents file is
 * synced first.
 *
 * <p>A group is written when one of its records is wanted: as soon as it is appended, or, of those
 * that are appended lazily, when someone awaits it, when too much would be lost with it, or when it
 * has lingered for long enough. Loop-confined.
 */
final class CommitPipeline {

  /** How soon the disk is asked again whose queue others have filled. */
  private static final long RETRY_NANOS = 1_000_000L;

  /** How long a record lingers that nobody wants. */
  static final long LINGER_NANOS = 1_000_000_000L;

  /** Records that linger; one more makes them wanted. */
  static final int MAX_LINGERING_RECORDS = 1_024;

  /** Blocks, placed and written, that lingering records refer to: 64 MiB; more are wanted. */
  static final int MAX_LINGERING_BLOCKS = 16_384;

  private final Loop loop;
  private final LogWriter log;
  private final DiskFile extents;
  private final VolumeCounters counters;
  private final Listener listener;
  private final IoCompletion onWritten = this::written;
  private final Runnable pump = this::pump;
  private final Runnable lingered = this::lingered;
  private CommitGroup inFlight;
  private long groupBegunNanos;
  private long commitSequence;
  private long appendedSequence;
  private long wantedSequence;
  private int lingeringRecords;
  private int lingeringBlocks;
  private long lingeringSinceNanos;
  private Loop.Timer lingerTimer;
  private boolean pumpScheduled;
  private boolean waitsForSegment;
  private boolean fenced;

  CommitPipeline(
      Loop loop,
      LogWriter log,
      DiskFile extents,
      long commitSequence,
      VolumeCounters counters,
      Listener listener) {
    this.loop = loop;
    this.log = log;
    this.extents = extents;
    this.commitSequence = commitSequence;
    appendedSequence = commitSequence;
    wantedSequence = commitSequence;
    this.counters = counters;
    this.listener = listener;
  }

  /**
   * Adds a record; its group closes at the end of this turn of the loop, or when the one before it
   * is durable.
   */
  void append(long sequence, ChangeList changes, boolean needsDataSync) {
    log.append(sequence, changes, needsDataSync);
    appendedSequence = sequence;
    want(sequence);
  }

  /**
   * Adds a record that nobody wants yet.
   *
   * @param blocks that it refers to
   */
  void appendLazily(long sequence, ChangeList changes, boolean needsDataSync, int blocks) {
    log.append(sequence, changes, needsDataSync);
    appendedSequence = sequence;
    if (lingeringRecords++ == 0) {
      lingeringSinceNanos = loop.monotonicNanos();
    }
    lingeringBlocks += blocks;
    if (lingeringRecords > MAX_LINGERING_RECORDS
        || lingeringBlocks > MAX_LINGERING_BLOCKS
        || log.waitingGroups() > 1) {
      want(sequence);
    } else if (lingerTimer == null) {
      lingerTimer = loop.schedule(LINGER_NANOS, lingered);
    }
  }

  /**
   * Someone wants the records up to {@code sequence} to be durable, as far as they have been
   * appended.
   */
  void want(long sequence) {
    long wanted = Math.min(sequence, appendedSequence);
    if (wanted <= wantedSequence) {
      return;
    }
    wantedSequence = wanted;
    if (inFlight == null && !pumpScheduled) {
      pumpScheduled = true;
      loop.execute(pump);
    }
  }

  /** As {@link #want} for all that has been appended. */
  void wantAll() {
    want(appendedSequence);
  }

  /** Those that this timer was for may have been committed; others then have their time still. */
  private void lingered() {
    lingerTimer = null;
    long leftNanos = LINGER_NANOS - (loop.monotonicNanos() - lingeringSinceNanos);
    if (lingeringRecords > 0 && leftNanos > 0) {
      lingerTimer = loop.schedule(leftNanos, lingered);
    } else {
      wantAll();
    }
  }

  /** Nothing lingers any more whose time could come. */
  void stop() {
    if (lingerTimer != null) {
      lingerTimer.cancel();
      lingerTimer = null;
    }
  }

  /** The last record that is durable. */
  long commitSequence() {
    return commitSequence;
  }

  /** Groups not yet durable. */
  int waitingGroups() {
    return log.waitingGroups() + (inFlight == null ? 0 : 1);
  }

  boolean idle() {
    return waitingGroups() == 0;
  }

  boolean waitsForSegment() {
    return waitsForSegment;
  }

  /** Whether an operation on the log or the extents is under way. */
  boolean ioInFlight() {
    return inFlight != null && !waitsForSegment;
  }

  /** A segment has become free. */
  void segmentFreed() {
    if (waitsForSegment && !fenced) {
      waitsForSegment = false;
      writeGroup();
    }
  }

  /** Nothing is written any more; what is in flight ends without effect. */
  void fence() {
    fenced = true;
    stop();
    if (waitsForSegment) {
      waitsForSegment = false;
      log.recycle(inFlight);
      inFlight = null;
    }
  }

  private void pump() {
    pumpScheduled = false;
    if (inFlight != null || fenced || wantedSequence <= commitSequence) {
      return;
    }
    inFlight = log.takeGroup();
    if (inFlight == null) {
      return;
    }
    if (log.waitingGroups() == 0) {
      lingeringRecords = 0;
      lingeringBlocks = 0;
    }
    if (inFlight.dataSyncNeeded()) {
      counters.dataSyncs++;
      syncData();
    } else {
      writeGroup();
    }
  }

  private void syncData() {
    if (fenced) {
      ended();
    } else {
      extents.dataSync(this::dataSynced, inFlight.lastSequence());
    }
  }

  private void dataSynced(long sequence, int result) {
    if (result == -Errno.EAGAIN) {
      loop.schedule(RETRY_NANOS, this::syncData);
    } else if (fenced) {
      ended();
    } else if (result < 0) {
      ended();
      listener.failed("the sync of " + VolumeFiles.EXTENTS + " failed: " + Errno.describe(-result));
    } else {
      listener.dataSynced(inFlight.records());
      writeGroup();
    }
  }

  private void writeGroup() {
    groupBegunNanos = loop.monotonicNanos();
    if (!log.write(inFlight, onWritten)) {
      waitsForSegment = true;
      listener.segmentWanted();
    }
  }

  /** Nothing of the group was written: the disk did not take the operation. */
  private void writeGroupAgain() {
    if (fenced) {
      ended();
    } else {
      log.writeAgain(inFlight, onWritten);
    }
  }

  private void written(long sequence, int result) {
    CommitGroup group = inFlight;
    if (result == -Errno.EAGAIN) {
      loop.schedule(RETRY_NANOS, this::writeGroupAgain);
      return;
    }
    if (fenced) {
      ended();
      return;
    }
    if (result < 0) {
      String why =
          "the write of records up to "
              + sequence
              + " to "
              + log.lastPlace(group)
              + " failed: "
              + Errno.describe(-result);
      ended();
      listener.failed(why);
      return;
    }
    if (log.beganSegment(group)) {
      listener.segmentBegun(sequence, () -> durable(group, sequence));
    } else {
      durable(group, sequence);
    }
  }

  private void durable(CommitGroup group, long sequence) {
    if (fenced) {
      ended();
      return;
    }
    counters.groups++;
    counters.commitNanos += loop.monotonicNanos() - groupBegunNanos;
    counters.records += group.records().size();
    counters.logBytes += group.sealedBytes();
    commitSequence = sequence;
    listener.durable(group.records(), sequence);
    log.recycle(group);
    inFlight = null;
    pump();
    listener.committed();
  }

  private void ended() {
    log.recycle(inFlight);
    inFlight = null;
    listener.committed();
  }

  /** What follows from commits. */
  interface Listener {
    /** The data of these records has been synced; the list is not to be kept. */
    void dataSynced(List<ChangeList> records);

    /** These records, up to {@code sequence}, are durable; the list is reused after the return. */
    void durable(List<ChangeList> records, long sequence);

    /** A group has ended and the next one is under way. */
    void committed();

    /**
     * The first group of a segment, up to {@code sequence}, is on disk. It is not acknowledged
     * before {@code noted} is run: when that is known outside of the segment, or the volume fenced.
     */
    void segmentBegun(long sequence, Runnable noted);

    /** A group cannot be written before a segment is free. */
    void segmentWanted();

    /** The log or the extents can't be trusted any more. */
    void failed(String why);
  }
}
