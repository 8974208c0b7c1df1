package io.atoll.perf.bench.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What a process of this machine has used so far, from {@code /proc} (proc_pid_stat(5)). */
public final class ProcessUsage {
  /** USER_HZ, which is 100 on every Linux that Java runs on. */
  private static final long NANOS_PER_TICK = 10_000_000;

  /** Behind the name: state is the first field, utime the twelfth, stime the thirteenth. */
  private static final int UTIME = 11;

  private static final int STIME = 12;

  /** What clear_refs takes for it (proc_pid_clear_refs(5)). */
  private static final String RESET_PEAK = "5";

  private final Path folder;

  public ProcessUsage(long pid) {
    folder = Path.of("/proc", Long.toString(pid));
  }

  /** CPU time of all its threads, or empty if it is gone. */
  public OptionalLong cpuNanos() {
    try {
      String stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The name is in parentheses and may hold blanks and parentheses itself.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
      return OptionalLong.of(ticks * NANOS_PER_TICK);
    } catch (IOException | RuntimeException gone) {
      return OptionalLong.empty();
    }
  }

  /**
   * The most resident memory since {@link #resetResidentPeak}, or since the process began where
   * that is not allowed; empty if it is gone.
   */
  public OptionalLong residentPeakBytes() {
    OptionalLong kib = field("status", "VmHWM:");
    return kib.isPresent() ? OptionalLong.of(kib.getAsLong() << 10) : kib;
  }

  /** Has the kernel forget how much memory it was at most, as far as it lets us. */
  public void resetResidentPeak() {
    try {
      Files.writeString(folder.resolve("clear_refs"), RESET_PEAK);
    } catch (IOException notAllowed) {
      // it stays that of the process's whole life
    }
  }

  /**
   * What it had disks read and write.
   *
   * @param read bytes
   * @param written bytes
   */
  public record DiskBytes(long read, long written) {
    static final DiskBytes UNKNOWN = new DiskBytes(-1, -1);

    boolean isKnown() {
      return read >= 0;
    }
  }

  /** What disks did for it so far, whatever came from memory aside. */
  public DiskBytes diskBytes() {
    OptionalLong read = field("io", "read_bytes:");
    OptionalLong written = field("io", "write_bytes:");
    return read.isPresent() && written.isPresent()
        ? new DiskBytes(read.getAsLong(), written.getAsLong())
        : DiskBytes.UNKNOWN;
  }

  /** The number behind {@code name} in one of the process's files. */
  private OptionalLong field(String file, String name) {
    try {
      for (String line : Files.readAllLines(folder.resolve(file))) {
        if (line.startsWith(name)) {
          return OptionalLong.of(Long.parseLong(line.replaceAll("\\D", "")));
        }
      }
    } catch (IOException | RuntimeException gone) {
      // or another user's
    }
    return OptionalLong.empty();
  }
}
