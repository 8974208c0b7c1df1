package io.atoll.perf.disk;

import io.atoll.io.disk.DiskFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a durable commit costs: data, then log, by placement and kind of space, beside plain system
 * calls, in interleaved rounds. A commit is 16 KiB of data and a 4 KiB log block.
 *
 * <p>Arguments: a directory on the disk, rounds (5), seconds for each run (1).
 */
public final class CommitTable {

  static final int BLOCK_BYTES = 4096;
  static final int COMMIT_BLOCKS = 4;
  static final int COMMIT_BYTES = COMMIT_BLOCKS * BLOCK_BYTES;
  static final long DATA_BYTES = 256L << 20;
  static final long LOG_BYTES = 64L << 20;

  private static final long DATA_BLOCKS = DATA_BYTES / BLOCK_BYTES;

  /** Odd, so that multiples of it meet every block of a power of two once; and far apart. */
  private static final long STRIDE = 48_271;

  private static final String DATA = "commit-table.data";
  private static final String LOG = "commit-table.log";

  private static final List<CommitCase> CASES =
      List.of(
          new CommitCase(1, true, true),
          new CommitCase(1, false, true),
          new CommitCase(1, true, false),
          new CommitCase(1, false, false),
          new CommitCase(64, true, true),
          new CommitCase(64, false, true),
          new CommitCase(64, true, false),
          new CommitCase(64, false, false));

  private CommitTable() {}

  /** Where the {@code number}th scattered block goes. */
  static long scattered(long number) {
    return number * STRIDE % DATA_BLOCKS * BLOCK_BYTES;
  }

  /** Whether a further commit would write to space that is not fresh any more. */
  static boolean spaceUsed(long commits, long logBlocks) {
    return (commits + 64) * COMMIT_BYTES > DATA_BYTES || (logBlocks + 64) * BLOCK_BYTES > LOG_BYTES;
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 1) {
      System.err.println("usage: CommitTable DIRECTORY [ROUNDS [SECONDS]]");
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(arguments[0])).toAbsolutePath();
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
    Measured[] measured = new Measured[CASES.size()];
    for (int i = 0; i < measured.length; i++) {
      measured[i] = new Measured(rounds);
    }
    try (RingFixture ring = new RingFixture(directory)) {
      System.out.println(ring.facts().describe());
      System.out.println();
      for (int round = -1; round < rounds; round++) {
        for (int i = 0; i < measured.length; i++) {
          measure(ring, directory, CASES.get(i), measured[i], round, seconds);
        }
      }
    } finally {
      Files.deleteIfExists(directory.resolve(DATA));
      Files.deleteIfExists(directory.resolve(LOG));
    }
    print(measured);
  }

  /** Round −1 is for the compiler and not kept. */
  private static void measure(
      RingFixture ring,
      Path directory,
      CommitCase commitCase,
      Measured measured,
      int round,
      int seconds)
      throws Exception {
    long nanos = TimeUnit.SECONDS.toNanos(seconds);
    boolean ringFirst = round % 2 == 0;
    for (int half = 0; half < 2; half++) {
      DiskFile data = file(ring, DATA, DATA_BYTES, commitCase.written());
      DiskFile log = file(ring, LOG, LOG_BYTES, commitCase.written());
      if (ringFirst == (half == 0)) {
        RingCommits.Result result = RingCommits.run(ring, commitCase, data, log, nanos);
        if (round >= 0) {
          measured.ring[round] = result.rate();
          measured.operations = result.operations();
          measured.flushes = result.flushes();
        }
      } else {
        double rate =
            SyscallCommits.run(
                ring, commitCase, directory.resolve(DATA), directory.resolve(LOG), nanos);
        if (round >= 0) {
          measured.plain[round] = rate;
        }
      }
      ring.closeFile(data);
      ring.closeFile(log);
    }
    if (round >= 0) {
      measured.ratio[round] = measured.ring[round] / measured.plain[round];
    }
  }

  private static DiskFile file(RingFixture ring, String name, long bytes, boolean written)
      throws Exception {
    return written ? ring.createWritten(name, bytes) : ring.createAllocated(name, bytes);
  }

  private static void print(Measured[] measured) {
    System.out.println(
        "| in flight | space | data | ring, commits/s | pwrite + fdatasync, commits/s |"
            + " ring / pwrite, median | disk operations a commit | flushes a commit |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (int i = 0; i < measured.length; i++) {
      CommitCase row = CASES.get(i);
      System.out.printf(
          Locale.ROOT,
          "| %d | %s | %s | %.0f | %.0f | %.2f | %.3f | %.3f |%n",
          row.inFlight(),
          row.space(),
          row.placement(),
          Median.of(measured[i].ring),
          Median.of(measured[i].plain),
          Median.of(measured[i].ratio),
          measured[i].operations,
          measured[i].flushes);
    }
  }

  /** The samples of one row. */
  private static final class Measured {

    private final double[] ring;
    private final double[] plain;
    private final double[] ratio;
    private double operations;
    private double flushes;

    Measured(int rounds) {
      ring = new double[rounds];
      plain = new double[rounds];
      ratio = new double[rounds];
    }
  }
}
