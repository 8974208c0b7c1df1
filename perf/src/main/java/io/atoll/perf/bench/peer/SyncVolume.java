package io.atoll.perf.bench.peer;

import io.atoll.perf.bench.peer.Commands.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A directory in which every change is durable before the system call that made it returns: an ext4
 * of its own in an image file, mounted {@code sync,dirsync}; where loop devices are not to be had,
 * a plain directory with the attributes S and D (chattr(1)), which what is made in it inherits.
 */
final class SyncVolume implements AutoCloseable {
  /** Room for what loads make unless they are told to make more. */
  static final long IMAGE_BYTES = 2L << 30;

  private static final int CHUNK_BYTES = 1 << 20;

  private final Path directory;
  private final String means;
  private final Consumer<String> note;
  private final String loopDevice;

  private SyncVolume(Path directory, String means, Consumer<String> note, String loopDevice) {
    this.directory = directory;
    this.means = means;
    this.note = note;
    this.loopDevice = loopDevice;
  }

  /**
   * Makes one in {@code folder}.
   *
   * @param note is told, for people, what could not be undone at the end
   * @throws PeerUnavailableException if neither way is possible here
   */
  static SyncVolume in(Path folder, PeerKind kind, Consumer<String> note) {
    Path mountPoint = directory(folder.resolve("synchronous"));
    Path image = folder.resolve("image");
    Outcome outcome = makeFileSystem(image);
    String device = null;
    if (outcome.ok()) {
      outcome = Commands.run("losetup", "--find", "--show", "--direct-io=on", image.toString());
      device = outcome.ok() ? outcome.output() : null;
    }
    if (device != null) {
      outcome =
          Commands.run("mount", "-t", "ext4", "-o", "sync,dirsync", device, mountPoint.toString());
      if (outcome.ok()) {
        String means = "an ext4 image on a loop device, mounted sync,dirsync";
        return new SyncVolume(mountPoint, means, note, device);
      }
      Commands.run("losetup", "--detach", device);
    }
    Outcome attributes = Commands.run("chattr", "+S", "+D", mountPoint.toString());
    if (!attributes.ok()) {
      throw new PeerUnavailableException(
          kind,
          "no loop mount ("
              + outcome.firstLine()
              + ") and no synchronous directory ("
              + attributes.firstLine()
              + "): it needs root and a disk with ext4");
    }
    return new SyncVolume(
        mountPoint,
        "a directory with chattr +S +D, as there is no loop mount (" + outcome.firstLine() + ")",
        note,
        null);
  }

  private static Path directory(Path path) {
    try {
      return Files.createDirectory(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In an image that is written, or each write would allocate in the file system below, too. */
  private static Outcome makeFileSystem(Path image) {
    try (FileChannel file =
        FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
      for (long done = 0; done < IMAGE_BYTES; done += zeros.capacity()) {
        file.write(zeros.clear());
      }
      file.force(true);
    } catch (IOException e) {
      return new Outcome(false, "no image of " + IMAGE_BYTES + " bytes: " + e.getMessage());
    }
    return Commands.run(
        "mkfs.ext4",
        "-q",
        "-F",
        "-E",
        "nodiscard,lazy_itable_init=0,lazy_journal_init=0",
        image.toString());
  }

  Path directory() {
    return directory;
  }

  /** How it is synchronous, for reports. */
  String means() {
    return means;
  }

  @Override
  public void close() {
    if (loopDevice == null) {
      return;
    }
    Outcome unmounted = Commands.run("umount", directory.toString());
    Outcome detached = Commands.run("losetup", "--detach", loopDevice);
    if (!unmounted.ok() || !detached.ok()) {
      note.accept(
          directory
              + " stays mounted ("
              + (unmounted.ok() ? detached : unmounted).firstLine()
              + "): umount "
              + directory
              + " && losetup --detach "
              + loopDevice);
    }
  }
}
