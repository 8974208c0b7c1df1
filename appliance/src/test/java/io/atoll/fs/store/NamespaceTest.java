package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.Attributes;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.CreateResult;
import io.atoll.fs.FileSystem.RenameResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NamespaceTest {
  private final TestFs fs = new TestFs(7);
  private final FileHandle root = fs.root();

  @AfterEach
  void nothingIsWrongOrLeft() {
    fs.check();
  }

  @Test
  void newFileSystemHasAnEmptyRootOfTheSuperuser() {
    Attributes attributes = fs.stat(root);
    assertEquals(FileType.DIRECTORY, attributes.type());
    assertEquals(0755, attributes.mode());
    assertEquals(0, attributes.uid());
    assertEquals(2, attributes.links());
    assertEquals(Map.of(), fs.list(root));
    assertEquals(FsStatus.NOT_FOUND, fs.parent(root).status());
  }

  @Test
  void createdNameIsFoundAndCounted() {
    long before = fs.stat(root).change();
    FileHandle file = fs.file(root, "a");
    assertEquals(file, fs.lookup(root, "a").ok().handle());
    assertEquals(1, fs.stat(file).links());
    assertEquals(before + 1, fs.stat(root).change());
    assertEquals(FsStatus.NOT_FOUND, fs.lookup(root, "b").status());
  }

  @Test
  void guardedCreateOfATakenNameFails() {
    fs.file(root, "a");
    CreateRequest request =
        TestFs.request(FileType.REGULAR, Disposition.GUARDED, new AttributeChanges());
    assertEquals(FsStatus.EXISTS, fs.create(TestFs.ROOT, root, "a", request).status());
  }

  @Test
  void uncheckedCreateTakesTheFileAsItIs() {
    FileHandle file = fs.file(root, "a");
    fs.write(file, 0, new byte[10_000]).ok();
    CreateRequest take = TestFs.request(FileType.REGULAR, Disposition.UNCHECKED, TestFs.mode(0777));
    CreateResult taken = fs.create(TestFs.ROOT, root, "a", take).ok();
    assertFalse(taken.created());
    assertEquals(file, taken.attributes().handle());
    assertEquals(10_000, taken.attributes().sizeBytes());
    assertEquals(0644, taken.attributes().mode());
    CreateRequest empty = TestFs.request(FileType.REGULAR, Disposition.UNCHECKED, TestFs.size(0));
    CreateResult same = fs.create(TestFs.ROOT, root, "a", empty).ok();
    assertEquals(10_000, same.attributes().sizeBytes());
    assertEquals(0, same.applied());
  }

  @Test
  void uncheckedCreateOverAnotherTypeSaysWhich() {
    fs.mkdir(root, "d");
    fs.symlink(root, "l", "d").ok();
    CreateRequest take =
        TestFs.request(FileType.REGULAR, Disposition.UNCHECKED, new AttributeChanges());
    assertEquals(FsStatus.IS_DIRECTORY, fs.create(TestFs.ROOT, root, "d", take).status());
    assertEquals(FsStatus.SYMLINK, fs.create(TestFs.ROOT, root, "l", take).status());
  }

  @Test
  void exclusiveCreateIsKnownByItsVerifierAcrossARestart() {
    CreateRequest mine = exclusive(42);
    CreateResult first = fs.create(TestFs.ROOT, root, "a", mine).ok();
    fs.reopen();
    CreateResult again = fs.create(TestFs.ROOT, root, "a", mine).ok();
    assertEquals(first.attributes().handle(), again.attributes().handle());
    assertTrue(again.created());
    assertEquals(FsStatus.EXISTS, fs.create(TestFs.ROOT, root, "a", exclusive(43)).status());
    fs.file(root, "plain");
    assertEquals(FsStatus.EXISTS, fs.create(TestFs.ROOT, root, "plain", exclusive(0)).status());
  }

  private static CreateRequest exclusive(long verifier) {
    return new CreateRequest(
        FileType.REGULAR, Disposition.EXCLUSIVE, new AttributeChanges(), verifier, null, 0, 0);
  }

  @Test
  void removedDirectoryMustBeEmptyAndIsStaleAfterwards() {
    FileHandle directory = fs.mkdir(root, "d");
    fs.file(directory, "a");
    assertEquals(3, fs.stat(root).links());
    assertEquals(FsStatus.NOT_EMPTY, fs.remove(root, "d").status());
    fs.remove(directory, "a").ok();
    fs.remove(root, "d").ok();
    assertEquals(2, fs.stat(root).links());
    assertEquals(FsStatus.STALE, fs.attributes(directory).status());
    assertEquals(FsStatus.STALE, fs.lookup(directory, "a").status());
    fs.reopen();
    assertEquals(FsStatus.STALE, fs.attributes(directory).status());
  }

  @Test
  void hardLinksShareOneObject() {
    FileHandle file = fs.file(root, "a");
    fs.link(file, root, "b").ok();
    assertEquals(2, fs.stat(file).links());
    assertEquals(FsStatus.EXISTS, fs.link(file, root, "b").status());
    fs.remove(root, "a").ok();
    assertEquals(file, fs.lookup(root, "b").ok().handle());
    assertEquals(1, fs.stat(file).links());
    FileHandle directory = fs.mkdir(root, "d");
    assertEquals(FsStatus.IS_DIRECTORY, fs.link(directory, root, "e").status());
  }

  @Test
  void symbolicLinkTellsItsTarget() {
    FileHandle link = fs.symlink(root, "l", "some/where").ok().attributes().handle();
    fs.reopen();
    assertArrayEquals(TestFs.bytes("some/where"), fs.readLink(link).ok());
    assertEquals(10, fs.stat(link).sizeBytes());
    assertEquals(FsStatus.WRONG_TYPE, fs.readLink(root).status());
    assertEquals(FsStatus.INVALID, fs.symlink(root, "empty", "").status());
    assertEquals(FsStatus.NAME_TOO_LONG, fs.symlink(root, "long", "x".repeat(4096)).status());
    fs.symlink(root, "longest", "x".repeat(4095)).ok();
    fs.remove(root, "longest").ok();
  }

  @Test
  void namesAreLimitedTo255Bytes() {
    fs.file(root, "n".repeat(255));
    CreateRequest request =
        TestFs.request(FileType.REGULAR, Disposition.GUARDED, new AttributeChanges());
    assertEquals(
        FsStatus.NAME_TOO_LONG, fs.create(TestFs.ROOT, root, "n".repeat(256), request).status());
  }

  @Test
  void specialFilesKeepTheirNumbers() {
    CreateRequest device =
        new CreateRequest(
            FileType.BLOCK_DEVICE, Disposition.GUARDED, TestFs.mode(0600), 0, null, 8, 17);
    FileHandle handle = fs.create(TestFs.ROOT, root, "sdb1", device).ok().attributes().handle();
    fs.reopen();
    assertEquals(8, fs.stat(handle).deviceMajor());
    assertEquals(17, fs.stat(handle).deviceMinor());
    assertEquals(FsStatus.WRONG_TYPE, fs.write(handle, 0, new byte[1]).status());
  }

  // --- rename ---

  @Test
  void renameReplacesAFileAndFreesIt() {
    FileHandle a = fs.file(root, "a");
    FileHandle b = fs.file(root, "b");
    fs.write(b, 0, new byte[20_000]).ok();
    RenameResult result = fs.rename(root, "a", root, "b").ok();
    assertEquals(result.from(), result.to());
    assertEquals(a, fs.lookup(root, "b").ok().handle());
    assertEquals(FsStatus.NOT_FOUND, fs.lookup(root, "a").status());
    assertEquals(FsStatus.STALE, fs.attributes(b).status());
    fs.loop.runUntilIdle();
    assertEquals(0, fs.volume.usedBlocks());
  }

  @Test
  void renameOfTwoNamesOfOneObjectDoesNothing() {
    FileHandle a = fs.file(root, "a");
    fs.link(a, root, "b").ok();
    long change = fs.stat(root).change();
    fs.rename(root, "a", root, "b").ok();
    assertEquals(change, fs.stat(root).change());
    assertEquals(2, fs.stat(a).links());
    fs.rename(root, "a", root, "a").ok();
    assertEquals(a, fs.lookup(root, "a").ok().handle());
  }

  @Test
  void renameKeepsKindsApart() {
    fs.file(root, "f");
    FileHandle directory = fs.mkdir(root, "d");
    fs.mkdir(root, "empty");
    fs.file(directory, "x");
    assertEquals(FsStatus.IS_DIRECTORY, fs.rename(root, "f", root, "d").status());
    assertEquals(FsStatus.NOT_DIRECTORY, fs.rename(root, "d", root, "f").status());
    assertEquals(FsStatus.NOT_EMPTY, fs.rename(root, "empty", root, "d").status());
    assertEquals(FsStatus.NOT_FOUND, fs.rename(root, "none", root, "d").status());
    fs.rename(root, "d", root, "empty").ok();
    assertEquals(directory, fs.lookup(root, "empty").ok().handle());
    assertEquals(3, fs.stat(root).links());
  }

  @Test
  void movedDirectoryHasANewParent() {
    FileHandle a = fs.mkdir(root, "a");
    FileHandle b = fs.mkdir(root, "b");
    FileHandle child = fs.mkdir(a, "child");
    fs.rename(a, "child", b, "moved").ok();
    assertEquals(b, fs.parent(child).ok().handle());
    assertEquals(2, fs.stat(a).links());
    assertEquals(3, fs.stat(b).links());
  }

  @Test
  void directoryNeverMovesBelowItself() {
    FileHandle a = fs.mkdir(root, "a");
    FileHandle b = fs.mkdir(a, "b");
    FileHandle c = fs.mkdir(b, "c");
    assertEquals(FsStatus.INVALID, fs.rename(root, "a", c, "x").status());
    assertEquals(FsStatus.INVALID, fs.rename(root, "a", a, "x").status());
    assertEquals(FsStatus.NOT_EMPTY, fs.rename(b, "c", root, "a").status());
  }

  @Test
  void twoDirectoriesMovedIntoEachOtherAtOnceDoNotMakeACircle() {
    for (int seed = 0; seed < 200; seed++) {
      TestFs each = new TestFs(seed);
      FileHandle a = each.mkdir(each.root(), "a");
      FileHandle b = each.mkdir(each.root(), "b");
      List<FsStatus> ends = new ArrayList<>();
      io.atoll.fs.FsCall call = new io.atoll.fs.FsCall(TestFs.ROOT);
      byte[] x = TestFs.bytes("x");
      each.fs.rename(call, each.root(), TestFs.bytes("a"), b, x, (s, r) -> ends.add(s));
      each.fs.rename(call, each.root(), TestFs.bytes("b"), a, x, (s, r) -> ends.add(s));
      each.loop.runUntil(() -> ends.size() == 2);
      assertTrue(ends.contains(FsStatus.OK) && !ends.equals(List.of(FsStatus.OK, FsStatus.OK)));
      each.check();
    }
  }

  // --- reading directories ---

  @Test
  void cookiesStayGoodWhateverComesAndGoes() {
    for (int i = 0; i < 300; i++) {
      fs.file(root, "f" + i);
    }
    Map<String, Long> first = new LinkedHashMap<>();
    assertFalse(fs.list(root, 0, 10, false, first).ok().last());
    assertEquals(List.of("f0", "f1", "f2"), first.keySet().stream().limit(3).toList());
    long last = first.get("f9");
    assertEquals(DirectoryVisitor.FIRST_COOKIE + 9, last);
    fs.remove(root, "f9").ok();
    fs.remove(root, "f10").ok();
    fs.file(root, "f10");
    Map<String, Long> rest = new LinkedHashMap<>();
    assertTrue(fs.list(root, last, Integer.MAX_VALUE, true, rest).ok().last());
    assertEquals("f11", rest.keySet().iterator().next());
    assertEquals(290, rest.size());
    assertTrue(rest.get("f10") > rest.get("f299"), "a cookie is never given twice");
  }

  @Test
  void cookieThatWasNeverGivenIsRefused() {
    fs.file(root, "a");
    for (long cookie : new long[] {1, 2, 4, -1, Long.MAX_VALUE}) {
      assertEquals(
          FsStatus.BAD_COOKIE, fs.list(root, cookie, 10, false, new LinkedHashMap<>()).status());
    }
    assertTrue(fs.list(root, 3, 10, false, new LinkedHashMap<>()).ok().last());
  }

  @Test
  void numbersAndHandlesAreNeverReused() {
    FileHandle a = fs.file(root, "a");
    fs.remove(root, "a").ok();
    fs.reopen();
    FileHandle b = fs.file(root, "a");
    assertTrue(b.inode() > a.inode());
    assertNotEquals(a.generation(), b.generation());
    FileHandle forged = new FileHandle(b.inode(), b.generation() + 1);
    assertEquals(FsStatus.STALE, fs.attributes(forged).status());
  }

  @Test
  void everyTimeAndChangeThatShouldMoveMoves() {
    FileHandle directory = fs.mkdir(root, "d");
    FileHandle file = fs.file(root, "f");
    Attributes before = fs.stat(file);
    Attributes above = fs.stat(directory);
    fs.loop.wallClockNanos(fs.loop.wallClockNanos() + 1);
    fs.link(file, directory, "g").ok();
    Attributes after = fs.stat(file);
    assertTrue(after.change() > before.change() && after.ctimeNanos() > before.ctimeNanos());
    assertEquals(before.mtimeNanos(), after.mtimeNanos());
    assertTrue(fs.stat(directory).mtimeNanos() > above.mtimeNanos());
    fs.rename(directory, "g", root, "h").ok();
    assertTrue(fs.stat(file).change() > after.change());
    assertTrue(fs.stat(directory).change() > above.change() + 1);
  }

  @Test
  void changeRisesThoughTheClockFalls() {
    FileHandle file = fs.file(root, "f");
    long change = fs.stat(file).change();
    fs.loop.wallClockNanos(1_000);
    fs.write(file, 0, new byte[1]).ok();
    assertTrue(fs.stat(file).change() > change);
    fs.loop.wallClockNanos(1_800_000_000_000_000_000L);
  }

  @Test
  void answersDependOnWhatTheyTellOf() {
    FileHandle file = fs.file(root, "f");
    assertTrue(fs.required >= 2);
    long created = fs.required;
    fs.stat(file);
    assertEquals(created, fs.required);
    fs.lookup(root, "none");
    assertEquals(created, fs.required, "an absent name is told by its directory");
    fs.remove(root, "f").ok();
    long removed = fs.required;
    assertTrue(removed > created);
    assertEquals(FsStatus.STALE, fs.attributes(file).status());
    assertEquals(removed, fs.required, "that an object is gone is told by its removal");
  }

  @Test
  void directoryIsNotMovedBelowTooManyOthers() {
    FileHandle moved = fs.mkdir(fs.root(), "moved");
    FileHandle at = fs.root();
    FileHandle deepest = null;
    for (int depth = 0; depth <= StoreLimits.MAX_MOVE_DEPTH; depth++) {
      deepest = at;
      at = fs.mkdir(at, "d");
    }
    assertEquals(FsStatus.NAME_TOO_LONG, fs.rename(fs.root(), "moved", at, "m").status());
    fs.rename(fs.root(), "moved", deepest, "m").ok();
    assertEquals(deepest.inode(), fs.parent(moved).ok().handle().inode());
    fs.rename(deepest, "m", fs.root(), "back").ok();
  }
}
