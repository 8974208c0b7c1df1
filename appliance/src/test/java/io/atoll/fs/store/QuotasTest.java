package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.atoll.ondisk.LoggedLines;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What quotas of directories and of the file system count, and what they refuse. */
class QuotasTest {
  private static final int BLOCK = 4096;
  private static final long OBJECT = 2048;
  private static final long NONE = QuotaLimits.NONE;

  private final TestFs fs = new TestFs(7);
  private final FileHandle dir = fs.mkdir(fs.root(), "dir");

  @AfterEach
  void sound() {
    fs.check();
  }

  private void limit(long bytes) {
    fs.quota(dir, new QuotaLimits(bytes, NONE)).ok();
  }

  private static byte[] blocks(int count) {
    byte[] content = new byte[count * BLOCK];
    Arrays.fill(content, (byte) 7);
    return content;
  }

  private Quota quota() {
    return fs.quota(dir).ok();
  }

  private FsStatus write(FileHandle file, int block, int count) {
    return fs.write(file, (long) block * BLOCK, blocks(count)).status();
  }

  // --- what counts ---

  @Test
  void objectsCountTwoKibibytesAndTheirBlocks() {
    limit(NONE - 1);
    assertEquals(OBJECT, quota().usedBytes()); // the directory itself
    FileHandle file = fs.file(dir, "file");
    assertEquals(2 * OBJECT, quota().usedBytes());
    fs.write(file, 0, new byte[100]).ok(); // inline: its two kibibytes hold it
    assertEquals(2 * OBJECT, quota().usedBytes());
    fs.write(file, 0, blocks(3)).ok();
    assertEquals(2 * OBJECT + 3 * BLOCK, quota().usedBytes());
    fs.write(file, 10 * BLOCK, blocks(1)).ok(); // behind a hole
    assertEquals(2 * OBJECT + 4 * BLOCK, quota().usedBytes());
    fs.write(file, BLOCK, blocks(1)).ok(); // in place
    assertEquals(2 * OBJECT + 4 * BLOCK, quota().usedBytes());
    fs.truncate(file, 2 * BLOCK);
    assertEquals(2 * OBJECT + 2 * BLOCK, quota().usedBytes());
    fs.truncate(file, 1 << 30);
    assertEquals(2 * OBJECT + 2 * BLOCK, quota().usedBytes());
    fs.remove(dir, "file").ok();
    assertEquals(new Quota(dir, quota().limits(), OBJECT, 1, Quota.State.IN_FORCE), quota());
  }

  @Test
  void fileWithoutANameCountsForAsLongAsItIsHeld() {
    limit(NONE - 1);
    FileHandle file = fs.file(dir, "file");
    fs.write(file, 0, blocks(3)).ok();
    fs.hold(file).ok();
    fs.remove(dir, "file").ok();
    assertEquals(2, quota().usedObjects());
    fs.fs.release(file);
    assertEquals(OBJECT, quota().usedBytes());
  }

  @Test
  void largeFileThatIsRemovedCountsNoMoreAtOnce() {
    limit(NONE - 1);
    FileHandle file = fs.file(dir, "file");
    for (int chunk = 0; chunk < 20; chunk++) {
      fs.write(file, (long) chunk * ChunkMap.CHUNK_BYTES, blocks(64)).ok();
    }
    fs.remove(dir, "file").ok();
    assertEquals(OBJECT, quota().usedBytes());
  }

  // --- what is refused ---

  @Test
  void writeThatGoesOverIsRefusedWhole() {
    limit(2 * OBJECT + 4 * BLOCK);
    FileHandle file = fs.file(dir, "file");
    assertEquals(FsStatus.OK, write(file, 0, 3));
    assertEquals(FsStatus.QUOTA_EXCEEDED, write(file, 3, 2));
    assertEquals(3L * BLOCK, fs.stat(file).sizeBytes());
    assertEquals(
        FsStatus.QUOTA_EXCEEDED,
        fs.write(TestFs.ROOT, file, 3 * BLOCK, blocks(2), Stability.UNSTABLE).status());
    assertEquals(FsStatus.OK, write(file, 3, 1));
    assertEquals(FsStatus.OK, write(file, 0, 4)); // in place
    assertEquals(FsStatus.QUOTA_EXCEEDED, write(file, 100, 1));
    fs.truncate(file, 3 * BLOCK);
    assertEquals(FsStatus.OK, write(file, 3, 1));
  }

