package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.DurableRecords;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FsStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrphansTest {
  private static final int MIB = 1 << 20;

  private final TestFs fs = new TestFs(31);
  private final FileHandle root = fs.root();

  private FileHandle fileOf(int bytes) {
    FileHandle file = fs.file(root, "f");
    for (int at = 0; at < bytes; at += MIB) {
      fs.write(file, at, new byte[Math.min(MIB, bytes - at)]).ok();
    }
    return file;
  }

  @Test
  void heldFileOutlivesItsNameAndGoesWithItsLastHolder() {
    for (int bytes : new int[] {10, 10_000, 3 * MIB}) {
      FileHandle file = fileOf(bytes);
      fs.hold(file).ok();
      fs.hold(file).ok();
      fs.remove(root, "f").ok();
      fs.check();
      assertEquals(0, fs.stat(file).links());
      fs.write(file, 5, new byte[] {9}).ok();
      assertArrayEquals(new byte[] {0, 9, 0}, fs.read(file, 4, 3));
      assertEquals(FsStatus.STALE, fs.link(file, root, "again").status());
      fs.fs.release(file);
      assertEquals(bytes, fs.stat(file).sizeBytes());
      fs.fs.release(file);
      assertEquals(FsStatus.STALE, fs.attributes(file).status());
      fs.check();
      assertEquals(0, fs.volume.usedBlocks());
    }
  }

  @Test
  void renameOverAHeldFileKeepsIt() {
    FileHandle file = fileOf(10_000);
    fs.hold(file).ok();
    fs.file(root, "g");
    fs.rename(root, "g", root, "f").ok();
    assertEquals(10_000, fs.read(file, 0, MIB).length);
    fs.fs.release(file);
    fs.check();
    assertEquals(0, fs.volume.usedBlocks());
  }

  @Test
  void afterARestartOrphansStayUntilGraceEnds() {
    FileHandle kept = fileOf(10_000);
    fs.hold(kept).ok();
    fs.remove(root, "f").ok();
    FileHandle forgotten = fileOf(20_000);
    fs.hold(forgotten).ok();
    fs.remove(root, "f").ok();
    fs.loop.runUntilIdle();

    TestFs after = fs.crash(1);
    assertEquals(10_000, after.read(kept, 0, MIB).length);
    after.hold(kept).ok();
    after.loop.runUntilIdle();
    assertEquals(20_000, after.stat(forgotten).sizeBytes());
    after.fs.graceEnded();
    after.check();
    assertEquals(FsStatus.STALE, after.attributes(forgotten).status());
    assertEquals(10_000, after.read(kept, 0, MIB).length);
    after.fs.release(kept);
    after.check();
    assertEquals(0, after.volume.usedBlocks());
  }

  @Test
  void fileRemovedDuringGraceStaysForWhoMayReclaimIt() {
    FileHandle file = fileOf(10_000);
    fs.loop.runUntilIdle();
    TestFs after = fs.crash(1);
    after.remove(after.root(), "f").ok();
    assertEquals(10_000, after.read(file, 0, MIB).length);
    after.fs.graceEnded();
    after.loop.runUntilIdle();
    assertEquals(FsStatus.STALE, after.attributes(file).status());
    assertEquals(0, after.volume.usedBlocks());
  }

  @Test
  void removingAHugeFileGoesOnAfterACrash() {
    fs.volume.maxRunBlocks = 1;
    FileHandle file = fileOf(40 * MIB);
    fs.loop.runUntilIdle();
    fs.remove(root, "f").ok();
    long required = fs.required;
    fs.loop.runUntil(() -> fs.volume.commitSequence() >= required);
    TestFs after = fs.crash(2);
    assertEquals(FsStatus.STALE, after.attributes(file).status());
    after.check();
    assertEquals(0, after.volume.usedBlocks());
  }

  @Test
  void manyOrphansAreAllBuriedWhenGraceEnds() {
    for (int i = 0; i < 200; i++) {
      fs.hold(fileOf(i % 3 == 0 ? 5000 : 5)).ok();
      fs.remove(root, "f").ok();
    }
    fs.loop.runUntilIdle();
    TestFs after = fs.crash(3);
    after.fs.graceEnded();
    after.check();
    assertEquals(0, after.volume.usedBlocks());
    assertEquals(1, after.fs.store().numbers.objects());
  }

  @Test
  void orphansThatCanNotBeListedAreBuriedLater() {
    TestFs after = crashWithOrphans(100);
    after.volume.scansFail = true;
    final long before = after.volume.scans;
    after.fs.graceEnded();
    pass(after, 10 * Orphans.LONGEST_RETRY_NANOS);
    long tries = after.volume.scans - before;
    assertTrue(tries > 9 && tries < 30, tries + " tries");
    after.volume.scansFail = false;
    after.check();
    assertEquals(1, after.fs.store().numbers.objects());
  }

  @Test
  void anOrphanThatCanNotBeReadHoldsUpNoOther() {
    TestFs after = crashWithOrphans(100);
    after.volume.unreadable = key -> key[0] == Keys.INODE && BigEndian.getLong(key, 1) % 10 == 0;
    after.fs.graceEnded();
    pass(after, Orphans.LONGEST_RETRY_NANOS);
    assertEquals(1 + 10, after.fs.store().numbers.objects());
    after.volume.unreadable = key -> false;
    after.check();
    assertEquals(1, after.fs.store().numbers.objects());
  }

  /** One that has only files without a name, which someone may reclaim. */
  private TestFs crashWithOrphans(int count) {
    for (int i = 0; i < count; i++) {
      fs.hold(fileOf(i % 3 == 0 ? 5000 : 5)).ok();
      fs.remove(root, "f").ok();
    }
    fs.loop.runUntilIdle();
    return fs.crash(3);
  }

  private static void pass(TestFs world, long nanos) {
    long begin = world.loop.monotonicNanos();
    world.loop.schedule(nanos, () -> {});
    world.loop.runUntil(() -> world.loop.monotonicNanos() - begin >= nanos);
  }

  @Test
  void recordsAreKeptInOrderAndSurvive() {
    for (int i = 299; i >= 0; i--) {
      fs.fs.records().put(TestFs.bytes(String.format("%03d", i)), new byte[] {(byte) i});
    }
    long last = fs.fs.records().remove(TestFs.bytes("007"));
    fs.loop.runUntil(() -> fs.volume.commitSequence() >= last);
    TestFs after = fs.crash(4);
    var all = after.<List<DurableRecords.Entry>>await(cb -> after.fs.records().all(cb)).ok();
    assertEquals(299, all.size());
    assertArrayEquals(TestFs.bytes("008"), all.get(7).key());
    assertArrayEquals(new byte[] {8}, all.get(7).value());
  }
}
