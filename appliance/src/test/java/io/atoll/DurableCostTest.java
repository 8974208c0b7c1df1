package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.io.cache.CacheCounters;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.testing.EitherIo;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What durable operations ask of the disk, on the real ring, log and index: writes and flushes,
 * counted. A change that costs one more of either fails here, whatever the clock says.
 */
@EitherIo
class DurableCostTest extends RealFileSystemTest {
  private static final int STREAM_MEBIBYTES = 16;

  /** One of the write that reserves, one of the commit. */
  private static final int STREAM_FLUSHES = 2;

  /** A record that nobody waits for is committed by itself after this, however slow the machine. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final double MAX_STREAM_AMPLIFICATION = 1.05;
  private static final double MAX_RANDOM_AMPLIFICATION = 3.0;
  private static final int RANDOM_WRITES = 1_000;

  /** A unit of the volume's space is written at once. */
  private static final int PRE_WRITE_BYTES = MIB;

  private static final int STREAM_BYTES = 64 * MIB;
  private static final int STREAM_READ_BYTES = 64 * 1024;

  /** Until the stream is known, and at its end. */
  private static final long STREAM_EDGE_READS = 8;

  private static final long STREAM_GRANULES = STREAM_BYTES / STREAM_READ_BYTES;
  private static final int GRANULES_PER_MEBIBYTE = MIB / STREAM_READ_BYTES;

  private static final int RANDOM_READS = 500;

  private static final int APPENDS = 100;

  private static final int CREATES_AT_ONCE = 64;

  /** A block is filled by 40 of them and a bit. */
  private static final int APPEND_BYTES = 100;

  @Test
  void aDurableCreateIsOneLogWrite() throws Exception {
    create("first"); // reserves a run of inode numbers
    IoCounters.Snapshot cost = costOf(() -> create("second"));
    assertEquals(1, cost.durableWrites(), cost.toString());
    assertEquals(0, cost.writes(), cost.toString());
    assertEquals(0, cost.dataSyncs(), cost.toString());
    assertEquals(BLOCK_BYTES, cost.writtenBytes(), cost.toString());
  }

  /** The first one's group is under way when the others come, and these share the next one. */
  @Test
  void createsThatComeAtOnceAreTwoLogWrites() throws Exception {
    create("first");
    IoCounters.Snapshot cost = costOf(() -> createAtOnce(CREATES_AT_ONCE));
    assertTrue(cost.durableWrites() <= 2, cost.toString());
    assertEquals(0, cost.writes(), cost.toString());
    assertEquals(0, cost.dataSyncs(), cost.toString());
    System.out.println(CREATES_AT_ONCE + " creates at once: " + cost);
  }

