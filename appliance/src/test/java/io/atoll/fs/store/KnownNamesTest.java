package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a name is known to be absent without a look at the map. */
class KnownNamesTest {
  private static final int FILES = 20;

  private final TestFs fs = new TestFs(11);
  private final FileHandle root = fs.root();

  @AfterEach
  void nothingIsWrongOrLeft() {
    fs.check();
  }

  private long gets() {
    return fs.volume.gets;
  }

  private void fill(FileHandle directory) {
    for (int i = 0; i < FILES; i++) {
      fs.file(directory, "file " + i);
    }
  }

  @Test
  void newDirectoryIsFilledWithoutALookAtTheMap() {
    FileHandle directory = fs.mkdir(root, "d");
    long before = gets();
    fill(directory);
    assertEquals(FsStatus.NOT_FOUND, fs.lookup(directory, "other").status());
    assertEquals(before, gets());
  }

  @Test
  void directoryWhoseNamesAreNotCachedIsLookedUp() {
    FileHandle directory = fs.mkdir(root, "d");
    fill(directory);
    fs.reopen();
    fs.fs.graceEnded();
    long before = gets();
    assertEquals(FsStatus.NOT_FOUND, fs.lookup(directory, "other").status());
    assertEquals(before + 2, gets(), "the directory and the name");
  }

  @Test
  void directoryIsKnownAgainWhenAllItsNamesHaveBeenLookedUp() {
    FileHandle directory = fs.mkdir(root, "d");
    fill(directory);
    fs.reopen();
    fs.fs.graceEnded();
    for (int i = 0; i < FILES; i++) {
      fs.lookup(directory, "file " + i).ok();
    }
    fs.remove(directory, "file 3").ok();
    long before = gets();
    assertEquals(FsStatus.NOT_FOUND, fs.lookup(directory, "other").status());
    assertEquals(FsStatus.NOT_FOUND, fs.lookup(directory, "file 3").status());
    assertEquals(before, gets());
    assertEquals(FILES - 1, fs.list(directory).size());
  }
}
