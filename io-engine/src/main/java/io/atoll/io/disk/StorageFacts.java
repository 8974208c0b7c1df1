package io.atoll.io.disk;

import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Statx;
import io.atoll.io.linux.Syscalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What is known of the storage under a directory. Probed once, at start, by an unnamed file in it;
 * blocks.
 *
 * @param directory absolute
 * @param fileSystemType as in {@code ext4} or {@code xfs}
 * @param deviceNumber of the device that the directory is on, as in {@code Statx#deviceNumber}
 * @param directIo whether files there can be opened for direct I/O
 * @param memoryAlignmentBytes what buffers of direct I/O must be aligned to
 * @param offsetAlignmentBytes what offsets and lengths of direct I/O must be multiples of
 * @param alignmentReported whether the kernel said so ({@code STATX_DIOALIGN}); otherwise both
 *     alignments are {@link #DEFAULT_ALIGNMENT_BYTES}
 * @param totalBytes size of the file system
 * @param freeBytes what an unprivileged process could still use of it
 * @param device what is known of the block device
 * @param writeBarriers whether syncs and flushes reach the device; false if the file system is
 *     mounted so that they don't
 */
public record StorageFacts(
    Path directory,
    String fileSystemType,
    long deviceNumber,
    boolean directIo,
    int memoryAlignmentBytes,
    int offsetAlignmentBytes,
    boolean alignmentReported,
    long totalBytes,
    long freeBytes,
    BlockDevice device,
    boolean writeBarriers) {

  /** Enough for every logical block size in use, where the kernel doesn't say what is needed. */
  public static final int DEFAULT_ALIGNMENT_BYTES = 4096;

  /** What {@link #check} looks at, and the length. */
  public static final int FILE_MASK = Statx.SIZE | Statx.DIRECT_IO_ALIGNMENT;

  /**
   * File systems that write new data over the old, on the device too. Any other may write it
   * elsewhere, and needs the file's own sync to find it there after a crash.
   */
  private static final Set<String> IN_PLACE_TYPES = Set.of("ext4", "xfs");

  private static final double GIB = 1L << 30;

  /** Probes {@code directory}, which must exist and be writable. */
  public static StorageFacts of(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    FileStore store = Files.getFileStore(absolute);
    try (Probe probe = Probe.in(absolute);
        Arena arena = Arena.ofConfined()) {
      MemorySegment statx = arena.allocate(Statx.BYTES, Statx.ALIGNMENT_BYTES);
      int result = Syscalls.statx(probe.fd, FILE_MASK, statx);
      if (result < 0) {
        throw new IOException("statx in " + absolute + " failed with errno " + -result);
      }
      boolean reported = Statx.has(statx, Statx.DIRECT_IO_ALIGNMENT);
      int memory = reported ? Statx.memoryAlignmentBytes(statx) : DEFAULT_ALIGNMENT_BYTES;
      int offset = reported ? Statx.offsetAlignmentBytes(statx) : DEFAULT_ALIGNMENT_BYTES;
      boolean direct = probe.direct && fits(memory) && fits(offset);
      return new StorageFacts(
          absolute,
          store.type(),
          Statx.deviceNumber(statx),
          direct,
          direct ? memory : DEFAULT_ALIGNMENT_BYTES,
          direct ? offset : DEFAULT_ALIGNMENT_BYTES,
          direct && reported,
          store.getTotalSpace(),
          store.getUsableSpace(),
          BlockDevice.of(Statx.deviceMajor(statx), Statx.deviceMinor(statx)),
          MountOptions.of(Statx.deviceMajor(statx), Statx.deviceMinor(statx)).writeBarriers());
    }
  }

  private static boolean fits(int alignmentBytes) {
    return Integer.bitCount(alignmentBytes) == 1 && alignmentBytes <= DEFAULT_ALIGNMENT_BYTES;
  }

  /** The one alignment that satisfies the disk for memory, offsets and lengths. */
  public int alignmentBytes() {
    return Math.max(memoryAlignmentBytes, offsetAlignmentBytes);
  }

  /**
   * Whether overwritten data is durable once the device has been flushed, without a sync of its
   * file. Not of files whose blocks are shared with a copy (reflink), which nothing here can see.
   * Not either where the kernel does not confirm direct I/O (before Linux 6.1): encryption, verity
   * or journaled data make ext4 go through the page cache though a file was opened for direct I/O,
   * and what is there is not on the device at all.
   */
  public boolean overwritesInPlace() {
    return alignmentReported && IN_PLACE_TYPES.contains(fileSystemType);
  }

  /** The flags to open data files with there, beside the access mode. */
  public int openFlags() {
    return LinuxAbi.O_CLOEXEC | LinuxAbi.O_NOFOLLOW | (directIo ? LinuxAbi.O_DIRECT : 0);
  }

  /**
   * Whether a file that was opened there can serve: it is on the same device, and needs no more
   * alignment than the probe did.
   *
   * @param statx of the file, asked for {@link #FILE_MASK}
   * @return 0, or a negated errno: EXDEV or EINVAL
   */
  public int check(MemorySegment statx) {
    if (Statx.deviceNumber(statx) != deviceNumber) {
      return -Errno.EXDEV;
    }
    if (!directIo || !Statx.has(statx, Statx.DIRECT_IO_ALIGNMENT)) {
      return 0;
    }
    int offset = Statx.offsetAlignmentBytes(statx);
    int memory = Statx.memoryAlignmentBytes(statx);
    return offset > 0 && Math.max(offset, memory) <= alignmentBytes() ? 0 : -Errno.EINVAL;
  }

  /** For a person, in one line. */
  public String describe() {
    StringBuilder text = new StringBuilder(fileSystemType).append(", ");
    if (directIo) {
      text.append("direct I/O aligned to ").append(alignmentBytes()).append(" bytes");
      if (!alignmentReported) {
        text.append(" (assumed: this kernel does not tell)");
      }
    } else {
      text.append("NO direct I/O: buffered by the page cache");
    }
    if (!overwritesInPlace()) {
      text.append(", a sync of the data with each commit");
    }
    if (!writeBarriers) {
      text.append(", NO write barriers");
    }
    text.append(String.format(", %.1f of %.1f GiB free", freeBytes / GIB, totalBytes / GIB));
    return text.append(", ").append(device.describe()).toString();
  }

  /**
   * An unnamed file, which nothing has to clean up; or, where the file system has none such, one
   * that is unlinked at once.
   */
  private record Probe(int fd, boolean direct) implements AutoCloseable {

    static Probe in(Path directory) throws IOException {
      int direct = openIn(directory, LinuxAbi.O_DIRECT);
      if (direct >= 0) {
        return new Probe(direct, true);
      }
      int buffered = openIn(directory, 0);
      if (buffered >= 0) {
        return new Probe(buffered, false);
      }
      throw new IOException(
          "no file can be created in " + directory + " (errno " + -buffered + "): is it writable?");
    }

    private static int openIn(Path directory, int flag) {
      int access = LinuxAbi.O_RDWR | LinuxAbi.O_CLOEXEC | flag;
      String folder = directory.toString();
      int fd =
          Syscalls.openat(
              LinuxAbi.AT_FDCWD, folder, access | LinuxAbi.O_TMPFILE, LinuxAbi.FILE_MODE);
      if (fd != -Errno.EOPNOTSUPP && fd != -Errno.EISDIR && fd != -Errno.EINVAL) {
        return fd;
      }
      String name = folder + "/.probe-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
      int named =
          Syscalls.openat(
              LinuxAbi.AT_FDCWD,
              name,
              access | LinuxAbi.O_CREAT | LinuxAbi.O_EXCL,
              LinuxAbi.FILE_MODE);
      // A refused O_DIRECT may leave the file behind.
      Syscalls.unlinkat(LinuxAbi.AT_FDCWD, name);
      return named;
    }

    @Override
    public void close() {
      Syscalls.close(fd);
    }
  }
}