  @Test
  void aFileSyncWriteOfABlockIsOneDataWriteAndOneLogWrite() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    IoCounters.Snapshot cost = costOf(() -> write(file, 0, BLOCK_BYTES));
    assertEquals(1, cost.writes(), cost.toString());
    assertEquals(1, cost.durableWrites(), cost.toString());
    assertEquals(0, cost.dataSyncs(), cost.toString());
    assertEquals(0, cost.reads(), cost.toString());
  }

  @Test
  void aMebibyteIsOneDataWriteAndOneLogWrite() throws Exception {
    FileHandle file = create("file");
    write(file, 0, BLOCK_BYTES);
    IoCounters.Snapshot cost = costOf(() -> write(file, 0, MIB));
    assertEquals(1, cost.writes(), cost.toString());
    assertEquals(1, cost.durableWrites(), cost.toString());
    assertEquals(0, cost.dataSyncs(), cost.toString());
    assertTrue(cost.writtenBytes() <= MIB + 4 * BLOCK_BYTES, cost.toString());
  }

  @Test
  void smallAppendsReadTheirLastBlockAtMostOnce() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    IoCounters.Snapshot cost =
        costOf(() -> {
          for (int i = 0; i < APPENDS; i++) {
            write(file, MIB + (long) i * APPEND_BYTES, APPEND_BYTES);
          }
        });
    assertTrue(cost.reads() <= 1, cost.toString());
    assertEquals(APPENDS, cost.durableWrites(), cost.toString());
  }

  @Test
  void anAppendToABlockThatWasReadReadsNothing() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    write(file, MIB, APPEND_BYTES);
    read(file, MIB, APPEND_BYTES);
    assertEquals(0, costOf(() -> write(file, MIB + APPEND_BYTES, APPEND_BYTES)).reads());
  }

  @Test
  void aStreamOfUnstableMebibytesIsTwoFlushesWithItsCommit() throws Exception {
    FileHandle file = create("file");
    stream(file);
    commit(file);
    FileHandle other = create("other");
    long begin = System.nanoTime();
    IoCounters.Snapshot cost =
        costOf(() -> {
          stream(other);
          commit(other);
        });
    long lingered = (System.nanoTime() - begin) / LINGER_NANOS;
    assertTrue(cost.durableWrites() <= STREAM_FLUSHES + lingered, cost.toString());
    System.out.println("16 unstable MiB and a commit: " + cost);
  }

  @Test
  void anUnstableWriteIsNotFlushedForItsAnswer() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB, Stability.UNSTABLE);
    long begin = System.nanoTime();
    IoCounters.Snapshot cost = costOf(() -> write(file, 0, MIB, Stability.UNSTABLE));
    long lingered = (System.nanoTime() - begin) / LINGER_NANOS;
    assertTrue(cost.durableWrites() <= lingered, cost.toString());
  }

  /** With log, index and an orderly end, as the kernel counts it for the process. */
  @Test
  void aStreamWritesLittleMoreThanItsPayload() throws Exception {
    FileHandle file = create("file");
    for (int pass = 0; pass < 3; pass++) {
      stream(file);
      commit(file);
    }
    settle();
    long before = bytesWritten();
    int passes = 4;
    for (int pass = 0; pass < passes; pass++) {
      stream(file);
      commit(file);
    }
    close();
    double amplification = (bytesWritten() - before) / (double) (passes * STREAM_MEBIBYTES * MIB);
    System.out.println("bytes written for a byte of a 1 MiB stream: " + amplification);
    assertTrue(amplification <= MAX_STREAM_AMPLIFICATION, "amplification " + amplification);
    start();
  }

  @Test
  void durableWritesOfABlockAtRandomWriteAtMostThreeTimesAsMuch() throws Exception {
    FileHandle file = create("file");
    for (int pass = 0; pass < 3; pass++) {
      stream(file);
      commit(file);
    }
    settle();
    Random random = new Random(1);
    long before = bytesWritten();
    for (int i = 0; i < RANDOM_WRITES; i++) {
      int block = random.nextInt(STREAM_MEBIBYTES * MIB / BLOCK_BYTES);
      write(file, (long) block * BLOCK_BYTES, BLOCK_BYTES);
    }
    close();
    double amplification = (bytesWritten() - before) / (double) (RANDOM_WRITES * BLOCK_BYTES);
    System.out.println("bytes written for a byte of a random block: " + amplification);
    assertTrue(amplification <= MAX_RANDOM_AMPLIFICATION, "amplification " + amplification);
    start();
  }

  /**
   * Without the zeros that space gets before its first use, once: when the pre-writer begins anew
   * depends on what was freed until then, which is a matter of the clock.
   */
  private long bytesWritten() throws IOException {
    return KernelFigures.bytesWritten() - open.volumeCounters().bytesPreWritten();
  }

  private void stream(FileHandle file) throws Exception {
    for (int i = 0; i < STREAM_MEBIBYTES; i++) {
      write(file, (long) i * MIB, MIB, Stability.UNSTABLE);
    }
  }

  @Test
  void aSmallFileRidesInItsRecord() throws Exception {
    FileHandle file = create("file");
    IoCounters.Snapshot cost = costOf(() -> write(file, 0, 100));
    assertEquals(0, cost.writes(), cost.toString());
    assertEquals(1, cost.durableWrites(), cost.toString());
  }

  @Test
  void aReadIsOneDiskRead() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    forget();
    IoCounters.Snapshot cost = costOf(() -> read(file, 0, MIB));
    assertEquals(1, cost.reads(), cost.toString());
    assertEquals(0, cost.flushes(), cost.toString());
  }

  @Test
  void anUnalignedReadOfAMebibyteIsOneDiskRead() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    write(file, MIB, BLOCK_BYTES);
    forget();
    IoCounters.Snapshot cost = costOf(() -> read(file, 100, MIB));
    assertTrue(cost.reads() <= 2, cost.toString());
    assertEquals(MIB + BLOCK_BYTES, cost.readBytes(), cost.toString());
  }

  @Test
  void aReadOfWhatWasReadIsNoDiskRead() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    forget();
    read(file, 0, MIB);
    assertEquals(0, costOf(() -> read(file, 0, MIB)).reads());
    assertEquals(0, costOf(() -> read(file, 12_345, BLOCK_BYTES)).reads());
  }

  @Test
  void aReadOfABlockReadsNothingElse() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    forget();
    IoCounters.Snapshot cost = costOf(() -> read(file, 50 * BLOCK_BYTES, BLOCK_BYTES));
    assertEquals(1, cost.reads(), cost.toString());
    assertEquals(BLOCK_BYTES, cost.readBytes(), cost.toString());
  }

  @Test
  void aSequentialStreamIsReadByTheMebibyte() throws Exception {
    FileHandle file = create("file");
    for (int at = 0; at < STREAM_BYTES; at += MIB) {
      write(file, at, MIB);
    }
    forget();
    IoCounters.Snapshot cost =
        costOf(() -> {
          for (int at = 0; at < STREAM_BYTES; at += STREAM_READ_BYTES) {
            read(file, at, STREAM_READ_BYTES);
          }
        });
    assertEquals(STREAM_BYTES, cost.readBytes(), "nothing is read twice: " + cost);
    CacheCounters.Snapshot cache = onLoop(end -> end.complete(open.cacheFigures()));
    // Where the client comes by before its part has been asked of the disk, that is given up.
    long byClient = STREAM_GRANULES - cache.granulesAhead();
    assertTrue(
        cost.reads()
            <= cache.granulesAhead() / GRANULES_PER_MEBIBYTE + STREAM_EDGE_READS + byClient,
        cost + ", " + cache);
    assertTrue(cache.blocksMissed() < cache.blocksFound() / 8, cache.toString());
    assertTrue(cache.granulesAheadUsed() > cache.granulesAhead() / 2, cache.toString());
    assertEquals(STREAM_BYTES, cache.lentBytes(), cache.toString());
  }

  @Test
  void randomReadsReadNothingAhead() throws Exception {
    FileHandle file = create("file");
    for (int at = 0; at < 8 * MIB; at += MIB) {
      write(file, at, MIB);
    }
    forget();
    IoCounters.Snapshot cost =
        costOf(() -> {
          for (int i = 0; i < RANDOM_READS; i++) {
            // Each block once, far from the one before.
            read(file, (i * 613L % (8 * MIB / BLOCK_BYTES)) * BLOCK_BYTES, BLOCK_BYTES);
          }
        });
    assertEquals(RANDOM_READS, cost.reads(), cost.toString());
    assertEquals((long) RANDOM_READS * BLOCK_BYTES, cost.readBytes(), cost.toString());
  }

  @Test
  void whatWasWrittenIsReadWithoutTheDisk() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    write(file, 100, BLOCK_BYTES);
    assertEquals(0, costOf(() -> read(file, 0, MIB)).reads());
  }

  /** Leaves nothing in memory. */
  private void forget() throws Exception {
    close();
    start();
  }

  private IoCounters.Snapshot costOf(Step step) throws Exception {
    settle();
    Done before = done();
    step.run();
    return done().since(before);
  }

  private Done done() throws Exception {
    return onLoop(end ->
        end.complete(
            new Done(
                open.ioCounters().snapshot(),
                open.volumeCounters().bytesPreWritten(),
                open.volumeCounters().preWriteSyncs())));
  }

  /**
   * What the disk has done, read in one turn of the loop.
   *
   * @param bytesPreWritten of all that was written, zeros ahead of use, which no operation asks for
   * @param preWriteSyncs of the syncs, those of these
   */
  private record Done(IoCounters.Snapshot all, long bytesPreWritten, long preWriteSyncs) {
    /** Without what was written ahead. */
    IoCounters.Snapshot since(Done earlier) {
      IoCounters.Snapshot cost = all.since(earlier.all);
      long zeroBytes = bytesPreWritten - earlier.bytesPreWritten;
      return new IoCounters.Snapshot(
          cost.reads(),
          cost.readBytes(),
          cost.writes() - zeroBytes / PRE_WRITE_BYTES,
          cost.durableWrites(),
          cost.writtenBytes() - zeroBytes,
          cost.dataSyncs() - (preWriteSyncs - earlier.preWriteSyncs),
          cost.spaceChanges(),
          cost.nameChanges(),
          cost.failures());
    }
  }

  private interface Step {
    void run() throws Exception;
  }
}
