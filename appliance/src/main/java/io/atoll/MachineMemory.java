package io.atoll;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory that this process may have: the machine's, or less where its control group says so
 * (cgroups of either version, and those around it; Linux's <a
 * href="https://docs.kernel.org/admin-guide/cgroup-v2.html">cgroup-v2</a> and cgroup-v1/memory).
 */
final class MachineMemory {
  private static final String MEMORY_CONTROLLER = "memory";

  private final long machineBytes;
  private final Path root;

  /**
   * @param machineBytes of the machine, whatever control groups say
   * @param root where {@code proc} and {@code sys} are
   */
  MachineMemory(long machineBytes, Path root) {
    this.machineBytes = machineBytes;
    this.root = root;
  }

  static long bytes() {
    long asTheJvmSees =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return new MachineMemory(asTheJvmSees, Path.of("/")).leastBytes();
  }

  long leastBytes() {
    long least = machineBytes;
    for (String group : lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = group.split(":", 3); // number, controllers, path
      if (parts.length < 3) {
        continue;
      }
      if (parts[1].isEmpty()) {
        least = Math.min(least, leastOf("sys/fs/cgroup", parts[2], "memory.max"));
        least = Math.min(least, leastOf("sys/fs/cgroup/unified", parts[2], "memory.max"));
      } else if (List.of(parts[1].split(",", -1)).contains(MEMORY_CONTROLLER)) {
        least = Math.min(least, leastOf("sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"));
      }
    }
    return least;
  }

  /**
   * The least of a group and those around it. In a container a path may be the host's, of which
   * only the mounted directory itself is there.
   */
  private long leastOf(String mounted, String group, String file) {
    Path top = root.resolve(mounted);
    Path at = top.resolve(group.substring(1)).normalize();
    long least = limit(top.resolve(file));
    for (; at.startsWith(top) && !at.equals(top); at = at.getParent()) {
      least = Math.min(least, limit(at.resolve(file)));
    }
    return least;
  }

  /** What a file says; {@link Long#MAX_VALUE} if it is not there or says that there is none. */
  private static long limit(Path file) {
    try {
      return lines(file).stream().mapToLong(Long::parseLong).findFirst().orElse(Long.MAX_VALUE);
    } catch (NumberFormatException none) {
      return Long.MAX_VALUE;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException notThere) {
      return List.of();
    }
  }
}
