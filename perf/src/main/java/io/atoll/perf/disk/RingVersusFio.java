package io.atoll.perf.disk;

import io.atoll.io.disk.DiskFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The ring's disk I/O beside fio's, in rounds that alternate, since only neighbours in time can be
 * compared on a machine that is shared.
 *
 * <p>Arguments: a directory on the disk, rounds (9), seconds for each run (2).
 */
public final class RingVersusFio {

  private static final long FILE_BYTES = 1L << 30;
  private static final String FILE_NAME = "ring-versus-fio.data";
  private static final double MIB = 1 << 20;

  private static final List<DiskWorkload> WORKLOADS =
      List.of(
          new DiskWorkload("4 KiB random read, depth 1", "randread", 4096, 1),
          new DiskWorkload("4 KiB random read, depth 32", "randread", 4096, 32),
          new DiskWorkload("4 KiB random write, depth 32", "randwrite", 4096, 32),
          new DiskWorkload("1 MiB sequential read, depth 8", "read", 1 << 20, 8),
          new DiskWorkload("1 MiB sequential overwrite, depth 8", "write", 1 << 20, 8));

  private RingVersusFio() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 1) {
      System.err.println("usage: RingVersusFio DIRECTORY [ROUNDS [SECONDS]]");
      System.exit(2);
    }
    if (!Fio.isAvailable()) {
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(arguments[0])).toAbsolutePath();
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 9;
    int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
    try (RingFixture ring = new RingFixture(directory)) {
      System.out.println(ring.facts().describe());
      System.out.println();
      System.out.println("| load | ring | fio | ring / fio, median | least | most |");
      System.out.println("|---|---|---|---|---|---|");
      DiskFile file = ring.createWritten(FILE_NAME, FILE_BYTES);
      for (DiskWorkload workload : WORKLOADS) {
        compare(ring, file, directory.resolve(FILE_NAME), workload, rounds, seconds);
      }
    } finally {
      Files.deleteIfExists(directory.resolve(FILE_NAME));
    }
  }

  private static void compare(
      RingFixture ring, DiskFile file, Path path, DiskWorkload workload, int rounds, int seconds)
      throws Exception {
    long nanos = TimeUnit.SECONDS.toNanos(seconds);
    // Once unmeasured, for the compiler.
    RingLoad.run(ring, file, FILE_BYTES, workload, nanos);
    double[] own = new double[rounds];
    double[] peer = new double[rounds];
    double[] ratio = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      if (round % 2 == 0) {
        own[round] = RingLoad.run(ring, file, FILE_BYTES, workload, nanos);
        peer[round] = Fio.run(path, FILE_BYTES, workload, seconds);
      } else {
        peer[round] = Fio.run(path, FILE_BYTES, workload, seconds);
        own[round] = RingLoad.run(ring, file, FILE_BYTES, workload, nanos);
      }
      ratio[round] = own[round] / peer[round];
    }
    double least = Double.MAX_VALUE;
    double most = 0;
    for (double each : ratio) {
      least = Math.min(least, each);
      most = Math.max(most, each);
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %.2f | %.2f | %.2f |%n",
        workload.name(),
        shown(Median.of(own), workload),
        shown(Median.of(peer), workload),
        Median.of(ratio),
        least,
        most);
  }

  private static String shown(double rate, DiskWorkload workload) {
    return workload.blockBytes() >= MIB
        ? String.format(Locale.ROOT, "%.0f MiB/s", rate * workload.blockBytes() / MIB)
        : String.format(Locale.ROOT, "%.1f k IOPS", rate / 1000);
  }
}
