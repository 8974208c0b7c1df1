package io.atoll.perf.disk;

import io.atoll.io.disk.DiskFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a durable commit costs: data, then log, by placement and kind of space, beside plain system
 * calls and fio, in interleaved rounds. A commit is 16 KiB of data and a 4 KiB log block.
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

  private static final int RING = 0;
  private static final int PLAIN = 1;
  private static final int FIO = 2;
  private static final int CONTENDERS = 3;

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
    boolean withFio = Fio.isAvailable();
    Measured[] measured = new Measured[CASES.size()];
    for (int i = 0; i < measured.length; i++) {
      measured[i] = new Measured(rounds, withFio);
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
    for (int turn = 0; turn < CONTENDERS; turn++) {
      // Each round begins with another one.
      int contender = Math.floorMod(round + turn, CONTENDERS);
      if (contender == FIO && measured.fio == null) {
        continue;
      }
      DiskFile data = file(ring, DATA, DATA_BYTES, commitCase.written());
      DiskFile log = file(ring, LOG, LOG_BYTES, commitCase.written());
      Path dataPath = directory.resolve(DATA);
      Path logPath = directory.resolve(LOG);
      switch (contender) {
        case RING -> {
          RingCommits.Result result = RingCommits.run(ring, commitCase, data, log, nanos);
          if (round >= 0) {
            measured.ring[round] = result.rate();
            measured.operations = result.operations();
            measured.flushes = result.flushes();
          }
        }
        case PLAIN -> {
          double rate = SyscallCommits.run(ring, commitCase, dataPath, logPath, nanos);
          if (round >= 0) {
            measured.plain[round] = rate;
          }
        }
        default -> {
          double rate = FioCommits.run(commitCase, dataPath, logPath, seconds);
          if (round >= 0) {
            measured.fio[round] = rate;
          }
        }
      }
      ring.closeFile(data);
      ring.closeFile(log);
    }
  }

  private static DiskFile file(RingFixture ring, String name, long bytes, boolean written)
      throws Exception {
    return written ? ring.createWritten(name, bytes) : ring.createAllocated(name, bytes);
  }

  private static void print(Measured[] measured) {
    System.out.println(
        "| in flight | space | data | ring, commits/s | pwrite + fdatasync, commits/s |"
            + " fio, commits/s | ring / pwrite, median | ring / fio, median |"
            + " disk operations a commit | flushes a commit |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
    for (int i = 0; i < measured.length; i++) {
      CommitCase row = CASES.get(i);
      Measured of = measured[i];
      System.out.printf(
          Locale.ROOT,
          "| %d | %s | %s | %.0f | %.0f | %s | %.2f | %s | %.3f | %.3f |%n",
          row.inFlight(),
          row.space(),
          row.placement(),
          Median.of(of.ring),
          Median.of(of.plain),
          of.fio == null ? "" : String.format(Locale.ROOT, "%.0f", Median.of(of.fio)),
          Median.of(ratios(of.ring, of.plain)),
          of.fio == null
              ? ""
              : String.format(Locale.ROOT, "%.2f", Median.of(ratios(of.ring, of.fio))),
          of.operations,
          of.flushes);
    }
  }

  private static double[] ratios(double[] rates, double[] others) {
    double[] ratios = new double[rates.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = rates[i] / others[i];
    }
    return ratios;
  }

  /** The samples of one row, by rounds. */
  private static final class Measured {

    private final double[] ring;
    private final double[] plain;

    /** Null if there is no fio. */
    private final double[] fio;

    private double operations;
    private double flushes;

    Measured(int rounds, boolean withFio) {
      ring = new double[rounds];
      plain = new double[rounds];
      fio = withFio ? new double[rounds] : null;
    }
  }
}
