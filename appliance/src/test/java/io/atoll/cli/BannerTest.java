package io.atoll.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.ApplianceFacts;
import io.atoll.ApplianceSettings;
import io.atoll.ClientRules;
import io.atoll.GraceFacts;
import io.atoll.MemoryBounds;
import io.atoll.RecoveryFacts;
import io.atoll.ThroughputChoice;
import io.atoll.fs.FileSystemId;
import io.atoll.io.runtime.IoMode;
import io.atoll.io.volume.VolumeRecovery;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class BannerTest {

  @Test
  void anOrderlyPredecessorIsNotWorthAWord() {
    String banner = banner(IoMode.URING, null, null);
    assertEquals(0, count(banner, "recovery"));
    assertEquals(0, count(banner, "grace"));
    assertEquals(0, count(banner, "NOT on io_uring"));
  }

  @Test
  void aCrashIsToldWithWhatWasReplayed() {
    assertLine(
        banner(
            IoMode.URING,
            new RecoveryFacts("4711", new VolumeRecovery(1, 12, 0, 345_678_901)),
            null),
        "  recovery     process 4711 did not stop in order: replayed 12 records of 1 commit group,"
            + " opened in 345 ms");
    assertLine(
        banner(IoMode.URING, new RecoveryFacts(null, new VolumeRecovery(3, 1, 1, 0)), null),
        "  recovery     the node before this one did not stop in order: replayed 1 record of 3"
            + " commit groups, cut 1 group that nobody was told of, opened in 0 ms");
  }

  @Test
  void graceIsToldWithItsEnd() {
    LocalDateTime end = LocalDateTime.of(2030, 1, 2, 3, 4, 0, 500_000_000);
    GraceFacts grace = new GraceFacts(2, end.atZone(ZoneId.systemDefault()).toInstant());
    assertLine(
        banner(IoMode.URING, null, grace),
        "  grace        2 clients may reclaim opens and locks until 03:04:00, longer only while"
            + " reclaims come; new ones wait until all have");
  }

  @Test
  void nioIsToldLoudlyAndOnce() {
    String banner = banner(IoMode.NIO, null, null);
    assertEquals(1, count(banner, "NOT on io_uring"));
  }

  @Test
  void aDiskWithoutRoomIsToldWithWhatItLacks() {
    assertEquals(0, count(banner(IoMode.URING, null, null), "ENOSPC"));
    assertLine(
        banner(IoMode.URING, null, null, (300L << 20) + 1),
        "  WARNING      no room for files: the disk of /srv/atoll is full or too small. Of what it"
            + " has free, 512 MiB are left to the log and the index, so all that adds is refused"
            + " with ENOSPC until it has 301 MiB more: give the disk room, remove files, or choose"
            + " another one (--data)");
  }

  @Test
  void aMachineWithLessMemoryThanTheBoundIsToldWithBoth() {
    assertEquals(0, count(banner(IoMode.URING, null, null), "WARNING"));
    assertLine(
        banner(IoMode.URING, null, null, 0, true, 27),
        "  WARNING      there are 0 MiB of memory here, and the node may take 0 MiB: before it does,"
            + " the kernel kills it or another process. Lower --cache-bytes or --loops, or the heap"
            + " (ATOLL_JAVA_OPTS='-Xms128m -Xmx256m'), or give the machine or its container more");
  }

  @Test
  void aMountWithoutBarriersIsToldLoudly() {
    assertEquals(0, count(banner(IoMode.URING, null, null), "barriers"));
    assertEquals(
        1,
        count(
            banner(IoMode.URING, null, null, 0, false, 28),
            "  WARNING      the file system of /srv/atoll is mounted without write barriers"));
  }

  private static void assertLine(String banner, String line) {
    assertTrue(banner.lines().anyMatch(line::equals), banner);
  }

  private static long count(String banner, String what) {
    return banner.lines().filter(line -> line.contains(what)).count();
  }

  private static String banner(IoMode mode, RecoveryFacts recovery, GraceFacts grace) {
    return banner(mode, recovery, grace, 0);
  }

  private static String banner(
      IoMode mode, RecoveryFacts recovery, GraceFacts grace, long missingBytes) {
    return banner(mode, recovery, grace, missingBytes, true, 28);
  }

  private static String banner(
      IoMode mode,
      RecoveryFacts recovery,
      GraceFacts grace,
      long missingBytes,
      boolean writeBarriers,
      long machineMemoryBytes) {
    InetSocketAddress nfs = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2049);
    StringWriter out = new StringWriter();
    new Banner(
            new ApplianceSettings(
                Path.of("/srv/atoll"),
                nfs,
                null,
                mode,
                90,
                6,
                0,
                ThroughputChoice.DEFAULT,
                ClientRules.DEFAULT),
            new ApplianceFacts(
                nfs,
                null,
                new FileSystemId(1, 2),
                false,
                "as it is driven",
                "a disk",
                writeBarriers,
                new MemoryBounds(1, 2, 3, 4, 5, 6, 7),
                machineMemoryBytes,
                recovery,
                grace,
                missingBytes,
                null))
        .print(new PrintWriter(out, true));
    return out.toString();
  }
}
