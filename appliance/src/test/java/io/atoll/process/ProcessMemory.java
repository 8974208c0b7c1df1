package io.atoll.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process's resident memory, as Linux counts it ({@code /proc/PID/status}).
 *
 * @param peakBytes the most that it ever was
 * @param anonymousBytes now, of no file: heaps and buffers
 * @param fileBytes now, of files: code, mostly
 */
public record ProcessMemory(long peakBytes, long anonymousBytes, long fileBytes) {
  private static final long KIB = 1024;

  public static ProcessMemory of(long pid) throws IOException {
    String status = Files.readString(Path.of("/proc", Long.toString(pid), "status"));
    return new ProcessMemory(
        field(status, "VmHWM:"), field(status, "RssAnon:"), field(status, "RssFile:"));
  }

  private static long field(String status, String name) {
    String line = status.lines().filter(each -> each.startsWith(name)).findFirst().orElseThrow();
    return Long.parseLong(line.substring(name.length()).strip().split(" ", 2)[0]) * KIB;
  }

  @Override
  public String toString() {
    return "at most %d MiB, now %d MiB anonymous and %d MiB of files"
        .formatted(mib(peakBytes), mib(anonymousBytes), mib(fileBytes));
  }

  private static long mib(long bytes) {
    return bytes / (KIB * KIB);
  }
}
