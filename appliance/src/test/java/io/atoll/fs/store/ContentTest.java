package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.fs.ReadResult;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContentTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCK = 4096;

  private final TestFs fs = new TestFs(23);
  private final FileHandle root = fs.root();
  private final FileHandle file = fs.file(root, "f");

  @AfterEach
  void nothingIsWrongOrLeft() {
    fs.volume.failuresPerMille = 0;
    fs.check();
  }

  private static byte[] random(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void smallFileIsARecordAndNoBlock() {
    byte[] content = random(1, 2048);
    fs.write(file, 0, content).ok();
    assertEquals(0, fs.volume.blockWrites);
    fs.reopen();
    assertArrayEquals(content, fs.read(file, 0, 10_000));
    assertEquals(2048, fs.stat(file).usedBytes(), "content that uses no space looks like a hole");
    fs.write(file, 100, new byte[10]).ok();
    Arrays.fill(content, 100, 110, (byte) 0);
    assertArrayEquals(content, fs.read(file, 0, 10_000));
    assertArrayEquals(Arrays.copyOfRange(content, 90, 120), fs.read(file, 90, 30));
  }

  @Test
  void growingFileMovesIntoBlocksAndKeepsItsContent() {
    byte[] all = random(2, 5000);
    fs.write(file, 0, Arrays.copyOf(all, 1500)).ok();
    fs.write(file, 1500, Arrays.copyOfRange(all, 1500, 5000)).ok();
    assertArrayEquals(all, fs.read(file, 0, 10_000));
    assertEquals(2 * BLOCK, fs.stat(file).usedBytes());
    fs.reopen();
    assertArrayEquals(all, fs.read(file, 0, 10_000));
  }

  @Test
  void writeFarBehindASmallFileLeavesAHole() {
    fs.write(file, 0, random(3, 100)).ok();
    fs.write(file, 3L * MIB + 7, random(4, 100)).ok();
    assertEquals(3L * MIB + 107, fs.stat(file).sizeBytes());
    assertEquals(2 * BLOCK, fs.stat(file).usedBytes());
    assertArrayEquals(random(3, 100), fs.read(file, 0, 100));
    assertArrayEquals(new byte[MIB], fs.read(file, 100, MIB));
    assertArrayEquals(random(4, 100), fs.read(file, 3L * MIB + 7, MIB));
  }

  @Test
  void largestTransferGoesRoundAtAnyOffset() {
    for (long offset : new long[] {0, 1, 4095, 262_143, 12_345_678_901L}) {
      byte[] content = random((int) offset, MIB);
      fs.write(file, offset, content).ok();
      assertArrayEquals(content, fs.read(file, offset, MIB));
    }
    assertEquals(
        FsStatus.INVALID, fs.write(file, 0, new byte[MIB + 1]).status(), "above the maximum");
  }

  @Test
  void alignedDataGoToDiskAsTheyLie() {
    byte[] content = random(5, 10 * BLOCK);
    for (int shift : new int[] {0, 100, 4000}) {
      ByteBuf data = MemoryVolume.aligned(content.length, shift);
      data.setBytes(0, content);
      fs.write(TestFs.ROOT, file, 7L * BLOCK + shift, data).ok();
      assertArrayEquals(content, fs.read(file, 7L * BLOCK + shift, content.length));
    }
  }

  @Test
  void overwriteKeepsWhatIsAround() {
    byte[] content = random(6, 100_000);
    fs.write(file, 0, content).ok();
    for (int[] part : new int[][] {{5, 10}, {4090, 20}, {8192, 4096}, {50_000, 30_001}}) {
      byte[] piece = random(part[0], part[1]);
      System.arraycopy(piece, 0, content, part[0], part[1]);
      fs.write(file, part[0], piece).ok();
      assertArrayEquals(content, fs.read(file, 0, 200_000));
    }
    assertEquals(25 * BLOCK, fs.stat(file).usedBytes());
  }

  @Test
  void readEndsAtTheEnd() {
    fs.write(file, 0, new byte[10]).ok();
    assertEquals(10, fs.read(file, 0, 11).length);
    assertEquals(0, fs.read(file, 10, 1).length);
    assertEquals(0, fs.read(file, Long.MAX_VALUE, 1).length);
    ReadResult part = read(0, 9);
    ReadResult all = read(0, 10);
    assertEquals(List.of(false, true), List.of(part.endOfFile(), all.endOfFile()));
    part.release();
    all.release();
    assertEquals(FsStatus.IS_DIRECTORY, fs.read(TestFs.ROOT, root, 0, 1).status());
  }

  private ReadResult read(long offset, int length) {
    return fs.<ReadResult>await(
            cb -> fs.fs.read(new FsCall(TestFs.ROOT), file, false, offset, length, cb))
        .ok();
  }

  @Test
  void truncatedBytesAreZeroWhenTheFileGrowsAgain() {
    for (int length : new int[] {1000, 5000, 300_000, 20 * MIB}) {
      FileHandle each = fs.file(root, "t" + length);
      byte[] content = random(length, Math.min(length, MIB));
      fs.write(each, length - content.length, content).ok();
      int cut = length / 2 + 3;
      fs.write(each, cut - 700 < 0 ? 0 : cut - 700, random(9, 400)).ok();
      byte[] before = fs.read(each, Math.max(0, cut - 500), Math.min(cut, 500));
      fs.truncate(each, cut);
      assertEquals(cut, fs.stat(each).sizeBytes());
      fs.truncate(each, length);
      assertArrayEquals(before, fs.read(each, Math.max(0, cut - 500), Math.min(cut, 500)));
      byte[] after = fs.read(each, cut, MIB);
      assertArrayEquals(new byte[Math.min(MIB, length - cut)], after);
    }
  }

  @Test
  void emptiedFileIsSmallAgain() {
    fs.write(file, 0, random(1, 100_000)).ok();
    fs.truncate(file, 0);
    assertEquals(0, fs.stat(file).usedBytes());
    long writes = fs.volume.blockWrites;
    fs.write(file, 0, random(2, 100)).ok();
    assertEquals(writes, fs.volume.blockWrites);
    fs.loop.runUntilIdle();
    assertEquals(0, fs.volume.usedBlocks());
  }

  @Test
  void growingByTruncationCostsNoSpace() {
    fs.truncate(file, 2048);
    assertArrayEquals(new byte[2048], fs.read(file, 0, 5000));
    fs.truncate(file, FileLimits.HIGHEST.maxFileBytes());
    assertTrue(fs.stat(file).usedBytes() <= BLOCK);
    assertEquals(
        FsStatus.FILE_TOO_LARGE,
        fs.set(TestFs.ROOT, file, TestFs.size(FileLimits.HIGHEST.maxFileBytes() + 1)).status());
    assertEquals(
        FsStatus.FILE_TOO_LARGE,
        fs.write(file, FileLimits.HIGHEST.maxFileBytes() - 1, new byte[2]).status());
    fs.write(file, FileLimits.HIGHEST.maxFileBytes() - 1, new byte[] {7}).ok();
    assertArrayEquals(new byte[] {0, 7}, fs.read(file, FileLimits.HIGHEST.maxFileBytes() - 2, 10));
  }

  @Test
  void truncatingAHugeFileIsAnsweredFirstAndFreedInBoundedRecords() {
    fs.volume.maxRunBlocks = 1;
    for (int i = 0; i < 40; i++) {
      fs.write(file, (long) i * MIB, random(i, MIB)).ok();
    }
    fs.truncate(file, 5000);
    assertTrue(fs.volume.usedBlocks() > 1000, "nothing is freed yet");
    byte[] second = random(77, 5000);
    fs.write(file, 20L * MIB, second).ok(); // waits for what lay there
    assertArrayEquals(second, fs.read(file, 20L * MIB, MIB));
    assertArrayEquals(new byte[MIB], fs.read(file, 19L * MIB, MIB));
    fs.loop.runUntilIdle();
    assertEquals(4, fs.volume.usedBlocks());
    assertTrue(fs.volume.largestRecord() < 100_000);
  }

  @Test
  void truncationInterruptedByACrashIsFinishedBeforeAnyoneWrites() {
    fs.volume.maxRunBlocks = 2;
    fs.volume.congestion = false;
    for (int i = 0; i < 40; i++) {
      fs.write(file, (long) i * MIB, random(i, MIB)).ok();
    }
    fs.loop.runUntilIdle();
    fs.truncate(file, 100);
    long required = fs.required;
    fs.loop.runUntil(() -> fs.volume.commitSequence() >= required);
    TestFs after = fs.crash(5);
    after.write(file, 30L * MIB, new byte[] {1}).ok();
    assertArrayEquals(new byte[MIB], after.read(file, 29L * MIB, MIB));
    after.check();
    assertEquals(2, after.volume.usedBlocks());
  }

  @Test
  void fullVolumeRefusesWritesAndCanBeEmptied() {
    TestFs small = new TestFs(3, 100);
    FileHandle a = small.file(small.root(), "a");
    small.write(a, 0, random(1, 90 * BLOCK)).ok();
    assertEquals(FsStatus.NO_SPACE, small.write(a, 90 * BLOCK, new byte[20 * BLOCK]).status());
    assertEquals(90 * BLOCK, small.stat(a).sizeBytes());
    assertArrayEquals(random(1, 90 * BLOCK), small.read(a, 0, MIB));
    small.truncate(a, 10);
    small.loop.runUntilIdle();
    small.write(a, 0, new byte[50 * BLOCK]).ok();
    small.remove(small.root(), "a").ok();
    small.check();
    assertEquals(0, small.volume.usedBlocks());
  }

  @Test
  void damagedBlockIsAnErrorAndNeverData() {
    fs.write(file, 0, random(1, 100_000)).ok();
    fs.reopen(); // or all of it is cached
    fs.volume.failuresPerMille = 1000;
    assertEquals(FsStatus.IO_ERROR, fs.read(TestFs.ROOT, file, 0, 10).status());
    assertEquals(FsStatus.IO_ERROR, fs.write(file, 10, new byte[10]).status());
    assertEquals(FsStatus.IO_ERROR, fs.set(TestFs.ROOT, file, TestFs.size(70_001)).status());
    fs.volume.failuresPerMille = 0;
    assertArrayEquals(random(1, 100_000), fs.read(file, 0, MIB));
  }

  @Test
  void withoutABufferTheCallerComesAgain() {
    fs.write(file, 0, random(1, 100_000)).ok();
    FileHandle small = fs.file(root, "small");
    fs.write(small, 0, new byte[10]).ok();
    fs.volume.refusalsPerMille = 1000;
    assertEquals(FsStatus.DELAY, fs.read(TestFs.ROOT, small, 0, 10).status());
    assertEquals(FsStatus.DELAY, fs.write(file, 10, new byte[10]).status());
    assertEquals(FsStatus.DELAY, fs.set(TestFs.ROOT, file, TestFs.size(70_001)).status());
    fs.volume.refusalsPerMille = 0;
    assertArrayEquals(random(1, 100_000), fs.read(file, 0, MIB));
  }

  @Test
  void overlappingWritesQueueAndAllOfThemAreSeen() {
    List<FsStatus> ends = new ArrayList<>();
    int count = 40;
    for (int i = 0; i < count; i++) {
      byte[] piece = new byte[1000];
      Arrays.fill(piece, (byte) (i + 1));
      fs.fs.write(
          new FsCall(TestFs.ROOT),
          file,
          false,
          i * 1000L,
          io.netty.buffer.Unpooled.copiedBuffer(piece),
          Stability.FILE_SYNC,
          (status, result) -> ends.add(status));
    }
    fs.loop.runUntil(() -> ends.size() == count);
    byte[] all = fs.read(file, 0, MIB);
    assertEquals(count * 1000, all.length);
    for (int i = 0; i < all.length; i++) {
      assertEquals(i / 1000 + 1, all[i]);
    }
  }

  @Test
  void thousandsOfWaitingWritesDoNotRecurse() {
    int[] ends = new int[1];
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      fs.fs.write(
          new FsCall(TestFs.ROOT),
          file,
          false,
          0,
          io.netty.buffer.Unpooled.copiedBuffer(new byte[] {(byte) i}),
          Stability.FILE_SYNC,
          (status, result) -> ends[0]++);
    }
    fs.loop.runUntil(() -> ends[0] == count);
  }

  @Test
  void commitDependsOnTheLastWrite() {
    fs.write(file, 0, new byte[10]).ok();
    long written = fs.required;
    FsCall call = new FsCall(TestFs.ROOT);
    fs.<Void>await(cb -> fs.fs.commit(call, file, cb)).ok();
    assertEquals(written, call.requiredSequence());
  }
}
