package io.atoll.io.volume;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.log.ChangeList;
import io.atoll.io.log.LogWriter;
import io.atoll.io.log.SegmentSet;
import io.atoll.io.loop.Loop;
import io.atoll.io.space.UnitChange;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume made of a log, an index as the log's checkpoint, and one file of blocks. This class
 * holds the parts together: what a record does to each of them when it is appended, durable,
 * applied and flushed, and what happens when one fails.
 */
public final class LogVolume implements Volume {

  private static final Logger logger = LoggerFactory.getLogger(LogVolume.class);

  /** Groups that may wait before {@link #congested}. */
  private static final int MAX_WAITING_GROUPS = 3;

  /** Groups whose memory is taken when the volume is opened: those that wait and one in flight. */
  private static final int GROUPS_AHEAD = MAX_WAITING_GROUPS + 1;

  private static final int MAX_SCAN_ENTRIES = 4096;

  private final Loop loop;
  private final Callbacks callbacks;
  private final VolumeEnvironment environment;
  private final VolumeOptions options;
  private final VolumeParts kinds;
  private final OpenedParts parts;
  private final VolumeCounters counters = new VolumeCounters();
  private final VolumeSpace space;
  private final DiskWatch disk;
  private final Overlay overlay;
  private final CommitWaiters waiters = new CommitWaiters();
  private final ArrayDeque<StatusCallback> roomWaiters = new ArrayDeque<>();
  private final LogWriter log;
  private final SegmentSet segments;
  private final LogRoom logRoom;
  private final CommitPipeline pipeline;
  private final Applier applier;
  private final IndexReader reader;
  private final BlockIo blocks;
  private final VolumeClosing closing;
  private final RecordAppender appender;
  private boolean fenced;
  private String whyFenced;

  /**
   * Opens the volume in the environment's disk, or makes one where there is none. Asynchronous;
   * call it on the environment's loop.
   */
  public static void open(VolumeEnvironment environment, VolumeOptions options, Opened opened) {
    open(environment, options, new VolumeParts(), true, opened);
  }

  /** As {@link #open}, but fails where there is no volume: for one that was open before. */
  public static void openExisting(
      VolumeEnvironment environment, VolumeOptions options, Opened opened) {
    open(environment, options, new VolumeParts(), false, opened);
  }

  static void open(
      VolumeEnvironment environment, VolumeOptions options, VolumeParts kinds, Opened opened) {
    open(environment, options, kinds, true, opened);
  }

  private static void open(
      VolumeEnvironment environment,
      VolumeOptions options,
      VolumeParts kinds,
      boolean mayCreate,
      Opened opened) {
    VolumeEnvironment patient = environment.retrying();
    Steps.atEnd(
        patient.loop(),
        VolumeOpener.openLightening(patient, options, kinds, mayCreate),
        (parts, failure) -> {
          if (failure != null) {
            opened.opened(null, OpenFailures.explain(failure));
          } else {
            begin(patient, options, kinds, parts, opened);
          }
        });
  }

  /** What throws here is a defect, or memory is lacking: the opening fails, and leaves nothing. */
  private static void begin(
      VolumeEnvironment environment,
      VolumeOptions options,
      VolumeParts kinds,
      OpenedParts parts,
      Opened opened) {
    LogVolume volume;
    try {
      volume = new LogVolume(environment, options, kinds, parts);
    } catch (RuntimeException | Error thrown) {
      Steps.atEnd(
          environment.loop(),
          VolumeCloser.close(environment, parts, parts.segments()),
          (ignored, failure) -> opened.opened(null, OpenFailures.explain(thrown)));
      return;
    }
    try {
      volume.start();
    } catch (RuntimeException | Error thrown) {
      volume.fence("it could not be started", thrown);
      volume.close(status -> opened.opened(null, OpenFailures.explain(thrown)));
      return;
    }
    opened.opened(volume, null);
  }

