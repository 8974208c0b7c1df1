package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.Attributes;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.DirectoryEnd;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What can't be, in the map or in the code, ends one operation and keeps no other waiting. */
class DefectsTest {
  private static final int MIB = 1 << 20;

  private final TestFs fs = new TestFs(51);
  private final FileHandle root = fs.root();

  private void spoil(byte[] key) {
    assertTrue(fs.volume.map().containsKey(key));
    fs.volume.map().put(key, new byte[] {1});
  }

  @Test
  void unreadableEntryEndsReadDirWithAnError() {
    fs.file(root, "f");
    spoil(Keys.cookie(root.inode(), 3));
    for (boolean attributes : new boolean[] {false, true}) {
      assertEquals(
          FsStatus.IO_ERROR, fs.list(root, 0, 10, attributes, new LinkedHashMap<>()).status());
    }
    assertEquals(FsStatus.OK, fs.lookup(root, "f").status());
    fs.loop.runUntilIdle();
  }

  @Test
  void unreadableInodeEndsWhoeverAsksForIt() {
    FileHandle file = fs.file(root, "f");
    fs.shrinkCaches();
    spoil(Keys.inode(file.inode()));
    for (int i = 0; i < 10; i++) {
      assertEquals(FsStatus.IO_ERROR, fs.attributes(file).status());
      assertEquals(FsStatus.IO_ERROR, fs.read(TestFs.ROOT, file, 0, 1).status());
      assertEquals(FsStatus.IO_ERROR, fs.write(file, 0, new byte[1]).status());
    }
  }

  /** Names, with whether their attributes could be had. */
  private static final class Listing implements DirectoryVisitor {
    final Map<String, Boolean> names = new LinkedHashMap<>();

    @Override
    public boolean wantsAttributes() {
      return true;
    }

    @Override
    public boolean entry(long cookie, byte[] name, long inode, Attributes attributes) {
      names.put(new String(name, StandardCharsets.UTF_8), attributes != null);
      return true;
    }
  }

