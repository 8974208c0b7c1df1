package io.atoll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the kernel which process has locked a file ({@code /proc/locks}, proc(5)). */
final class LockHolder {
  private static final Path LOCKS = Path.of("/proc/locks");

  /** "1: POSIX ADVISORY WRITE 4711 08:01:131 0 EOF": process, device and inode. */
  private static final Pattern LOCK =
      Pattern.compile("\\d+: POSIX\\s+\\S+\\s+\\S+\\s+(\\d+) [0-9a-f]+:[0-9a-f]+:(\\d+) .*");

  private LockHolder() {}

  /** The process's number, or null if the kernel doesn't tell. */
  static String of(Path file) {
    try {
      String inode = Files.getAttribute(file, "unix:ino").toString();
      for (String line : Files.readAllLines(LOCKS)) {
        Matcher lock = LOCK.matcher(line);
        if (lock.matches() && lock.group(2).equals(inode)) {
          return lock.group(1);
        }
      }
      return null;
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }
}
