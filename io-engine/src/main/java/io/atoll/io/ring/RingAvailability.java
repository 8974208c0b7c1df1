package io.atoll.io.ring;

import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Whether this process may use io_uring and, if not, why, in words that lead to a remedy. */
public final class RingAvailability {

  private static final Path DISABLED_SYSCTL = Path.of("/proc/sys/kernel/io_uring_disabled");

  /** The first Linux release whose io_uring has all operations in use. */
  private static final int MIN_MAJOR = 5;

  private static final int MIN_MINOR = 15;

  private RingAvailability() {}

  /** The reason why io_uring can't be used; empty if it can. */
  public static Optional<String> obstacle() {
    return obstacle(
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        System.getProperty("os.version"),
        sysctl(),
        IoUring.isAvailable() ? null : IoUring.unavailabilityCause());
  }

  /**
   * As {@link #obstacle()}, from given facts.
   *
   * @param sysctl value of {@code kernel.io_uring_disabled}, empty where it doesn't exist
   * @param cause what Netty says, or null
   */
  static Optional<String> obstacle(
      String osName, String arch, String kernel, String sysctl, Throwable cause) {
    if (!osName.toLowerCase(Locale.ROOT).contains("linux")) {
      return Optional.of("io_uring is a Linux facility, this is " + osName);
    }
    if (olderThanNeeded(kernel)) {
      return Optional.of(
          "Linux " + MIN_MAJOR + "." + MIN_MINOR + " or later is needed, this is " + kernel);
    }
    if (cause == null) {
      return Optional.empty();
    }
    return Optional.of(reason(arch, sysctl, cause));
  }

  private static String reason(String arch, String sysctl, Throwable cause) {
    if ("2".equals(sysctl)) {
      return "kernel.io_uring_disabled is 2, which forbids it to everyone:"
          + " set it to 0 (sysctl -w kernel.io_uring_disabled=0)";
    }
    if ("1".equals(sysctl)) {
      return "kernel.io_uring_disabled is 1, which allows it to CAP_SYS_ADMIN and the group in"
          + " kernel.io_uring_group alone: set it to 0, or run as a member of that group";
    }
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof UnsatisfiedLinkError || t instanceof NoClassDefFoundError) {
        return "its native library could not be loaded for " + arch + ": " + t.getMessage();
      }
      String message = String.valueOf(t.getMessage());
      if (message.contains("Operation not permitted") || message.contains("Permission denied")) {
        return "the kernel refused it to this process: a seccomp profile, as containers have by"
            + " default, or a security module; allow io_uring_setup, io_uring_enter and"
            + " io_uring_register there";
      }
      if (message.contains("Function not implemented")) {
        return "the kernel or a sandbox has no io_uring_setup system call";
      }
      if (message.contains("Cannot allocate memory")) {
        return "the kernel has no locked memory for its rings: raise the memlock limit (ulimit -l)";
      }
    }
    return cause.toString();
  }

  private static boolean olderThanNeeded(String kernel) {
    String[] parts = kernel.split("[^0-9]+", 3);
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = Integer.parseInt(parts[1]);
      return major < MIN_MAJOR || (major == MIN_MAJOR && minor < MIN_MINOR);
    } catch (RuntimeException unknownForm) {
      // Not for us to judge; the ring itself will tell.
      return false;
    }
  }

  private static String sysctl() {
    try {
      return Files.readString(DISABLED_SYSCTL).strip();
    } catch (IOException notThere) {
      return "";
    }
  }
}