  @Test
  void directoryWithObjectsThatCanNotBeReadIsListed() {
    List<FileHandle> files = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      files.add(fs.file(root, "f" + i));
    }
    fs.shrinkCaches();
    spoil(Keys.inode(files.get(7).inode()));
    fs.volume.map().remove(Keys.inode(files.get(21).inode()));
    Listing listing = new Listing();
    fs.<DirectoryEnd>await(cb -> fs.fs.readDirectory(new FsCall(TestFs.ROOT), root, 0, listing, cb))
        .ok();
    assertEquals(40, listing.names.size());
    listing.names.forEach(
        (name, readable) -> assertEquals(!List.of("f7", "f21").contains(name), readable, name));
    fs.loop.runUntilIdle();
  }

  @Test
  void objectWithoutItsSmallContentIsAnError() {
    FileHandle link = fs.symlink(root, "l", "target").ok().attributes().handle();
    FileHandle file = fs.file(root, "f");
    fs.write(file, 0, new byte[100]).ok();
    fs.shrinkCaches();
    fs.volume.map().remove(Keys.small(link.inode()));
    fs.volume.map().remove(Keys.small(file.inode()));
    assertEquals(FsStatus.IO_ERROR, fs.readLink(link).status());
    assertEquals(FsStatus.IO_ERROR, fs.set(TestFs.ROOT, file, TestFs.size(50)).status());
    assertEquals(FsStatus.IO_ERROR, fs.read(TestFs.ROOT, file, 0, 10).status());
    assertEquals(FsStatus.IO_ERROR, fs.write(file, 10, new byte[10]).status());
    fs.loop.runUntilIdle();
  }

  @Test
  void unreadableReservationFailsTheOpening() {
    for (String name : List.of("a", "b", "c")) {
      fs.write(TestFs.ROOT, fs.file(root, name), 0, new byte[1], Stability.UNSTABLE);
    }
    List<byte[]> reservations =
        fs.volume.map().keySet().stream().filter(key -> key[0] == Keys.CHANGE_BOUND).toList();
    assertEquals(3, reservations.size());
    spoil(reservations.getLast());
    assertEquals(
        FsStatus.IO_ERROR,
        fs.<StoreFileSystem>await(callback ->
                StoreFileSystem.open(
                    fs.volume,
                    fs.loop,
                    new Random(1),
                    StoreSettings.DEFAULT,
                    TestFs.MEMORY.alone(),
                    TestFs.ID,
                    callback))
            .status());
  }

  @Test
  void unreadableRecordEndsTheirListing() {
    fs.fs.records().put(TestFs.bytes("k"), new byte[] {1});
    fs.volume.map().put(Keys.record(TestFs.bytes("k")), new byte[] {99});
    assertEquals(
        FsStatus.IO_ERROR,
        fs.<List<io.atoll.fs.DurableRecords.Entry>>await(cb -> fs.fs.records().all(cb)).status());
  }

  @Test
  void listingWhoseReceiverThrowsIsToldOnce() {
    int[] told = new int[1];
    fs.fs
        .records()
        .all((status, records) -> {
          told[0]++;
          throw new IllegalStateException("a receiver that throws");
        });
    fs.loop.runUntilIdle();
    assertEquals(1, told[0]);
    assertEquals(1, fs.fs.store().defects().met());
  }

  @Test
  void visitorThatThrowsEndsItsReadingAndLeavesNothingPinned() {
    for (int i = 0; i < 5; i++) {
      fs.file(root, "f" + i);
    }
    fs.shrinkCaches();
    fs.stat(root);
    int pinned = fs.fs.store().inodes.pinned();
    for (boolean attributes : new boolean[] {false, true}) {
      for (int taken = 0; taken < 5; taken++) {
        Thrower visitor = new Thrower(attributes, taken);
        assertEquals(
            FsStatus.IO_ERROR,
            fs.<DirectoryEnd>await(
                    cb -> fs.fs.readDirectory(new FsCall(TestFs.ROOT), root, 0, visitor, cb))
                .status());
        assertEquals(0, visitor.left);
        fs.loop.runUntilIdle();
        assertEquals(pinned, fs.fs.store().inodes.pinned());
      }
    }
    fs.list(root, 0, 10, true, new LinkedHashMap<>()).ok();
  }

  /** Takes some entries and fails at the next. */
  private static final class Thrower implements DirectoryVisitor {
    private final boolean attributes;
    private int left;

    Thrower(boolean attributes, int left) {
      this.attributes = attributes;
      this.left = left;
    }

    @Override
    public boolean wantsAttributes() {
      return attributes;
    }

    @Override
    public boolean entry(long cookie, byte[] name, long inode, Attributes its) {
      if (left == 0) {
        throw new IllegalStateException("a visitor that throws");
      }
      left--;
      return true;
    }
  }

  @Test
  void truncationThatCannotBeTakenUpIsRefusedAtTheStart() {
    fs.loop.runUntilIdle();
    fs.volume.map().put(Keys.orphan(Keys.ORPHAN_TRIMMED, 12345), Trims.marker(1));
    fs.volume.appendFails = true;
    assertEquals(
        FsStatus.FENCED,
        fs.<StoreFileSystem>await(cb ->
                StoreFileSystem.open(
                    fs.volume,
                    fs.loop,
                    new Random(1),
                    StoreSettings.DEFAULT,
                    fs.memory.alone(),
                    TestFs.ID,
                    cb))
            .status());
  }

  @Test
  void unreadableTruncationMarkerIsRefusedAtTheStart() {
    fs.loop.runUntilIdle();
    fs.volume.map().put(Keys.orphan(Keys.ORPHAN_TRIMMED, 1), new byte[] {1});
    assertEquals(
        FsStatus.IO_ERROR,
        fs.<StoreFileSystem>await(cb ->
                StoreFileSystem.open(
                    fs.volume,
                    fs.loop,
                    new Random(1),
                    StoreSettings.DEFAULT,
                    fs.memory.alone(),
                    TestFs.ID,
                    cb))
            .status());
  }

  @Test
  void changeThatFailsStopsTheFileSystemInsteadOfGoingOnInDoubt() {
    FileHandle file = fs.file(root, "f");
    int[] told = new int[1];
    fs.fs.store().whenInDoubt(() -> told[0]++);
    fs.volume.appendFails = true;
    assertEquals(FsStatus.FENCED, fs.write(file, 0, new byte[5]).status());
    fs.loop.runUntilIdle();
    assertEquals(1, told[0]);
    assertEquals(FsStatus.FENCED, fs.write(file, 0, new byte[5]).status());
    assertEquals(FsStatus.FENCED, fs.remove(root, "f").status());
    assertEquals(FsStatus.FENCED, fs.<Void>await(cb -> fs.fs.awaitDurable(1, cb)).status());
    fs.reopen();
    assertEquals(0, fs.stat(file).sizeBytes());
    fs.write(file, 0, new byte[5]).ok();
    fs.check();
  }

  @Test
  void waiterThatThrowsKeepsNoOtherFromItsObject() {
    FileHandle file = fs.file(root, "f");
    fs.shrinkCaches();
    fs.stat(root);
    ObjectCache<Inode> inodes = fs.fs.store().inodes;
    int pinned = inodes.pinned();
    List<Inode> found = new ArrayList<>();
    for (int i = 0; i < 20 && found.isEmpty(); i++) {
      fs.stat(fs.file(root, "other" + i)); // the file leaves the cache
      ObjectCache.Waiter<Inode> throwing =
          (status, inode) -> {
            inodes.unpin(inode);
            throw new IllegalStateException("a waiter that throws");
          };
      try {
        inodes.pin(file.inode(), 0, null, throwing);
      } catch (IllegalStateException e) {
        continue; // the volume answered at once
      }
      inodes.pin(file.inode(), 0, null, (status, inode) -> found.add(inode));
      fs.loop.runUntilIdle();
    }
    assertEquals(file.inode(), found.getFirst().number);
    inodes.unpin(found.getFirst());
    assertEquals(pinned, inodes.pinned());
  }

  @Test
  void holderThatThrowsGivesItsBlocksBack() {
    RangeLocks locks = new RangeLocks();
    locks.acquire(
        new RangeLock(
                () -> {
                  throw new IllegalStateException("a holder that throws");
                })
            .over(0, 9));
    boolean[] granted = new boolean[1];
    locks.acquire(new RangeLock(() -> granted[0] = true).over(5, 5));
    assertTrue(granted[0]);
  }

  @Test
  void answerThatThrowsLeavesNothingPinned() {
    FileHandle file = fs.file(root, "f");
    fs.write(file, 0, new byte[MIB]).ok();
    io.atoll.fs.FsCall call = new io.atoll.fs.FsCall(TestFs.ROOT);
    fs.fs.attributes(
        call,
        file,
        (status, attributes) -> {
          throw new IllegalStateException("an answer that throws");
        });
    fs.fs.read(
        call,
        file,
        false,
        0,
        MIB,
        (status, result) -> {
          result.release();
          throw new IllegalStateException("an answer that throws");
        });
    fs.check();
    assertEquals(2, fs.fs.store().defects().met());
  }

  @Test
  void unreadableChunkBehindTheEndHoldsUpNoWrite() {
    FileHandle file = fs.file(root, "f");
    for (int i = 0; i < 10; i++) {
      fs.write(file, (long) i * MIB, new byte[MIB]).ok();
    }
    fs.shrinkCaches();
    spoil(Keys.chunk(file.inode(), 20));
    fs.truncate(file, 1);
    fs.write(file, 20L * ChunkMap.CHUNK_BYTES, new byte[] {7}).ok();
    assertNull(fs.volume.map().get(Keys.orphan(Keys.ORPHAN_TRIMMED, file.inode())));
    assertArrayEquals(new byte[] {0, 7}, fs.read(file, 20L * ChunkMap.CHUNK_BYTES - 1, 2));
  }

  @Test
  void blockOperationThatThrowsEndsItsWriteAndLeavesNothingPinned() {
    FileHandle file = fs.file(root, "f");
    byte[] content = new byte[40 * ChunkMap.BLOCK_BYTES];
    fs.write(file, 0, content).ok();
    fs.shrinkCaches();
    // Both edges lie in old blocks: two reads, and then a write for each run.
    byte[] data = new byte[30 * ChunkMap.BLOCK_BYTES];
    for (int before = 0; before < 4; before++) {
      fs.volume.blocksUntilThrow = before;
      assertEquals(FsStatus.IO_ERROR, fs.write(file, 100, data).status(), "at " + before);
      assertTrue(fs.volume.blocksUntilThrow < 0, "nothing threw at " + before);
      fs.loop.runUntilIdle();
      assertEquals(0, fs.volume.pins);
    }
    fs.volume.blocksUntilThrow = Integer.MAX_VALUE;
    assertArrayEquals(content, fs.read(file, 0, content.length));
    fs.write(file, 100, data).ok();
    fs.check();
  }

  @Test
  void blockOperationThatThrowsEndsItsTruncationAndLeavesNothingPinned() {
    FileHandle file = fs.file(root, "f");
    fs.write(file, 0, new byte[20 * ChunkMap.BLOCK_BYTES]).ok();
    fs.shrinkCaches();
    for (int before = 0; before < 2; before++) {
      fs.volume.blocksUntilThrow = before;
      assertEquals(
          FsStatus.IO_ERROR,
          fs.set(TestFs.ROOT, file, TestFs.size(5 * ChunkMap.BLOCK_BYTES + 1)).status(),
          "at " + before);
      fs.loop.runUntilIdle();
      assertEquals(0, fs.volume.pins);
    }
    fs.volume.blocksUntilThrow = Integer.MAX_VALUE;
    fs.truncate(file, 5 * ChunkMap.BLOCK_BYTES + 1);
    fs.check();
  }

  @Test
  void freeingThatFailsIsTriedLessAndLessOften() {
    FileHandle file = fs.file(root, "f");
    for (int i = 0; i < 10; i++) {
      fs.write(file, (long) i * MIB, new byte[MIB]).ok();
    }
    fs.volume.scansFail = true;
    fs.truncate(file, 1);
    long begin = fs.loop.monotonicNanos();
    final long before = fs.volume.scans;
    fs.loop.runUntil(() -> fs.loop.monotonicNanos() - begin > 10 * Trim.LONGEST_RETRY_NANOS);
    long tries = fs.volume.scans - before;
    assertTrue(tries > 9 && tries < 30, tries + " tries");
    fs.volume.scansFail = false;
    fs.loop.runUntilIdle();
    assertTrue(fs.fs.store().trims.isIdle());
    fs.check();
  }

  @Test
  void whoWaitsForBlocksThatCanNotBeFreedIsRefused() {
    FileHandle file = fs.file(root, "f");
    for (int i = 0; i < 10; i++) {
      fs.write(file, (long) i * MIB, new byte[MIB]).ok();
    }
    fs.volume.scansFail = true;
    fs.truncate(file, 1);
    assertEquals(FsStatus.IO_ERROR, fs.write(file, 5 * MIB, new byte[10]).status());
    assertEquals(FsStatus.IO_ERROR, fs.set(TestFs.ROOT, file, TestFs.size(9 * MIB)).status());
    fs.write(file, 1, new byte[10]).ok();
    assertTrue(fs.fs.store().trims.isIdle(), "nothing is coming from it");
    fs.volume.scansFail = false;
    fs.loop.runUntilIdle();
    fs.write(file, 5 * MIB, new byte[10]).ok();
    fs.check();
    assertArrayEquals(new byte[100], fs.read(file, 3 * MIB, 100));
  }
}
