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

  /** Resident memory, or empty if it is gone. */
  public OptionalLong residentBytes() {
    try {
      for (String line : Files.readAllLines(folder.resolve("status"))) {
        if (line.startsWith("VmRSS:")) {
          return OptionalLong.of(Long.parseLong(line.replaceAll("\\D", "")) << 10);
        }
      }
    } catch (IOException | RuntimeException gone) {
      // as if it had none
    }
    return OptionalLong.empty();
  }
}
