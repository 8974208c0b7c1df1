package io.atoll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What Linux counts for a process. */
final class KernelFigures {
  private KernelFigures() {}

  /** What this process had disks write so far. */
  static long bytesWritten() throws IOException {
    return figure("/proc/self/io", "write_bytes:");
  }

  /** The most memory that a process has had at once. */
  static long peakResidentBytes(long process) throws IOException {
    return status(process, "VmHWM:");
  }

  /** The tables that its memory is found by, which count as nobody's resident memory. */
  static long pageTableBytes(long process) throws IOException {
    return status(process, "VmPTE:");
  }

  private static long status(long process, String name) throws IOException {
    return figure("/proc/" + process + "/status", name) << 10;
  }

  private static long figure(String file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      String line =
          lines
              .filter(each -> each.startsWith(name))
              .findFirst()
              .orElseThrow(() -> new IOException(file + " does not tell " + name));
      return Long.parseLong(line.substring(name.length()).replaceAll("\\D", ""));
    }
  }
}
