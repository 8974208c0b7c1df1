package io.atoll.perf.bench.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a disk of this machine did between two moments, whoever asked for it, from {@code /sys}
 * (Documentation/block/stat.rst of Linux). Not thread-safe.
 */
public final class DiskMeter {
  private static final Path DEVICES = Path.of("/sys/dev/block");
  private static final int READS = 0;
  private static final int WRITES = 4;
  private static final int FLUSHES = 15;

  private final Path statistics;
  private long[] atStart = {};
  private long[] atEnd = {};

  /**
   * @param storage a directory on that disk
   */
  public DiskMeter(Path storage) {
    statistics = statisticsOf(storage);
  }

  /** Null if it is no disk of which the kernel keeps count. */
  private static Path statisticsOf(Path storage) {
    try {
      long device = ((Number) Files.getAttribute(storage, "unix:dev")).longValue();
      Path folder = DEVICES.resolve(major(device) + ":" + minor(device)).toRealPath();
      // Flushes are those of the whole disk.
      Path disk = Files.exists(folder.resolve("partition")) ? folder.getParent() : folder;
      return disk.resolve("stat");
    } catch (IOException | RuntimeException notBlockDevice) {
      return null;
    }
  }

  /** As makedev(3) puts them together. */
  private static long major(long device) {
    return (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFFL);
  }

  private static long minor(long device) {
    return (device & 0xFF) | (device >> 12 & ~0xFFL);
  }

  public void start() {
    atStart = read();
  }

  public void end() {
    atEnd = read();
  }

  private long[] read() {
    if (statistics == null) {
      return new long[0];
    }
    try {
      String[] fields = Files.readString(statistics).strip().split("\\s+", -1);
      long[] values = new long[fields.length];
      for (int i = 0; i < fields.length; i++) {
        values[i] = Long.parseLong(fields[i]);
      }
      return values;
    } catch (IOException | RuntimeException unreadable) {
      return new long[0];
    }
  }

  /** What it did for each of so many operations; null if it is not known. */
  DiskResult result(long operations) {
    if (operations == 0 || atStart.length <= FLUSHES || atEnd.length <= FLUSHES) {
      return null;
    }
    return new DiskResult(
        share(READS, operations), share(WRITES, operations), share(FLUSHES, operations));
  }

  private double share(int field, long operations) {
    return (double) (atEnd[field] - atStart[field]) / operations;
  }
}