  private LogVolume(
      VolumeEnvironment environment, VolumeOptions options, VolumeParts kinds, OpenedParts parts) {
    this.environment = environment;
    this.options = options;
    this.kinds = kinds;
    this.parts = parts;
    loop = environment.loop();
    callbacks = new Callbacks(loop);
    final long lastSequence = parts.tail().sequence();
    overlay = kinds.overlay();
    segments = parts.segmentSet();
    log =
        new LogWriter(
            parts.codec(),
            segments,
            environment.buffers(),
            options.groupBytes(),
            GROUPS_AHEAD,
            parts.tail(),
            parts.superblock().incarnation(),
            parts.superblock().epoch());
    DiskFile extents = parts.extents();
    pipeline = new CommitPipeline(loop, log, extents, lastSequence, counters, new CommitEffects());
    applier =
        new Applier(
            loop,
            environment.checkpointWorkers(),
            parts.index(),
            lastSequence,
            options,
            counters,
            new ApplyEffects());
    Runnable ended = this::stepEnded;
    disk =
        new DiskWatch(
            environment, options, parts.index(), parts.diskUsableBytes(), this::lighten, ended);
    logRoom =
        new LogRoom(
            environment,
            options,
            parts,
            segments,
            pipeline,
            applier,
            disk,
            this::refuses,
            new LogEffects());
    reader =
        new IndexReader(
            loop, environment.workers(), parts.index(), overlay, counters, this::fenced, ended);
    blocks = new BlockIo(loop, id(), extents, kinds.checksums(), counters, ended);
    closing =
        new VolumeClosing(
            loop, pipeline, applier, this::othersBusy, this::fenced, this::closeFiles);
    space = new VolumeSpace(environment, parts, options, kinds, counters, disk, new SpaceEffects());
    appender = new RecordAppender(environment, overlay, space, pipeline, lastSequence);
  }

  /** Takes memory, and begins what goes on by itself: what fails here is undone by closing. */
  private void start() {
    log.takeAhead();
    space.start();
    disk.keepBallast();
  }

  @Override
  public VolumeCounters counters() {
    return counters;
  }

  /** The volume's identity, fixed at creation. */
  public UUID id() {
    return parts.superblock().id();
  }

  // --- the map ---

  @Override
  public void get(byte[] key, ValueCallback callback) {
    if (refuses()) {
      callback.done(VolumeStatus.FENCED, null);
    } else {
      reader.get(key, callback);
    }
  }

  @Override
  public void scan(byte[] from, byte[] to, int limit, ScanCallback callback) {
    Objects.checkIndex(limit - 1, MAX_SCAN_ENTRIES);
    if (refuses()) {
      callback.done(VolumeStatus.FENCED, List.of());
    } else {
      reader.scan(from, to, limit, callback);
    }
  }

  // --- records ---

  @Override
  public Mutation newMutation() {
    return appender.newMutation(applier);
  }

  @Override
  public long append(Mutation filled) {
    return append(filled, false);
  }

  @Override
  public long appendLazily(Mutation filled) {
    return append(filled, true);
  }

  private long append(Mutation filled, boolean lazily) {
    ChangeList changes = ((LogMutation) filled).take();
    if (refuses()) {
      return appender.skip();
    }
    try {
      return appender.append(changes, lazily);
    } catch (RuntimeException | Error thrown) {
      // Memory would show a record that the log lacks: nothing may follow it.
      fence("record " + appender.appendedSequence() + " could not be appended", thrown);
      throw thrown;
    }
  }

  @Override
  public long appendedSequence() {
    return appender.appendedSequence();
  }

  @Override
  public long commitSequence() {
    return pipeline.commitSequence();
  }

  @Override
  public void awaitCommit(long sequence, StatusCallback callback) {
    if (sequence <= pipeline.commitSequence()) {
      callback.done(VolumeStatus.OK);
    } else if (refuses()) {
      callback.done(VolumeStatus.FENCED);
    } else {
      waiters.add(sequence, callback);
      pipeline.want(sequence);
    }
  }

  @Override
  public boolean congested() {
    return !fenced
        && (overlay.bytes() >= maxUnappliedBytes()
            || pipeline.waitingGroups() > MAX_WAITING_GROUPS
            || pipeline.waitsForSegment()
            || logRoom.exhausted()
            || space.shortage());
  }

  /** Changes not yet in the index hold buffers, of which others want their part. */
  private long maxUnappliedBytes() {
    return Math.min(options.maxUnappliedBytes(), environment.buffers().evenPartBytes() / 2);
  }

  @Override
  public void awaitRoom(StatusCallback callback) {
    if (refuses()) {
      callback.done(VolumeStatus.FENCED);
    } else if (congested()) {
      roomWaiters.add(callback);
      pipeline.wantAll();
    } else {
      callback.done(VolumeStatus.OK);
    }
  }

  // --- blocks ---

