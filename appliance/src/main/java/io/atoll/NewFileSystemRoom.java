package io.atoll;

import io.atoll.control.HostRefusal;
import io.atoll.control.HostRefusal.Reason;
import io.atoll.io.volume.VolumeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the disk has room for another file system. Blocks. */
final class NewFileSystemRoom {
  private static final long MIB = 1L << 20;

  /**
   * What an empty file system takes: its log and first extents are written ahead, and a ballast.
   */
  static final long EMPTY_BYTES = 352 * MIB;

  private NewFileSystemRoom() {}

  /**
   * @throws HostRefusal if not: another one would be of no use, and would take from those that are
   *     there
   */
  static void check(Path directory) throws IOException {
    long usable = Files.getFileStore(directory).getUsableSpace();
    long needed = EMPTY_BYTES + VolumeOptions.defaults().diskReserveBytes();
    if (usable < needed) {
      throw new HostRefusal(
          Reason.NO_ROOM,
          "the disk of "
              + directory
              + " has "
              + usable / MIB
              + " MiB free, and a new file system wants "
              + needed / MIB
              + " MiB: "
              + EMPTY_BYTES / MIB
              + " MiB that an empty one takes, and what is left free for the logs and indexes of"
              + " all; remove files or file systems, or give the disk room");
    }
  }
}
