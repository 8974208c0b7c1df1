package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import io.atoll.io.cache.CacheLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What one operation may ask for at once, and what happens when there is no more. */
class BoundsTest {
  private static final int BLOCK = 4096;
  private static final int MIB = 1 << 20;

  private static FsStatus create(TestFs fs, String name) {
    return fs.create(
            TestFs.ROOT,
            fs.root(),
            name,
            TestFs.request(FileType.REGULAR, Disposition.GUARDED, TestFs.mode(0644)))
        .status();
  }

  @Test
  void readOfManyRunsReadsAFewAtOnce() {
    TestFs fs = new TestFs(61);
    fs.volume.maxRunBlocks = 1;
    FileHandle file = fs.file(fs.root(), "f");
    byte[] data = new byte[MIB];
    new Random(1).nextBytes(data);
    for (int at = 0; at < MIB; at += BLOCK) {
      fs.write(file, at, Arrays.copyOfRange(data, at, at + BLOCK)).ok();
    }
    fs.shrinkCaches();
    fs.volume.blockReads = 0;
    assertArrayEquals(data, fs.read(file, 0, MIB));
    assertTrue(fs.volume.blockReads > 200, fs.volume.blockReads + " runs");
    assertEquals(CacheLimits.MAX_FILLS_PER_RANGE, fs.volume.mostReadsInFlight);
    fs.check();
  }

  @Test
  void readDirLoadsAFewInodesAtOnce() {
    TestFs fs = new TestFs(62);
    for (int i = 0; i < 300; i++) {
      fs.file(fs.root(), "f" + i);
    }
    fs.shrinkCaches();
    fs.volume.mostGetsInFlight = 0;
    Map<String, Long> names = new LinkedHashMap<>();
    assertTrue(fs.list(fs.root(), 0, 1000, true, names).ok().last());
    assertEquals(300, names.size());
    int most = fs.volume.mostGetsInFlight;
    assertTrue(most <= StoreLimits.DIRECTORY_LOAD_INODES, most + " at once");
    fs.check();
  }

  @Test
  void fullFileSystemTakesNothingMoreButCanBeEmptied() {
    TestFs fs = new TestFs(63, 256);
    FileHandle file = fs.file(fs.root(), "f");
    FileHandle small = fs.file(fs.root(), "small");
    fs.write(small, 0, new byte[100]).ok();
    FileHandle empty = fs.file(fs.root(), "empty");
    for (int i = 0; i < 256; i++) {
      fs.write(file, (long) i * BLOCK, new byte[BLOCK]).ok();
    }
    assertEquals(FsStatus.NO_SPACE, fs.write(file, 256L * BLOCK, new byte[BLOCK]).status());
    assertEquals(FsStatus.NO_SPACE, fs.write(small, 100, new byte[10]).status());
    assertEquals(FsStatus.NO_SPACE, fs.write(empty, 0, new byte[10]).status());
    assertEquals(FsStatus.NO_SPACE, fs.set(TestFs.ROOT, small, TestFs.size(200)).status());
    assertEquals(FsStatus.NO_SPACE, create(fs, "new"));
    assertEquals(FsStatus.NO_SPACE, fs.link(small, fs.root(), "new").status());
    assertEquals(FsStatus.NO_SPACE, fs.rename(fs.root(), "small", fs.root(), "new").status());
    fs.rename(fs.root(), "empty", fs.root(), "small").ok();
    fs.truncate(file, 10L * BLOCK);
    assertEquals(FsStatus.OK, create(fs, "new"));
    fs.remove(fs.root(), "f").ok();
    fs.check();
    assertEquals(0, fs.volume.usedBlocks());
  }

  /** More at once than the reserve has room for: they may be put off, and none is refused. */
  @Test
  void fullFileSystemIsOverwrittenInPlace() {
    TestFs fs = new TestFs(67, 256);
    fs.volume.reserveBlocks = 16;
    FileHandle file = fs.file(fs.root(), "f");
    FileHandle small = fs.file(fs.root(), "small");
    fs.write(small, 0, new byte[100]).ok();
    int blocks = 0;
    while (fs.write(file, (long) blocks * BLOCK, new byte[BLOCK]).status() == FsStatus.OK) {
      blocks++;
    }
    assertEquals(256 - 16, blocks);
    byte[] content = new byte[blocks * BLOCK];
    new SplittableRandom(67).nextBytes(content);
    int[] left = {60};
    for (int i = 0; i < 60; i++) {
      overwrite(fs, file, content, i * 4 * BLOCK, left);
    }
    fs.loop.runUntil(() -> left[0] == 0);
    assertArrayEquals(content, fs.read(file, 0, content.length));
    fs.loop.runUntilIdle();
    fs.write(small, 50, new byte[50]).ok();
    assertEquals(FsStatus.NO_SPACE, fs.write(small, 50, new byte[51]).status());
    assertEquals(
        FsStatus.NO_SPACE, fs.write(file, (blocks - 1L) * BLOCK, new byte[BLOCK + 1]).status());
    fs.check();
  }

  private static void overwrite(TestFs fs, FileHandle file, byte[] content, int at, int[] left) {
    ByteBuf data = Unpooled.copiedBuffer(content, at, 4 * BLOCK);
    fs.fs.write(
        new FsCall(TestFs.ROOT),
        file,
        false,
        at,
        data,
        FileSystem.Stability.FILE_SYNC,
        (status, result) -> {
          if (status == FsStatus.DELAY) {
            fs.loop.complete(() -> overwrite(fs, file, content, at, left));
          } else {
            assertEquals(FsStatus.OK, status);
            left[0]--;
          }
        });
  }