  @Override
  public List<BlockRun> allocate(int count, AllocationClass allocationClass) {
    Objects.checkIndex(count - 1, MAX_IO_BLOCKS);
    if (refuses()) {
      return List.of();
    }
    List<BlockRun> runs = space.allocate(count, allocationClass);
    if (runs.isEmpty()) {
      pipeline.wantAll(); // records that linger may have freed some
    }
    return runs;
  }

  @Override
  public boolean spaceComing() {
    return space.coming();
  }

  @Override
  public void awaitSpace(int count, AllocationClass allocationClass, StatusCallback callback) {
    if (refuses()) {
      callback.done(VolumeStatus.FENCED);
    } else {
      space.await(count, allocationClass, callback);
      pipeline.wantAll();
    }
  }

  @Override
  public void abandon(List<BlockRun> runs) {
    space.abandon(runs);
  }

  @Override
  public void writeBlocks(BlockRun run, ByteBuf data, int index, StatusCallback callback) {
    if (refuses()) {
      callback.done(VolumeStatus.FENCED);
    } else {
      blocks.write(blocks.homeLane(), run, data, index, null, 0, callback);
    }
  }

  @Override
  public void readBlocks(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf into, int index, StatusCallback callback) {
    if (refuses()) {
      callback.done(VolumeStatus.FENCED);
    } else {
      blocks.read(run, crcs, crcsFrom, into, index, callback);
    }
  }

  @Override
  public void readBlocks(
      BlockRun run, int[] crcs, int crcsFrom, ByteBuf[] into, int pieces, StatusCallback callback) {
    if (refuses()) {
      callback.done(VolumeStatus.FENCED);
    } else {
      blocks.read(blocks.homeLane(), run, crcs, crcsFrom, into, pieces, callback);
    }
  }

  @Override
  public void writeBlocks(
      DataLane lane,
      BlockRun run,
      ByteBuf data,
      int index,
      int[] crcs,
      int crcsFrom,
      StatusCallback callback) {
    if (refuses()) {
      callback.done(VolumeStatus.FENCED);
    } else {
      blocks.write(lane, run, data, index, crcs, crcsFrom, callback);
    }
  }

  @Override
  public void readBlocks(
      DataLane lane,
      BlockRun run,
      int[] crcs,
      int crcsFrom,
      ByteBuf[] into,
      int pieces,
      StatusCallback callback) {
    if (refuses()) {
      callback.done(VolumeStatus.FENCED);
    } else {
      blocks.read(lane, run, crcs, crcsFrom, into, pieces, callback);
    }
  }

  @Override
  public DataLane lane(Loop on) {
    return blocks.lane(on);
  }

  @Override
  public void addLane(Loop on, Disk itsDisk, StatusCallback callback) {
    on.execute(() -> {
      DataLane lane;
      try {
        lane = new DataLane(on, itsDisk.share(parts.extents()), kinds.checksums());
      } catch (RuntimeException refused) {
        logger.error("volume {}: {} gets no file of its blocks", id(), on, refused);
        loop.execute(() -> callback.done(VolumeStatus.IO_ERROR));
        return;
      }
      loop.execute(() -> {
        blocks.add(lane);
        callback.done(VolumeStatus.OK);
      });
    });
  }

  @Override
  public Pin pinBlocks() {
    return space.pin();
  }

  @Override
  public ByteBuf buffer(int bytes) {
    return environment.buffers().take(bytes);
  }

  @Override
  public ByteBuf replyBuffer(int bytes) {
    return environment.replyBuffers().take(bytes);
  }

  @Override
  public SpaceStatus space() {
    return space.status();
  }

  @Override
  public long missingBytes() {
    return space.missingBytes();
  }

  // --- life ---

  @Override
  public long incarnation() {
    return parts.superblock().incarnation();
  }

  @Override
  public VolumeRecovery recovery() {
    return parts.recovery();
  }

  @Override
  public boolean fenced() {
    return fenced;
  }

  @Override
  public String whyFenced() {
    return whyFenced;
  }

  @Override
  public void close(StatusCallback callback) {
    boolean first = !closing.begun();
    closing.begin(callback);
    if (!first) {
      return;
    }
    pipeline.wantAll();
    pipeline.stop();
    logRoom.stop();
    disk.stop();
    space.stop();
    stepEnded();
  }

  private boolean refuses() {
    return fenced || closing.begun();
  }

