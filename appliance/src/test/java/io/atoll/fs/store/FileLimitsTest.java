package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileType;
import io.atoll.fs.FsStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each limit answers at its bound and one beyond, when it is set and as it is by default. */
class FileLimitsTest {
  private static final int NAME = 10;
  private static final int SYMLINK = 20;
  private static final int LINKS = 4;
  private static final int FILE = 10_000;
  private static final int DEPTH = 3;

  private final TestFs fs = new TestFs(71);

  private void limit() {
    set(new FileLimits(NAME, SYMLINK, LINKS, FILE, DEPTH));
  }

  private void set(FileLimits limits) {
    fs.loop.runUntilIdle();
    fs.fs = fs.open(StoreSettings.withLimits(limits));
    fs.fs.graceEnded();
  }

  @AfterEach
  void staysSound() {
    fs.check();
  }

  private FsStatus create(FileHandle directory, String name, FileType type) {
    return fs.create(
            TestFs.ROOT,
            directory,
            name,
            TestFs.request(type, Disposition.GUARDED, TestFs.mode(0755)))
        .status();
  }

  private void namesEndAt(int bytes) {
    String longest = "n".repeat(bytes);
    String longer = longest + "n";
    assertEquals(FsStatus.NAME_TOO_LONG, create(fs.root(), longer, FileType.REGULAR));
    assertEquals(FsStatus.NAME_TOO_LONG, create(fs.root(), longer, FileType.DIRECTORY));
    assertEquals(FsStatus.OK, create(fs.root(), longest, FileType.REGULAR));
    FileHandle file = fs.lookup(fs.root(), longest).ok().handle();
    assertEquals(FsStatus.NAME_TOO_LONG, fs.link(file, fs.root(), longer).status());
    assertEquals(FsStatus.NAME_TOO_LONG, fs.rename(fs.root(), longest, fs.root(), longer).status());
    String other = "m".repeat(bytes);
    fs.link(file, fs.root(), other).ok();
    fs.remove(fs.root(), other).ok();
    fs.rename(fs.root(), longest, fs.root(), other).ok();
  }

  @Test
  void namesEndAtTheirLimit() {
    limit();
    namesEndAt(NAME);
  }

  @Test
  void namesEndAtTheFormatsLimitByDefault() {
    namesEndAt(255);
  }

  @Test
  void aNameThatIsThereIsKeptWhenTheLimitFalls() {
    String name = "n".repeat(NAME + 1);
    FileHandle file = fs.file(fs.root(), name);
    limit();
    assertEquals(file, fs.lookup(fs.root(), name).ok().handle());
    fs.remove(fs.root(), name).ok();
  }

  private void symlinksEndAt(int bytes) {
    String target = "t".repeat(bytes);
    assertEquals(FsStatus.NAME_TOO_LONG, fs.symlink(fs.root(), "s", target + "t").status());
    FileHandle symlink = fs.symlink(fs.root(), "s", target).ok().attributes().handle();
    assertArrayEquals(TestFs.bytes(target), fs.readLink(symlink).ok());
  }

  @Test
  void targetsOfSymlinksEndAtTheirLimit() {
    limit();
    symlinksEndAt(SYMLINK);
  }

  @Test
  void targetsOfSymlinksEndAtPathMaxByDefault() {
    symlinksEndAt(4095);
  }

  @Test
  void linksOfAFileEndAtTheirLimit() {
    limit();
    FileHandle file = fs.file(fs.root(), "f");
    for (int i = 1; i < LINKS; i++) {
      fs.link(file, fs.root(), "l" + i).ok();
    }
    assertEquals(LINKS, fs.stat(file).links());
    assertEquals(FsStatus.TOO_MANY_LINKS, fs.link(file, fs.root(), "one").status());
    fs.remove(fs.root(), "l1").ok();
    fs.link(file, fs.root(), "one").ok();
  }

  @Test
  void subdirectoriesEndAtTheLimitOfLinks() {
    limit();
    FileHandle parent = fs.mkdir(fs.root(), "p");
    fs.mkdir(parent, "1");
    fs.mkdir(parent, "2");
    assertEquals(LINKS, fs.stat(parent).links());
    assertEquals(FsStatus.TOO_MANY_LINKS, create(parent, "3", FileType.DIRECTORY));
    fs.mkdir(fs.root(), "moved");
    assertEquals(FsStatus.TOO_MANY_LINKS, fs.rename(fs.root(), "moved", parent, "moved").status());
    assertEquals(FsStatus.OK, create(parent, "file", FileType.REGULAR));
    fs.remove(parent, "1").ok();
    fs.rename(fs.root(), "moved", parent, "moved").ok();
  }

  @Test
  void filesEndAtTheirLimit() {
    limit();
    FileHandle file = fs.file(fs.root(), "f");
    fs.write(file, FILE - 1, new byte[] {7}).ok();
    assertEquals(FILE, fs.stat(file).sizeBytes());
    assertEquals(FsStatus.FILE_TOO_LARGE, fs.write(file, FILE - 1, new byte[2]).status());
    assertEquals(FsStatus.FILE_TOO_LARGE, fs.write(file, FILE, new byte[1]).status());
    assertEquals(FILE, fs.stat(file).sizeBytes());
    assertEquals(
        FsStatus.FILE_TOO_LARGE, fs.set(TestFs.ROOT, file, TestFs.size(FILE + 1)).status());
    fs.truncate(file, FILE);
    assertEquals(
        FsStatus.FILE_TOO_LARGE,
        fs.create(
                TestFs.ROOT,
                fs.root(),
                "g",
                TestFs.request(FileType.REGULAR, Disposition.GUARDED, TestFs.size(FILE + 1)))
            .status());
  }

  @Test
  void directoriesEndAtTheirDepth() {
    limit();
    FileHandle first = fs.mkdir(fs.root(), "1");
    FileHandle second = fs.mkdir(first, "2");
    FileHandle third = fs.mkdir(second, "3");
    assertEquals(FsStatus.NAME_TOO_LONG, create(third, "4", FileType.DIRECTORY));
    assertEquals(FsStatus.OK, create(third, "file", FileType.REGULAR));
    fs.mkdir(fs.root(), "m");
    assertEquals(FsStatus.NAME_TOO_LONG, fs.rename(fs.root(), "m", third, "m").status());
    fs.rename(fs.root(), "m", second, "m").ok();
    fs.rename(second, "m", second, "n").ok();
    assertEquals(FsStatus.EXISTS, create(second, "3", FileType.DIRECTORY));
  }

  @Test
  void directoriesHaveNoDepthByDefault() {
    FileHandle at = fs.root();
    for (int depth = 0; depth < 1_500; depth++) {
      at = fs.mkdir(at, "d");
    }
    assertEquals(FsStatus.OK, create(at, "file", FileType.REGULAR));
  }

  @Test
  void limitsBeyondWhatFormatsBearAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new FileLimits(256, 1, 2, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new FileLimits(1, 4096, 2, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new FileLimits(1, 1, 2, Long.MAX_VALUE, 0));
    assertThrows(IllegalArgumentException.class, () -> new FileLimits(0, 1, 2, 0, 0));
  }
}