  @Test
  void aListingGoesPastWhatAnEarlierOneFoundRemoved() {
    TestFs fs = new TestFs(68);
    for (int i = 0; i < 300; i++) {
      fs.file(fs.root(), "f" + i);
    }
    long last = fs.list(fs.root()).get("f299");
    for (int i = 0; i < 299; i++) {
      fs.remove(fs.root(), "f" + i).ok();
    }
    assertEquals(Map.of("f299", last), fs.list(fs.root()));
    assertEquals(DirectoryVisitor.FIRST_COOKIE, Keys.cookieOf(fs.volume.lastScanFrom));
    assertEquals(Map.of("f299", last), fs.list(fs.root()));
    assertEquals(last, Keys.cookieOf(fs.volume.lastScanFrom));
    fs.file(fs.root(), "new");
    fs.remove(fs.root(), "f299").ok();
    assertEquals(Map.of("new", last + 1), fs.list(fs.root()));
    fs.check();
  }

  @Test
  void spaceThatIsBeingFreedIsWaitedFor() {
    TestFs fs = new TestFs(64, 256);
    FileHandle file = fs.file(fs.root(), "f");
    FileHandle other = fs.file(fs.root(), "other");
    for (int i = 0; i < 256; i++) {
      fs.write(file, (long) i * BLOCK, new byte[BLOCK]).ok();
    }
    assertEquals(FsStatus.NO_SPACE, fs.write(other, 0, new byte[BLOCK]).status());
    fs.remove(fs.root(), "f").ok();
    FsStatus status = FsStatus.DELAY;
    for (int i = 0; i < 100 && status == FsStatus.DELAY; i++) {
      status = fs.write(other, 0, new byte[BLOCK]).status();
      fs.loop.step();
    }
    assertEquals(FsStatus.OK, status);
    fs.check();
  }

  @Test
  void emptiedFileIsWrittenWhileItsChunksAreFreed() {
    TestFs fs = new TestFs(65);
    FileHandle file = fs.file(fs.root(), "f");
    for (int i = 0; i < 700; i++) {
      fs.write(file, (long) i * ChunkMap.CHUNK_BYTES, new byte[] {1, 2, 3}).ok();
    }
    fs.truncate(file, 0);
    fs.write(file, 1, new byte[] {9}).ok();
    assertFalse(fs.fs.store().trims.isIdle(), "the write waited for all chunks");
    assertArrayEquals(new byte[] {0, 9}, fs.read(file, 0, 10));
    // What lies where chunks are still freed waits, and finds no old content.
    fs.write(file, 600L * ChunkMap.CHUNK_BYTES + 5, new byte[] {9}).ok();
    assertTrue(fs.fs.store().trims.isIdle());
    assertArrayEquals(new byte[6], fs.read(file, 599L * ChunkMap.CHUNK_BYTES, 6));
    assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 9}, fs.read(file, 600L * ChunkMap.CHUNK_BYTES, 6));
    fs.check();
  }

  @Test
  void claimsAreGrantedInTheOrderOfArrival() {
    RangeLocks locks = new RangeLocks();
    List<Integer> granted = new ArrayList<>();
    List<RangeLock> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      int number = i;
      RangeLock lock = new RangeLock(() -> granted.add(number));
      all.add(lock);
      locks.acquire(lock.over(i % 3, i % 3 == 2 ? RangeLock.END : i % 3));
    }
    assertEquals(List.of(0, 1, 2), granted);
    for (int i = 0; i < 300; i++) {
      locks.release(all.get(i));
      assertEquals(Math.min(300, i + 4), granted.size());
    }
    for (int i = 0; i < 300; i++) {
      assertEquals(i, granted.get(i));
    }
    assertTrue(locks.isIdle());
  }

  @Test
  void narrowedClaimLetsThoseInBesideIt() {
    RangeLocks locks = new RangeLocks();
    boolean[] granted = new boolean[2];
    RangeLock whole = new RangeLock(() -> {}).over(0, RangeLock.END);
    locks.acquire(whole);
    locks.acquire(new RangeLock(() -> granted[0] = true).over(3, 4));
    locks.acquire(new RangeLock(() -> granted[1] = true).over(70, 80));
    locks.narrow(whole, 64, RangeLock.END);
    assertTrue(granted[0]);
    assertFalse(granted[1]);
    locks.release(whole);
    assertTrue(granted[1]);
  }

  @Test
  void blocksKeepTheSequenceOfTheRecordThatPutThemThere() {
    TestFs fs = new TestFs(66);
    FileHandle file = fs.file(fs.root(), "f");
    fs.write(file, 0, new byte[3 * BLOCK]).ok();
    long first = fs.required;
    fs.write(file, BLOCK, new byte[BLOCK]).ok();
    long second = fs.required;
    assertTrue(first < second);
    ChunkMap map =
        new ChunkMapCodec()
            .decode(file.inode(), 0, null, fs.volume.map().get(Keys.chunk(file.inode(), 0)));
    assertEquals(first, map.birth(0));
    assertEquals(second, map.birth(1));
    assertEquals(first, map.birth(2));
  }

  @Test
  void numbersOfADirectorysFilesLieTogether() {
    TestFs fs = new TestFs(67);
    FileHandle a = fs.mkdir(fs.root(), "a");
    FileHandle b = fs.mkdir(fs.root(), "b");
    for (int i = 1; i < StoreLimits.DIRECTORY_NUMBER_RUN; i++) {
      assertEquals(a.inode() + i, fs.file(a, "f" + i).inode());
      assertEquals(b.inode() + i, fs.file(b, "f" + i).inode());
    }
    assertTrue(fs.file(a, "more").inode() > b.inode() + StoreLimits.DIRECTORY_NUMBER_RUN - 1);
    fs.check();
  }
}