  private void fence(String why, Throwable cause) {
    if (fenced) {
      return;
    }
    fenced = true;
    whyFenced = why;
    logger.error("volume {} is fenced: {}", id(), why, cause);
    pipeline.fence();
    applier.stop();
    logRoom.stop();
    disk.stop();
    space.stop();
    for (StatusCallback waiter = waiters.poll(Long.MAX_VALUE);
        waiter != null;
        waiter = waiters.poll(Long.MAX_VALUE)) {
      callbacks.tell(waiter, VolumeStatus.FENCED);
    }
    while (!roomWaiters.isEmpty()) {
      callbacks.tell(roomWaiters.poll(), VolumeStatus.FENCED);
    }
  }

  // --- what one step brings about ---

  /** The disk is full: what was removed makes the index shorter when it has been flushed. */
  private void lighten() {
    if (!refuses() && applier.flushWanted()) {
      applier.flush();
    }
  }

  private void drainFreed() {
    if (!fenced) {
      space.drain(pipeline.commitSequence());
    }
  }

  /** Lets those go on who wait for room, and closes when it is time to. */
  private void stepEnded() {
    while (!roomWaiters.isEmpty() && !congested()) {
      callbacks.tell(roomWaiters.poll(), refuses() ? VolumeStatus.FENCED : VolumeStatus.OK);
    }
    closing.next();
  }

  private boolean othersBusy() {
    return logRoom.busy()
        || reader.inFlight() > 0
        || blocks.inFlight() > 0
        || space.busy()
        || disk.busy();
  }

  private void closeFiles() {
    var _ =
        VolumeCloser.close(environment, parts, segments.all())
            .whenComplete((ignored, failure) -> {
              log.release();
              appender.close();
              closing.closed(failure);
            });
  }

  private final class CommitEffects implements CommitPipeline.Listener {
    @Override
    public void dataSynced(List<ChangeList> records) {
      space.synced(records);
    }

    @Override
    public void durable(List<ChangeList> records, long sequence) {
      applier.add(records);
    }

    @Override
    public void committed() {
      if (!fenced) {
        drainFreed();
        logRoom.keep();
        logRoom.reached(pipeline.commitSequence());
      }
      long sequence = pipeline.commitSequence();
      for (StatusCallback waiter = waiters.poll(sequence);
          waiter != null;
          waiter = waiters.poll(sequence)) {
        callbacks.tell(waiter, VolumeStatus.OK);
      }
      stepEnded();
    }

    @Override
    public void segmentBegun(long sequence, Runnable noted) {
      logRoom.begun(sequence, noted);
    }

    @Override
    public void segmentWanted() {
      logRoom.keep();
    }

    @Override
    public void failed(String why) {
      fence(why, null);
      stepEnded();
    }
  }

  private final class ApplyEffects implements Applier.Listener {
    @Override
    public void applied(long sequence) {
      overlay.applied(sequence);
      disk.check();
      if (disk.full()) {
        disk.checkSoon();
      }
      logRoom.keep();
      stepEnded();
    }

    @Override
    public void flushed(long sequence) {
      logRoom.flushed(sequence);
      stepEnded();
    }

    @Override
    public void failed(String why, Throwable cause) {
      fence(why, cause);
      stepEnded();
    }
  }

  private final class LogEffects implements LogRoom.Listener {
    @Override
    public void ended() {
      stepEnded();
    }

    @Override
    public void failed(String why, Throwable cause) {
      fence(why, cause);
    }
  }

  private final class SpaceEffects implements VolumeSpace.Listener {
    private boolean endScheduled;

    @Override
    public void unitChanged(UnitChange unit) {
      applier.add(unit);
    }

    @Override
    public void flushUnits(Runnable durable) {
      applier.flushUnits(durable);
    }

    @Override
    public void unpinned() {
      drainFreed();
    }

    /**
     * Not within the call that ended the step: it may be an allocation of one who was let go on by
     * {@link #stepEnded}, and would let the next one go on inside of it.
     */
    @Override
    public void ended() {
      if (!endScheduled) {
        endScheduled = true;
        loop.execute(() -> {
          endScheduled = false;
          stepEnded();
        });
      }
    }

    @Override
    public void failed(String why) {
      fence(why, null);
      stepEnded();
    }
  }

  /** The end of an opening. */
  @FunctionalInterface
  public interface Opened {
    /**
     * @param volume ready, or null
     * @param failure null, or why not
     */
    void opened(Volume volume, VolumeOpenException failure);
  }
}
