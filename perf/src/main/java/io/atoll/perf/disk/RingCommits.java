package io.atoll.perf.disk;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Commits in groups, as the volume does: the data of all who wait is written; when that is done,
 * and synced if it went to unwritten space, one log write makes the group durable. Runs on the
 * ring's loop.
 */
final class RingCommits {

  private static final int BLOCK = CommitTable.BLOCK_BYTES;

  private final RingFixture ring;
  private final CommitCase commitCase;
  private final DiskFile data;
  private final DiskFile log;
  private final ByteBuf buffer;
  private final ByteBuf[] run;
  private final long durationNanos;
  private final CompletableFuture<Result> result = new CompletableFuture<>();
  private final IoCompletion onData = (cookie, moved) -> dataWritten(moved);
  private final IoCompletion onDataSync = (cookie, moved) -> writeLog(moved);
  private final IoCompletion onLog = (cookie, moved) -> groupCommitted(moved);
  private IoCounters.Snapshot before;
  private long startNanos;
  private long commits;
  private long groups;
  private int dataInFlight;

  private RingCommits(
      RingFixture ring, CommitCase commitCase, DiskFile data, DiskFile log, long durationNanos) {
    this.ring = ring;
    this.commitCase = commitCase;
    this.data = data;
    this.log = log;
    this.durationNanos = durationNanos;
    buffer = ring.buffer(CommitTable.COMMIT_BYTES);
    run = new ByteBuf[commitCase.inFlight()];
    Arrays.fill(run, buffer);
  }

  /**
   * What was measured.
   *
   * @param rate commits a second
   * @param operations disk operations a commit
   * @param flushes flushes asked for a commit
   */
  record Result(double rate, double operations, double flushes) {}

  static Result run(
      RingFixture ring, CommitCase commitCase, DiskFile data, DiskFile log, long durationNanos)
      throws Exception {
    if (commitCase.inFlight() > Disk.MAX_VECTOR_BUFFERS) {
      throw new IllegalArgumentException("a group is one vectored write");
    }
    RingCommits commits = new RingCommits(ring, commitCase, data, log, durationNanos);
    ring.loop().execute(commits::start);
    Result result = ring.await(commits.result);
    commits.buffer.release();
    return result;
  }

  private void start() {
    before = ring.disk().counters().snapshot();
    startNanos = System.nanoTime();
    startGroup();
  }

  private void startGroup() {
    if (commitCase.contiguous()) {
      dataInFlight = 1;
      long groupBytes = (long) commitCase.inFlight() * CommitTable.COMMIT_BYTES;
      long offset = groups % (CommitTable.DATA_BYTES / groupBytes) * groupBytes;
      data.writeVectored(run, run.length, offset, onData, 0);
      return;
    }
    int blocks = commitCase.inFlight() * CommitTable.COMMIT_BLOCKS;
    dataInFlight = blocks;
    for (int i = 0; i < blocks; i++) {
      long offset = CommitTable.scattered(groups * blocks + i);
      int index = i % CommitTable.COMMIT_BLOCKS * BLOCK;
      data.write(buffer, index, BLOCK, offset, onData, 0);
    }
  }

  private void dataWritten(int moved) {
    if (moved < 0) {
      fail(moved);
      return;
    }
    if (--dataInFlight > 0) {
      return;
    }
    if (commitCase.written()) {
      writeLog(0);
    } else {
      data.dataSync(onDataSync, 0);
    }
  }

  private void writeLog(int synced) {
    if (synced < 0) {
      fail(synced);
      return;
    }
    long offset = groups % (CommitTable.LOG_BYTES / BLOCK) * BLOCK;
    log.writeDurably(buffer, 0, BLOCK, offset, onLog, 0);
  }

  private void groupCommitted(int moved) {
    if (moved < 0) {
      fail(moved);
      return;
    }
    groups++;
    commits += commitCase.inFlight();
    long passed = System.nanoTime() - startNanos;
    boolean spaceUsed = !commitCase.written() && CommitTable.spaceUsed(commits, groups);
    if (passed < durationNanos && !spaceUsed) {
      startGroup();
      return;
    }
    IoCounters.Snapshot done = ring.disk().counters().snapshot().since(before);
    double operations = done.writes() + done.durableWrites() + done.dataSyncs();
    result.complete(
        new Result(
            commits * 1e9 / passed, operations / commits, (double) done.flushes() / commits));
  }

  private void fail(int errno) {
    result.completeExceptionally(new IllegalStateException("commit failed with errno " + -errno));
  }
}
