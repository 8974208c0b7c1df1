package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A power cut that lost nothing would prove nothing. */
class PowerCutDiskTest {
  private static final int SECTOR = PowerCutDisk.SECTOR_BYTES;
  private static final int SECTORS = 64;
  private static final int SEEDS = 50;
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private PowerCutDisk disk;

  @BeforeEach
  void open() throws IOException {
    Path file = folder.resolve("disk");
    try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
      made.setLength((long) SECTORS * SECTOR);
    }
    disk = new PowerCutDisk(file, Duration.ZERO);
  }

  @AfterEach
  void close() throws IOException {
    disk.close();
  }

  @Test
  void readsSeeTheNewestOfWhatIsNotFlushed() throws IOException {
    write(0, 3, 1);
    disk.flush();
    write(1, 2, 2);
    write(2, 1, 3);
    assertEquals(1, read(0));
    assertEquals(2, read(1));
    assertEquals(3, read(2));
    disk.flush();
    assertEquals(3, read(2));
  }

  @Test
  void whatWasFlushedSurvivesAnyCut() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      write(0, SECTORS, seed);
      disk.flush();
      disk.cutPower(new SplittableRandom(seed));
      for (int sector = 0; sector < SECTORS; sector++) {
        assertEquals(seed, read(sector));
      }
    }
  }

  @Test
  void someCutLosesAndSomeCutTearsWhatWasNot() throws IOException {
    boolean lost = false;
    boolean torn = false;
    for (int seed = 0; seed < SEEDS; seed++) {
      write(0, SECTORS, 1);
      disk.flush();
      write(0, SECTORS, 2);
      disk.cutPower(new SplittableRandom(seed));
      int old = 0;
      for (int sector = 0; sector < SECTORS; sector++) {
        old += read(sector) == 1 ? 1 : 0;
      }
      lost |= old == SECTORS;
      torn |= old > 0 && old < SECTORS;
    }
    assertTrue(lost && torn, "lost " + lost + ", torn " + torn);
  }

  @Test
  void thePowerFailsInTheMidstOfAWrite() throws Exception {
    write(0, SECTORS, 1);
    disk.flush();
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (true) {
                  write(0, SECTORS, 2);
                }
              } catch (IOException cut) {
                // No write is answered after that.
              }
            });
    disk.failPowerAfter(10, BOUND);
    assertTrue(disk.cutPower(new SplittableRandom(1)).unflushedWrites() >= 10);
    assertTrue(writer.join(BOUND));
  }

  @Test
  void thePowerFailsWhenSoManyWritesAreNotFlushed() throws Exception {
    int wanted = 20;
    Thread writer = Thread.ofVirtual().start(() -> writeAndFlush(10 * wanted));
    disk.failPowerWithUnflushed(wanted, BOUND);
    assertTrue(disk.cutPower(new SplittableRandom(1)).unflushedWrites() >= wanted);
    assertTrue(writer.join(BOUND));
  }

  @Test
  void thePowerFailsWhenAllWaitForAFlush() throws Exception {
    Thread writer = Thread.ofVirtual().start(() -> writeAndFlush(3));
    disk.awaitWrites(1, BOUND);
    disk.failPowerWithUnflushed(1000, Duration.ofMillis(100));
    assertTrue(disk.cutPower(new SplittableRandom(1)).unflushedWrites() <= 6);
    assertTrue(writer.join(BOUND));
  }

  private void writeAndFlush(int burst) {
    try {
      while (true) {
        for (int i = 0; i < burst; i++) {
          write(i, 1, i);
        }
        disk.flush();
      }
    } catch (IOException cut) {
      // No write is answered after that.
    }
  }

  @Test
  void aFlushThatIsUnderWayCoversNothingYet() throws Exception {
    write(0, SECTORS, 1);
    disk.flush();
    try (PowerCutDisk slow = new PowerCutDisk(folder.resolve("disk"), BOUND)) {
      slow.write(0, ByteBuffer.allocate(SECTOR));
      Thread flusher = Thread.ofVirtual().start(() -> assertThrows(IOException.class, slow::flush));
      while (flusher.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      slow.failPowerAfter(1, Duration.ZERO);
      PowerCutDisk.Cut cut = slow.cutPower(new SplittableRandom(1));
      assertEquals(1, cut.flushesUnderWay());
      assertEquals(1, cut.unflushedWrites());
      assertTrue(flusher.join(BOUND));
    }
  }

  private void write(int sector, int count, int content) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(count * SECTOR);
    for (int at = 0; at < data.capacity(); at += SECTOR) {
      data.putInt(at, content);
    }
    disk.write((long) sector * SECTOR, data);
  }

  private int read(int sector) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(SECTOR);
    disk.read((long) sector * SECTOR, into);
    return into.getInt(0);
  }
}
