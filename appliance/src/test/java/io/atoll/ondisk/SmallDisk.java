package io.atoll.ondisk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An ext4 of its own in a file, mounted: a disk that tests may fill, lock or take away. */
public final class SmallDisk implements AutoCloseable {
  private static final long WAIT_SECONDS = 60;

  /** Of a block device's stat file (Documentation/block/stat.rst of Linux). */
  private static final int WRITTEN_SECTORS = 6;

  private static final Path LOOP_DEVICES = Path.of("/dev/loop-control");
  private static final Path MAKE_EXT4 = Path.of("/usr/sbin/mkfs.ext4");
  private static final Path CHECK_EXT4 = Path.of("/usr/sbin/e2fsck");

  /** e2fsck's way to say that it mended what it found. */
  private static final int MENDED = 1;

  /** A feature of ext4. */
  private static final String JOURNAL = "has_journal";

  /** What is left of a disk that was pulled out: less than a program asks for. */
  private static final long STUMP_BYTES = 4096;

  private final Path image;
  private final Path mountPoint;
  private boolean frozen;

  private SmallDisk(Path image, Path mountPoint) {
    this.image = image;
    this.mountPoint = mountPoint;
  }

  /** Ends the test where this process can't make and mount one. */
  public static void assumePossible() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "only root may mount a disk in a file");
    assumeTrue(Files.exists(LOOP_DEVICES), "a disk in a file needs " + LOOP_DEVICES);
    assumeTrue(
        Files.isExecutable(MAKE_EXT4), MAKE_EXT4 + " is not here: apt-get install e2fsprogs");
  }

  /**
   * Makes and mounts it.
   *
   * @param folder gets its file and its mount point
   */
  public static SmallDisk make(Path folder, long bytes) throws Exception {
    return make(folder, bytes, JOURNAL);
  }

  /** As {@link #make(Path, long)}; ext4 does not stop there for good when the disk fails. */
  static SmallDisk makeWithoutJournal(Path folder, long bytes) throws Exception {
    return make(folder, bytes, "^" + JOURNAL);
  }

  private static SmallDisk make(Path folder, long bytes, String feature) throws Exception {
    Path image = folder.resolve("disk.img");
    Path mountPoint = Files.createDirectories(folder.resolve("disk"));
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
    run(MAKE_EXT4.toString(), "-q", "-m", "0", "-O", feature, image.toString());
    run("mount", "-o", "loop", image.toString(), mountPoint.toString());
    return new SmallDisk(image, mountPoint);
  }

  /** Where it is mounted. */
  public Path path() {
    return mountPoint;
  }

  void remount(String option) throws Exception {
    run("mount", "-o", "remount," + option, mountPoint.toString());
  }

  /** From now on nothing can be read or written: the device has no sector left. */
  void takeAway() throws Exception {
    Tree.truncate(image, 0);
    run("losetup", "-c", device());
  }

  /** From now on all that is asked of it fails, until {@link #putBack}. */
  void pullOut() throws Exception {
    LoopDevice.limit(device(), STUMP_BYTES);
  }

  /** It is there again, with all that it had. */
  void putBack() throws Exception {
    LoopDevice.limit(device(), 0);
  }

  /** Nothing can be written from now on, as after an error that ext4 met, until {@link #repair}. */
  void turnReadOnly() throws Exception {
    remount("abort");
  }

  /** Taken off, checked and mounted again; nobody may have a file of it open. */
  void repair() throws Exception {
    run("umount", mountPoint.toString());
    run(CHECK_EXT4.toString(), "-y", image.toString());
    run("mount", "-o", "loop", image.toString(), mountPoint.toString());
  }

  /** From now on what is written to it stays under way, until {@link #thaw}. */
  void freeze() throws Exception {
    run("fsfreeze", "--freeze", mountPoint.toString());
    frozen = true;
  }

  void thaw() throws Exception {
    if (frozen) {
      frozen = false;
      run("fsfreeze", "--unfreeze", mountPoint.toString());
    }
  }

  /** Since it was made. */
  long sectorsWritten() throws Exception {
    return Long.parseLong(statistics("stat")[WRITTEN_SECTORS]);
  }

  /** How many writes are with its device. */
  int writesInFlight() throws Exception {
    return Integer.parseInt(statistics("inflight")[1]);
  }

  /** What the kernel says of the device, in the order of its documentation. */
  private String[] statistics(String file) throws Exception {
    String device = Path.of(device()).getFileName().toString();
    return Files.readString(Path.of("/sys/block", device, file)).strip().split("\\s+");
  }

  private String device() throws Exception {
    return run("losetup", "-n", "-O", "NAME", "-j", image.toString());
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)
        || !isGood(command[0], process.exitValue())) {
      throw new IOException(String.join(" ", command) + " failed: " + output);
    }
    return output;
  }

  private static boolean isGood(String program, int exitCode) {
    return exitCode == 0 || (exitCode == MENDED && program.equals(CHECK_EXT4.toString()));
  }

  @Override
  public void close() {
    try {
      thaw();
      run("umount", "-l", mountPoint.toString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