  @Test
  void writesAtOnceDoNotGoOverTogether() {
    limit(11 * OBJECT + 5 * BLOCK);
    List<FileHandle> files = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      files.add(fs.file(dir, "file" + i));
    }
    int[] ends = new int[2];
    for (FileHandle file : files) {
      fs.fs.write(
          new FsCall(TestFs.ROOT),
          file,
          true,
          0,
          Unpooled.wrappedBuffer(blocks(1)),
          Stability.FILE_SYNC,
          (status, result) -> {
            ends[0]++;
            ends[1] += status == FsStatus.OK ? 1 : 0;
          });
    }
    fs.driver.runUntil(() -> ends[0] == 10);
    assertEquals(5, ends[1]);
    assertEquals(11 * OBJECT + 5 * BLOCK, quota().usedBytes());
  }

  @Test
  void newObjectsAreRefusedByBytesAndByNumber() {
    limit(2 * OBJECT);
    fs.file(dir, "one");
    for (FileType type : List.of(FileType.REGULAR, FileType.DIRECTORY, FileType.FIFO)) {
      var request = TestFs.request(type, Disposition.GUARDED, TestFs.mode(0644));
      assertEquals(FsStatus.QUOTA_EXCEEDED, fs.create(TestFs.ROOT, dir, "two", request).status());
    }
    assertEquals(FsStatus.QUOTA_EXCEEDED, fs.symlink(dir, "two", "target").status());
    fs.quota(dir, new QuotaLimits(NONE, 3)).ok();
    fs.file(dir, "two");
    assertEquals(FsStatus.QUOTA_EXCEEDED, fs.symlink(dir, "three", "target").status());
  }

  @Test
  void contentThatNoLongerLiesInlineCounts() {
    limit(2 * OBJECT + BLOCK - 1);
    FileHandle file = fs.file(dir, "file");
    fs.write(file, 0, new byte[2000]).ok();
    assertEquals(FsStatus.QUOTA_EXCEEDED, fs.set(TestFs.ROOT, file, TestFs.size(5000)).status());
    assertEquals(FsStatus.QUOTA_EXCEEDED, fs.write(file, 2000, new byte[100]).status());
    assertEquals(2000, fs.stat(file).sizeBytes());
    limit(2 * OBJECT + BLOCK);
    fs.truncate(file, 5000);
  }

  @Test
  void whatIsOverALoweredLimitStaysAndShrinksOnly() {
    limit(NONE - 1);
    FileHandle file = fs.file(dir, "file");
    fs.write(file, 0, blocks(8)).ok();
    limit(BLOCK);
    assertEquals(0, fs.statistics(dir).availableBytes());
    assertEquals(FsStatus.OK, write(file, 2, 2));
    assertEquals(FsStatus.QUOTA_EXCEEDED, write(file, 8, 1));
    fs.truncate(file, BLOCK + 100);
    fs.rename(dir, "file", dir, "renamed").ok();
    fs.link(file, dir, "another").ok();
    fs.remove(dir, "another").ok();
    fs.remove(dir, "renamed").ok();
    fs.remove(fs.root(), "dir").ok();
    assertEquals(List.of(), fs.fs.quotas().all());
  }

  @Test
  void liftedQuotaRefusesNothingAndIsGone() {
    limit(OBJECT);
    fs.quota(fs.mkdir(fs.root(), "other"), new QuotaLimits(NONE, 1)).ok();
    fs.lift(dir).ok();
    fs.file(dir, "file");
    assertEquals(FsStatus.NOT_FOUND, fs.quota(dir).status());
    assertEquals(FsStatus.NOT_FOUND, fs.lift(dir).status());
    assertEquals(1, fs.fs.quotas().all().size());
  }

  // --- counting what was there ---

  /** Directories in each other and beside, with files in them. */
  private void grow(FileHandle in, int depth) {
    for (int i = 0; i < 40; i++) {
      fs.write(fs.file(in, "file" + i), 0, new byte[i * 100 + 1]).ok();
    }
    for (int i = 0; depth > 0 && i < 3; i++) {
      grow(fs.mkdir(in, "sub" + i), depth - 1);
    }
  }

  @Test
  void whatWasThereIsCountedAndThenLimited() {
    grow(dir, 2);
    fs.quota(dir, new QuotaLimits(OBJECT, NONE)).ok();
    assertEquals(Quota.State.COUNTING, quota().state());
    fs.file(dir, "while counting"); // is not refused
    fs.count();
    assertEquals(Quota.State.IN_FORCE, quota().state());
    assertEquals(13 + 13 * 40 + 1, quota().usedObjects());
    FileHandle deep = fs.lookup(fs.lookup(dir, "sub1").ok().handle(), "sub2").ok().handle();
    assertEquals(
        FsStatus.QUOTA_EXCEEDED,
        fs.create(
                TestFs.ROOT,
                deep,
                "more",
                TestFs.request(FileType.REGULAR, Disposition.GUARDED, TestFs.mode(0644)))
            .status());
    fs.reopen();
    assertEquals(13 + 13 * 40 + 1, quota().usedObjects());
    fs.lift(dir).ok();
    fs.count();
    assertEquals(FsStatus.NOT_FOUND, fs.quota(dir).status());
    fs.rename(fs.root(), "dir", fs.mkdir(fs.root(), "else"), "moved").ok();
  }

  @Test
  void countingGoesOnAfterACrash() {
    grow(dir, 1);
    limit(NONE - 1);
    fs.<Void>await(callback -> fs.fs.awaitDurable(fs.required, callback)).ok();
    for (int i = 0; i < 20; i++) {
      fs.driver.step();
    }
    TestFs after = fs.crash(3);
    after.fs.graceEnded();
    after.count();
    Quota counted = after.quota(dir).ok();
    assertEquals(Quota.State.IN_FORCE, counted.state());
    assertEquals(4 + 4 * 40, counted.usedObjects());
    after.check();
  }

  @Test
  void countingThatFailsIsTriedLessAndLessOftenAndSaidOnce() {
    grow(dir, 1);
    fs.loop.runUntilIdle();
    fs.volume.scansFail = true;
    try (LoggedLines log = new LoggedLines("io.atoll.fs.store")) {
      limit(NONE - 1);
      long begin = fs.loop.monotonicNanos();
      long before = fs.volume.scans;
      fs.loop.runUntil(() -> fs.loop.monotonicNanos() - begin > 10 * QuotaWalk.LONGEST_RETRY_NANOS);
      long tries = fs.volume.scans - before;
      assertTrue(tries > 9 && tries < 30, tries + " tries");
      assertEquals(1, log.lines().size(), log.lines().toString());
      assertTrue(
          log.lines().getFirst().contains("having come to inode " + dir.inode() + " "),
          log.lines().getFirst());
      assertEquals(Quota.State.COUNTING, quota().state());
    }
    fs.volume.scansFail = false;
    fs.loop.runUntil(() -> quota().state() == Quota.State.IN_FORCE);
    assertEquals(4 + 4 * 40, quota().usedObjects());
  }

  /** What can be read meanwhile is no sign that it goes on. */
  @Test
  void oneDirectoryThatCanNotBeReadIsTriedLessAndLessOftenToo() {
    FileHandle unreadable = fs.mkdir(dir, "unreadable");
    grow(dir, 1);
    fs.loop.runUntilIdle();
    byte[] cookie = Keys.cookie(unreadable.inode(), 0);
    fs.volume.failingPrefix = Arrays.copyOf(cookie, cookie.length - Long.BYTES);
    try (LoggedLines log = new LoggedLines("io.atoll.fs.store")) {
      limit(NONE - 1);
      long begin = fs.loop.monotonicNanos();
      fs.loop.runUntil(() -> fs.loop.monotonicNanos() - begin > 10 * QuotaWalk.LONGEST_RETRY_NANOS);
      long tries = fs.volume.failedScans;
      assertTrue(tries > 9 && tries < 30, tries + " tries");
      assertEquals(1, log.lines().size(), log.lines().toString());
    }
    fs.volume.failingPrefix = null;
    fs.loop.runUntil(() -> quota().state() == Quota.State.IN_FORCE);
    assertEquals(5 + 4 * 40, quota().usedObjects());
  }

  // --- one in the other ---

  @Test
  void whatLiesInSeveralCountsForAll() {
    FileHandle inner = fs.mkdir(dir, "inner");
    fs.quota(inner, new QuotaLimits(NONE, 3)).ok();
    limit(100 * BLOCK);
    fs.count();
    FileHandle file = fs.file(inner, "file");
    fs.write(file, 0, blocks(2)).ok();
    assertEquals(2 * OBJECT + 2 * BLOCK, fs.quota(inner).ok().usedBytes());
    assertEquals(3 * OBJECT + 2 * BLOCK, quota().usedBytes());
    limit(3 * OBJECT + 2 * BLOCK);
    assertEquals(FsStatus.QUOTA_EXCEEDED, write(file, 2, 1));
    fs.lift(dir).ok();
    fs.count();
    assertEquals(FsStatus.OK, write(file, 2, 1));
    assertEquals(2 * OBJECT + 3 * BLOCK, fs.quota(inner).ok().usedBytes());
  }

  @Test
  void quotasLieInEachOtherOnlySoDeep() {
    FileHandle at = dir;
    for (int i = 0; i < StoreLimits.MAX_NESTED_QUOTAS; i++) {
      fs.quota(at, new QuotaLimits(NONE, 100)).ok();
      fs.count();
      at = fs.mkdir(at, "deeper");
    }
    assertEquals(FsStatus.TOO_MANY_QUOTAS, fs.quota(at, new QuotaLimits(NONE, 100)).status());
    FileHandle above = fs.mkdir(fs.root(), "above");
    fs.rename(fs.root(), "dir", above, "dir").ok();
    fs.quota(above, new QuotaLimits(NONE, 100)).ok();
    fs.count();
    assertEquals(FsStatus.NOT_FOUND, fs.quota(above).status());
    assertEquals(StoreLimits.MAX_NESTED_QUOTAS, fs.fs.quotas().all().size());
  }

  // --- names between quotas ---

  @Test
  void fileWithOneNameMovesBetweenQuotasIfItFits() {
    limit(2 * OBJECT + 2 * BLOCK);
    FileHandle file = fs.file(fs.root(), "file");
    fs.write(file, 0, blocks(3)).ok();
    assertEquals(FsStatus.QUOTA_EXCEEDED, fs.rename(fs.root(), "file", dir, "file").status());
    fs.truncate(file, 2 * BLOCK);
    fs.rename(fs.root(), "file", dir, "file").ok();
    assertEquals(2 * OBJECT + 2 * BLOCK, quota().usedBytes());
    FileHandle other = fs.file(fs.root(), "other");
    fs.write(other, 0, blocks(2)).ok();
    fs.rename(fs.root(), "other", dir, "file").ok(); // in place of what goes
    assertEquals(2 * OBJECT + 2 * BLOCK, quota().usedBytes());
    fs.rename(dir, "file", fs.root(), "out").ok();
    assertEquals(OBJECT, quota().usedBytes());
  }

  @Test
  void whatCountsAsOneIsNotSplit() {
    limit(NONE - 1);
    FileHandle out = fs.mkdir(fs.root(), "out");
    FileHandle file = fs.file(out, "file");
    assertEquals(FsStatus.OTHER_QUOTA, fs.link(file, dir, "file").status());
    assertEquals(FsStatus.OTHER_QUOTA, fs.rename(fs.root(), "out", dir, "in").status());
    fs.link(file, out, "again").ok();
    assertEquals(FsStatus.OTHER_QUOTA, fs.rename(out, "file", dir, "file").status());
    fs.rename(fs.root(), "dir", fs.root(), "renamed").ok();
    fs.mkdir(fs.root(), "empty");
    fs.rename(fs.root(), "empty", dir, "empty").ok();
    assertEquals(2, quota().usedObjects());
    fs.quota(fs.mkdir(fs.root(), "limited"), new QuotaLimits(NONE, 9)).ok();
    FileHandle limited = fs.lookup(fs.root(), "limited").ok().handle();
    assertEquals(FsStatus.OTHER_QUOTA, fs.rename(fs.root(), "renamed", limited, "in").status());
    fs.rename(fs.root(), "renamed", out, "in").ok(); // which has none
  }

  // --- the whole file system ---

  @Test
  void fileSystemHasALimitOfItsOwn() {
    FileHandle file = fs.file(dir, "file");
    Quota now = fs.quota(fs.root(), new QuotaLimits(NONE, 1_000_000)).ok();
    assertEquals(3, now.usedObjects());
    assertEquals(3 * OBJECT, now.usedBytes());
    fs.quota(fs.root(), new QuotaLimits(3 * OBJECT + 2 * BLOCK, NONE)).ok();
    assertEquals(FsStatus.QUOTA_EXCEEDED, write(file, 0, 3));
    assertEquals(FsStatus.OK, write(file, 0, 2));
    assertEquals(FsStatus.QUOTA_EXCEEDED, fs.symlink(dir, "link", "target").status());
    fs.reopen();
    fs.fs.graceEnded();
    fs.driver.runUntil(() -> !fs.fs.store().isFreeing());
    assertEquals(FsStatus.QUOTA_EXCEEDED, write(file, 2, 1));
    fs.remove(dir, "file").ok();
    fs.file(dir, "file");
    fs.lift(fs.root()).ok();
    assertEquals(FsStatus.NOT_FOUND, fs.quota(fs.root()).status());
  }

  @Test
  void statisticsTellTheNearestQuotaAndTheTightest() {
    FileHandle inner = fs.mkdir(dir, "inner");
    FsStatistics whole = fs.statistics(inner);
    assertEquals(NONE, whole.quotaAvailableBytes());
    limit(10 * BLOCK);
    fs.quota(inner, new QuotaLimits(100 * BLOCK, 50)).ok();
    fs.count();
    FsStatistics in = fs.statistics(inner);
    assertEquals(100 * BLOCK, in.totalBytes());
    assertEquals(100 * BLOCK - OBJECT, in.freeBytes());
    assertEquals(10 * BLOCK - 2 * OBJECT, in.availableBytes());
    assertEquals(10 * BLOCK - 2 * OBJECT, in.quotaAvailableBytes());
    assertEquals(OBJECT, in.quotaUsedBytes());
    assertEquals(50, in.totalFiles());
    assertEquals(49, in.freeFiles());
    assertEquals(whole.totalBytes(), fs.statistics(fs.root()).totalBytes());
  }

  // --- the format ---

  @Test
  void firstQuotaRaisesTheVersionOfTheFormat() {
    assertEquals(Superblock.VERSION, fs.volume.map().get(Keys.SUPERBLOCK)[0]);
    limit(BLOCK);
    assertEquals(Superblock.VERSION_WITH_QUOTAS, fs.volume.map().get(Keys.SUPERBLOCK)[0]);
    fs.reopen();
    assertEquals(BLOCK, quota().limits().bytes());
  }

  @Test
  void pathOfADirectoryIsFound() {
    FileHandle inner = fs.mkdir(dir, "inner");
    List<byte[]> path =
        fs.<List<byte[]>>await(callback -> fs.fs.pathOf(new FsCall(TestFs.ROOT), inner, callback))
            .ok();
    assertEquals(
        List.of("dir", "inner"),
        path.stream().map(name -> new String(name, StandardCharsets.UTF_8)).toList());
    assertTrue(
        fs.<List<byte[]>>await(
                callback -> fs.fs.pathOf(new FsCall(TestFs.ROOT), fs.root(), callback))
            .ok()
            .isEmpty());
  }
}
