package io.atoll.io.ring;

import io.atoll.io.disk.Disk.OpenMode;
import io.atoll.io.disk.Disk.OpenedFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileClaim;
import io.atoll.io.disk.FileNames;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Statx;
import java.lang.foreign.MemorySegment;

/**
 * The opening of one file: open, claim, ask for its length and alignment, and for a new one sync it
 * and its folder; where folders are missing, make them first. Loop-confined.
 */
final class RingOpening {

  private final RingOperations operations;
  private final StorageFacts facts;
  private final int root;
  private final String name;
  private final OpenMode mode;
  private final OpenedFile opened;
  private final NativeNames names = new NativeNames();
  private final MemorySegment statx = names.statx();
  private boolean foldersMade;
  private FileClaim claim;
  private int fd = SlotTable.NONE;

  RingOpening(
      RingOperations operations,
      StorageFacts facts,
      int root,
      String name,
      OpenMode mode,
      OpenedFile opened) {
    this.operations = operations;
    this.facts = facts;
    this.root = root;
    this.name = FileNames.check(name);
    this.mode = mode;
    this.opened = opened;
  }

  void start() {
    int creation = mode == OpenMode.CREATE_NEW ? LinuxAbi.O_CREAT | LinuxAbi.O_EXCL : 0;
    operations.metadata(
        RingOpcode.OPENAT,
        root,
        0,
        names.address(name),
        LinuxAbi.FILE_MODE,
        LinuxAbi.O_RDWR | facts.openFlags() | creation,
        this::onOpened);
  }

  private void onOpened(long none, int result) {
    if (result == -Errno.ENOENT && mode == OpenMode.CREATE_NEW && !foldersMade) {
      foldersMade = true;
      makeFolder(0);
    } else if (result < 0) {
      fail(result);
    } else {
      fd = result;
      claim = FileClaim.toWrite(name, fd);
      claim();
    }
  }

  private void claim() {
    int result = claim.attempt();
    if (result == -Errno.EAGAIN) {
      long pause = names.timespec(0, FileClaim.RETRY_NANOS);
      operations.metadata(RingOpcode.TIMEOUT, SlotTable.NONE, 0, pause, 1, 0, this::onPaused);
    } else if (result < 0) {
      fail(result);
    } else {
      operations.metadata(
          RingOpcode.STATX,
          fd,
          statx.address(),
          names.address(""),
          StorageFacts.FILE_MASK,
          LinuxAbi.AT_EMPTY_PATH,
          this::onStat);
    }
  }

  private void onPaused(long none, int result) {
    if (result == -Errno.ETIME) {
      claim();
    } else {
      fail(Math.min(result, -Errno.EIO));
    }
  }

  /**
   * Makes the folder that ends at the first slash at or after {@code from}, then the ones below.
   */
  private void makeFolder(int from) {
    int slash = name.indexOf('/', from);
    if (slash < 0) {
      start();
      return;
    }
    String folder = name.substring(0, slash);
    operations.metadata(
        RingOpcode.MKDIRAT,
        root,
        0,
        names.address(folder),
        LinuxAbi.FOLDER_MODE,
        0,
        (none, result) -> {
          if (result == -Errno.EEXIST) {
            makeFolder(slash + 1);
          } else if (result < 0) {
            fail(result);
          } else {
            FolderSync.start(
                operations,
                root,
                FileNames.folderOf(folder),
                (ignored, synced) -> {
                  if (synced < 0) {
                    fail(synced);
                  } else {
                    makeFolder(slash + 1);
                  }
                });
          }
        });
  }

  private void onStat(long none, int result) {
    if (result < 0) {
      fail(result);
    } else if (facts.check(statx) < 0) {
      fail(facts.check(statx));
    } else if (mode == OpenMode.CREATE_NEW) {
      operations.metadata(RingOpcode.FSYNC, fd, 0, 0, 0, 0, this::onFileSynced);
    } else {
      succeed();
    }
  }

  private void onFileSynced(long none, int result) {
    if (result < 0) {
      fail(result);
      return;
    }
    FolderSync.start(
        operations,
        root,
        FileNames.folderOf(name),
        (ignored, synced) -> {
          if (synced < 0) {
            fail(synced);
          } else {
            succeed();
          }
        });
  }

  private void succeed() {
    long lengthBytes = Statx.sizeBytes(statx);
    names.close();
    RingFile file = new RingFile(operations, name, fd, facts.alignmentBytes(), lengthBytes);
    operations.owned().own(file);
    opened.opened(file, 0);
  }

  private void fail(int result) {
    names.close();
    if (fd < 0) {
      opened.opened(null, result);
    } else {
      operations.closeDescriptor(fd, (none, closed) -> opened.opened(null, result));
    }
  }
}
