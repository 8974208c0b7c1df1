package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

  @TempDir private Path folder;
  private PowerCutDisk disk;

  @BeforeEach
  void open() throws IOException {
    Path file = folder.resolve("disk");
    try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
      made.setLength((long) SECTORS * SECTOR);
    }
    disk = new PowerCutDisk(file);
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
    disk.failPower(new SplittableRandom(1), 10, Duration.ofSeconds(60));
    assertTrue(disk.cutPower(new SplittableRandom(1)).unflushedWrites() > 0);
    assertTrue(writer.join(Duration.ofSeconds(60)));
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
