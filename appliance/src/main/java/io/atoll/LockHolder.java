package io.atoll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the kernel which process has locked a file ({@code /proc/locks}, proc(5)). */
final class LockHolder {
  private static final Path LOCKS = Path.of("/proc/locks");

  /** "1: POSIX ADVISORY WRITE 4711 08:01:131 0 EOF": process, device (in hex) and inode. */
  private static final Pattern LOCK =
      Pattern.compile("\\d+: POSIX\\s+\\S+\\s+\\S+\\s+(\\d+) ([0-9a-f]+:[0-9a-f]+:\\d+) .*");

  private LockHolder() {}

  /** The process's number, or null if the kernel doesn't tell. */
  static String of(Path file) {
    try {
      return of(file, Files.readAllLines(LOCKS));
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** As {@link #of(Path)}, by what the kernel says. */
  static String of(Path file, List<String> locks) throws IOException {
    String identity = identity(file);
    for (String line : locks) {
      Matcher lock = LOCK.matcher(line);
      if (lock.matches() && lock.group(2).equals(identity)) {
        return lock.group(1);
      }
    }
    return null;
  }

  /** An inode's number is its own only within its file system: "08:01:131". */
  private static String identity(Path file) throws IOException {
    Map<String, Object> facts = Files.readAttributes(file, "unix:dev,ino");
    long device = ((Number) facts.get("dev")).longValue();
    // As makedev(3) composes it.
    long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
    long minor = (device & 0xff) | (device >>> 12 & ~0xffL);
    return String.format("%02x:%02x:%s", major, minor, facts.get("ino"));
  }
}
