package io.atoll.perf.disk;

import io.vertx.core.json.JsonObject;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The same commits by fio: each client is a thread of it that replays a list of writes and
 * data-syncs (its {@code read_iolog}), one after the other as fast as they go, with direct I/O on
 * the same files, without fio's timekeeping.
 */
final class FioCommits {

  /** In each client's list for each second: more than it can do, with one client, and with many. */
  private static final int COMMITS_OF_ONE = 16_000;

  private static final int COMMITS_OF_ALL = 64_000;

  private final CommitCase commitCase;
  private final Path data;
  private final Path log;
  private final int seconds;

  private FioCommits(CommitCase commitCase, Path data, Path log, int seconds) {
    this.commitCase = commitCase;
    this.data = data;
    this.log = log;
    this.seconds = seconds;
  }

  /** Commits a second. */
  static double run(CommitCase commitCase, Path data, Path log, int seconds)
      throws IOException, InterruptedException {
    Path lists = Files.createTempDirectory("atoll-fio");
    try {
      return new FioCommits(commitCase, data, log, seconds).run(lists);
    } finally {
      try (var left = Files.list(lists)) {
        for (Path list : left.toList()) {
          Files.delete(list);
        }
      }
      Files.delete(lists);
    }
  }

  private double run(Path lists) throws IOException, InterruptedException {
    StringBuilder jobs = new StringBuilder();
    jobs.append("[global]\nioengine=psync\ndirect=1\nthread\ngroup_reporting\ngtod_reduce=1\n");
    jobs.append("runtime=").append(seconds).append('\n');
    for (int client = 0; client < commitCase.inFlight(); client++) {
      Path list = lists.resolve("client-" + client);
      writeList(list, client);
      jobs.append("[client-").append(client).append("]\nread_iolog=").append(list).append('\n');
    }
    Path jobFile = lists.resolve("jobs");
    Files.writeString(jobFile, jobs);
    JsonObject writes = Fio.report(jobFile).getJsonObject("write");
    return writes.getDouble("iops") / writesOfACommit();
  }

  private int writesOfACommit() {
    return 1 + (commitCase.contiguous() ? 1 : CommitTable.COMMIT_BLOCKS);
  }

  /** A client's commits, interleaved with those of the others. */
  private void writeList(Path list, int client) throws IOException {
    int clients = commitCase.inFlight();
    long count = (long) (clients == 1 ? COMMITS_OF_ONE : COMMITS_OF_ALL / clients) * seconds;
    try (BufferedWriter out = Files.newBufferedWriter(list, StandardCharsets.UTF_8)) {
      out.write("fio version 2 iolog\n");
      forBoth(out, "add");
      forBoth(out, "open");
      for (long i = 0; i < count; i++) {
        long number = i * clients + client;
        if (!commitCase.written() && CommitTable.spaceUsed(number + 1, number + 1)) {
          break;
        }
        writeCommit(out, number);
      }
      forBoth(out, "close");
    }
  }

  private void forBoth(BufferedWriter out, String action) throws IOException {
    out.write(data + " " + action + "\n" + log + " " + action + "\n");
  }

  private void writeCommit(BufferedWriter out, long number) throws IOException {
    if (commitCase.contiguous()) {
      long offset = number * CommitTable.COMMIT_BYTES % CommitTable.DATA_BYTES;
      out.write(data + " write " + offset + " " + CommitTable.COMMIT_BYTES + "\n");
    } else {
      for (int i = 0; i < CommitTable.COMMIT_BLOCKS; i++) {
        long offset = CommitTable.scattered(number * CommitTable.COMMIT_BLOCKS + i);
        out.write(data + " write " + offset + " " + CommitTable.BLOCK_BYTES + "\n");
      }
    }
    if (!commitCase.written()) {
      out.write(data + " datasync 0 0\n");
    }
    long offset = number * CommitTable.BLOCK_BYTES % CommitTable.LOG_BYTES;
    out.write(log + " write " + offset + " " + CommitTable.BLOCK_BYTES + "\n");
    out.write(log + " datasync 0 0\n");
  }
}
