package io.atoll.io.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How a file system is mounted, of what matters to durability: proc_pid_mountinfo(5).
 *
 * @param ofFileSystem the options of the file system itself, which all its mounts share
 */
record MountOptions(List<String> ofFileSystem) {

  /** Of a file system whose mount can't be found, as in some containers. */
  private static final MountOptions UNKNOWN = new MountOptions(List.of());

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  /** As ext4(5) has them, and XFS before Linux 4.19. */
  private static final Set<String> WITHOUT_BARRIERS = Set.of("nobarrier", "barrier=0");

  /** What parts the fields of the mount from those of the file system. */
  private static final String SEPARATOR = " - ";

  MountOptions {
    ofFileSystem = List.copyOf(ofFileSystem);
  }

  /** Those of the file system on this device. Blocks. */
  static MountOptions of(int major, int minor) {
    try {
      return of(Files.readAllLines(MOUNTS), major, minor);
    } catch (IOException notThere) {
      return UNKNOWN;
    }
  }

  /**
   * @param mounts lines of mountinfo: the device is the third field, the options are the third of
   *     those behind the separator
   */
  static MountOptions of(List<String> mounts, int major, int minor) {
    String device = major + ":" + minor;
    for (String mount : mounts) {
      int separator = mount.indexOf(SEPARATOR);
      String[] ofMount = mount.split(" ", -1);
      if (separator >= 0 && ofMount.length > 2 && ofMount[2].equals(device)) {
        String[] rest = mount.substring(separator + SEPARATOR.length()).split(" ", -1);
        return rest.length < 3 ? UNKNOWN : new MountOptions(Arrays.asList(rest[2].split(",", -1)));
      }
    }
    return UNKNOWN;
  }

  /** Whether the file system has the device flush what must be durable. */
  boolean writeBarriers() {
    return ofFileSystem.stream().noneMatch(WITHOUT_BARRIERS::contains);
  }
}
