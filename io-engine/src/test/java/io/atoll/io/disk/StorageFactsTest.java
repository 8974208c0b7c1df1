package io.atoll.io.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.linux.Statx;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageFactsTest {

  @TempDir private Path directory;

  @Test
  void probingLeavesNothingBehind() throws Exception {
    StorageFacts facts = StorageFacts.of(directory);
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
    assertEquals(1, Integer.bitCount(facts.alignmentBytes()));
    assertTrue(facts.alignmentBytes() <= StorageFacts.DEFAULT_ALIGNMENT_BYTES);
    assertTrue(facts.freeBytes() > 0 && facts.freeBytes() <= facts.totalBytes());
    assertFalse(facts.fileSystemType().isEmpty());
    assertTrue(facts.describe().startsWith(facts.fileSystemType()), facts.describe());
  }

  @Test
  void aMissingDirectoryIsNamed() {
    Path missing = directory.resolve("missing");
    IOException told = assertThrows(IOException.class, () -> StorageFacts.of(missing));
    assertTrue(told.getMessage().contains("missing"), told.getMessage());
  }

  /** Where direct I/O is promised and not confirmed, the kernel may go through its cache. */
  @Test
  void onlyConfirmedDirectIoOverwritesInPlace() throws Exception {
    assertTrue(facts("ext4", true).overwritesInPlace());
    assertFalse(facts("ext4", false).overwritesInPlace());
    assertFalse(facts("btrfs", true).overwritesInPlace());
  }

  @Test
  void aFileElsewhereOrWithALargerAlignmentIsRefused() {
    StorageFacts facts = facts("ext4", true);
    assertEquals(0, facts.check(statx(1, 512, 512)));
    assertEquals(-Errno.EXDEV, facts.check(statx(2, 512, 512)));
    assertEquals(-Errno.EINVAL, facts.check(statx(1, 4096, 512)));
    assertEquals(-Errno.EINVAL, facts.check(statx(1, 512, 4096)));
    assertEquals(-Errno.EINVAL, facts.check(statx(1, 0, 0)), "no direct I/O at all");
  }

  /** As Linux fills it in, of a file on device 0:{@code minor}. */
  private static MemorySegment statx(int minor, int memoryAlignment, int offsetAlignment) {
    MemorySegment statx = Arena.ofAuto().allocate(Statx.BYTES, Statx.ALIGNMENT_BYTES);
    statx.set(ValueLayout.JAVA_INT, 0, StorageFacts.FILE_MASK);
    statx.set(ValueLayout.JAVA_INT, 140, minor);
    statx.set(ValueLayout.JAVA_INT, 152, memoryAlignment);
    statx.set(ValueLayout.JAVA_INT, 156, offsetAlignment);
    return statx;
  }

  private StorageFacts facts(String type, boolean alignmentReported) {
    BlockDevice device = BlockDevice.of(directory.resolve("none"));
    return new StorageFacts(
        directory, type, 1, true, 512, 512, alignmentReported, 1L << 30, 1L << 30, device, true);
  }

  /** Lines as Linux 6 writes them. */
  @Test
  void mountinfoSaysWhetherTheDeviceIsFlushed() {
    List<String> mounts =
        List.of(
            "22 27 0:21 / /proc rw,relatime - proc proc rw",
            "30 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
            "31 30 8:17 / /srv/with\\040blank rw - ext4 /dev/sdb1 rw,nobarrier,data=ordered",
            "32 30 8:33 /sub /old rw,noatime master:2 shared:3 - ext4 /dev/sdc1 rw,barrier=0",
            "33 30 8:49 / /nobarrier rw - xfs /dev/nobarrier rw,attr2,noquota");
    assertTrue(MountOptions.of(mounts, 8, 1).writeBarriers());
    assertFalse(MountOptions.of(mounts, 8, 17).writeBarriers());
    assertFalse(MountOptions.of(mounts, 8, 33).writeBarriers());
    assertTrue(MountOptions.of(mounts, 8, 49).writeBarriers());
    assertTrue(MountOptions.of(mounts, 8, 2).writeBarriers(), "not known");
    assertTrue(MountOptions.of(List.of("", "garbage", "1 2 8:1 / -"), 8, 1).writeBarriers());
  }

  @Test
  void sysfsSaysWhatTheDeviceIs() throws Exception {
    Path disk = Files.createDirectories(directory.resolve("sda"));
    Path queue = Files.createDirectories(disk.resolve("queue"));
    Files.writeString(queue.resolve("rotational"), "1\n");
    Files.writeString(queue.resolve("write_cache"), "write through\n");
    Files.writeString(queue.resolve("fua"), "0\n");
    assertEquals(new BlockDevice("sda", true, false, false), BlockDevice.of(disk));

    Path partition = Files.createDirectories(disk.resolve("sda1"));
    Files.writeString(partition.resolve("partition"), "1\n");
    assertEquals("sda", BlockDevice.of(partition).name());
  }

  @Test
  void anUnknownDeviceIsTakenCarefully() {
    BlockDevice unknown = BlockDevice.of(directory.resolve("none"));
    assertTrue(unknown.volatileCache());
    assertFalse(unknown.durableWriteFlushes());
  }

  @Test
  void aDurableWriteFlushesUnlessItGoesPastTheCacheAlone() {
    assertTrue(new BlockDevice("a", false, true, false).durableWriteFlushes());
    assertTrue(new BlockDevice("a", false, false, false).durableWriteFlushes());
    assertTrue(new BlockDevice("a", false, false, true).durableWriteFlushes());
    assertFalse(new BlockDevice("a", false, true, true).durableWriteFlushes());
  }
}
