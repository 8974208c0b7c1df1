package io.atoll.io.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What sysfs says of a block device.
 *
 * @param name the disk's, as in {@code nvme0n1}; empty if it is not known, as in a container or on
 *     a file system of several devices
 * @param rotational whether it has platters
 * @param volatileCache whether it may acknowledge writes that a power cut loses, so that flushes
 *     matter; true if it is not known
 * @param forceUnitAccess whether it takes single writes past that cache (FUA); a data-sync write
 *     may then flush nothing but itself. True if it is not known, since that is the careful side
 */
public record BlockDevice(
    String name, boolean rotational, boolean volatileCache, boolean forceUnitAccess) {

  private static final BlockDevice UNKNOWN = new BlockDevice("", false, true, true);

  /** The device with these numbers; a partition's disk. Blocks. */
  public static BlockDevice of(int major, int minor) {
    return of(Path.of("/sys/dev/block", major + ":" + minor));
  }

  static BlockDevice of(Path entry) {
    try {
      Path device = entry.toRealPath();
      Path disk = Files.exists(device.resolve("partition")) ? device.getParent() : device;
      Path queue = disk.resolve("queue");
      return new BlockDevice(
          disk.getFileName().toString(),
          "1".equals(read(queue.resolve("rotational"))),
          !"write through".equals(read(queue.resolve("write_cache"))),
          !"0".equals(read(queue.resolve("fua"))));
    } catch (IOException notThere) {
      return UNKNOWN;
    }
  }

  /**
   * Whether a write with {@code RWF_DSYNC} also makes earlier, completed writes durable. Linux
   * sends it as one FUA write, without a flush, where the device can do that.
   */
  public boolean durableWriteFlushes() {
    return !(volatileCache && forceUnitAccess);
  }

  /** For a person. */
  public String describe() {
    if (name.isEmpty()) {
      return "device unknown";
    }
    return name
        + (rotational ? " (rotational, " : " (")
        + (volatileCache ? "volatile write cache)" : "no volatile write cache)");
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file).strip();
  }
}
