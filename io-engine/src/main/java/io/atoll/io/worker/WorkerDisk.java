package io.atoll.io.worker;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileClaim;
import io.atoll.io.disk.FileNames;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.OpenedDisk;
import io.atoll.io.disk.OperationShares.Share;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Statx;
import io.atoll.io.linux.Syscalls;
import io.atoll.io.loop.Loop;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A directory whose files are read and written by worker threads, where io_uring is forbidden.
 * Loop-confined. Calls the C library, not {@code FileChannel}, which tells no errno and allocates
 * no space.
 *
 * <p>When the loop has shut down, ends of operations are not told any more; those with a worker are
 * still carried out, and the end of the workers closes the files.
 */
public final class WorkerDisk implements Disk {

  private final StorageFacts facts;
  private final int root;
  private final DiskWorkers workers;
  private final IoCounters counters = new IoCounters();
  private final WorkerOperations operations;
  private final List<WorkerFile> files = new ArrayList<>();
  private boolean closing;

  private WorkerDisk(Loop loop, DiskWorkers workers, StorageFacts facts, int root) {
    this.facts = facts;
    this.root = root;
    this.workers = workers;
    this.operations = new WorkerOperations(loop, workers, counters);
  }

  /** Opens the directory that {@code facts} were found of. Called on {@code loop}. */
  public static void open(Loop loop, DiskWorkers workers, StorageFacts facts, OpenedDisk opened) {
    workers
        .transfers()
        .run(
            loop,
            () -> workers.own(openFolder(LinuxAbi.AT_FDCWD, facts.directory().toString())),
            (root, failure) -> {
              if (failure != null) {
                opened.opened(null, -Errno.EAGAIN);
              } else if (root < 0) {
                opened.opened(null, root);
              } else {
                opened.opened(new WorkerDisk(loop, workers, facts, root), 0);
              }
            });
  }

  @Override
  public int alignmentBytes() {
    return facts.alignmentBytes();
  }

  boolean durableWriteFlushes() {
    return facts.device().durableWriteFlushes();
  }

  @Override
  public void open(String name, OpenMode mode, OpenedFile opened) {
    checkOpen();
    FileNames.check(name);
    OpenResult result = new OpenResult();
    IoCompletion completion =
        (none, errno) -> {
          if (errno < 0) {
            opened.opened(null, errno);
            return;
          }
          if (mode == OpenMode.CREATE_NEW) {
            counters.countNameChange();
          }
          WorkerFile file = new WorkerFile(this, operations, name, result.fd, result.lengthBytes);
          files.add(file);
          opened.opened(file, 0);
        };
    run(() -> openFile(name, mode, result), completion, 0);
  }

  /** What a worker found; read by the loop once the worker is done. */
  private static final class OpenResult {
    private int fd;
    private long lengthBytes;
  }

  private int openFile(String name, OpenMode mode, OpenResult result) {
    boolean create = mode == OpenMode.CREATE_NEW;
    int flags =
        LinuxAbi.O_RDWR | facts.openFlags() | (create ? LinuxAbi.O_CREAT | LinuxAbi.O_EXCL : 0);
    int fd = Syscalls.openat(root, name, flags, LinuxAbi.FILE_MODE);
    if (fd == -Errno.ENOENT && create) {
      int made = makeFolders(name);
      fd = made < 0 ? made : Syscalls.openat(root, name, flags, LinuxAbi.FILE_MODE);
    }
    if (fd < 0) {
      return fd;
    }
    int end = FileClaim.toWrite(name, fd).await();
    end = end < 0 ? end : stat(fd, result);
    if (end == 0 && create) {
      end = Syscalls.fsync(fd);
      end = end < 0 ? end : syncFolder(FileNames.folderOf(name));
    }
    if (end < 0) {
      Syscalls.close(fd);
    } else {
      result.fd = workers.own(fd);
    }
    return end;
  }

  private int stat(int fd, OpenResult result) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statx = arena.allocate(Statx.BYTES, Statx.ALIGNMENT_BYTES);
      int end = Syscalls.statx(fd, StorageFacts.FILE_MASK, statx);
      result.lengthBytes = Statx.sizeBytes(statx);
      return end < 0 ? end : facts.check(statx);
    }
  }

  private int makeFolders(String name) {
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      String folder = name.substring(0, slash);
      int made = Syscalls.mkdirat(root, folder, LinuxAbi.FOLDER_MODE);
      if (made == 0) {
        made = syncFolder(FileNames.folderOf(folder));
      }
      if (made < 0 && made != -Errno.EEXIST) {
        return made;
      }
    }
    return 0;
  }

  private int syncFolder(String folder) {
    int fd = openFolder(root, folder);
    if (fd < 0) {
      return fd;
    }
    int result = Syscalls.fsync(fd);
    Syscalls.close(fd);
    return result;
  }

  private static int openFolder(int parent, String path) {
    return Syscalls.openat(
        parent, path, LinuxAbi.O_RDONLY | LinuxAbi.O_DIRECTORY | LinuxAbi.O_CLOEXEC, 0);
  }

  @Override
  public DiskFile share(DiskFile file) {
    checkOpen();
    WorkerFile shared = ((WorkerFile) file).on(this, operations);
    workers.own(shared.descriptor());
    files.add(shared);
    return shared;
  }

  @Override
  public void rename(String name, String target, IoCompletion completion, long cookie) {
    checkOpen();
    String from = FileNames.folderOf(FileNames.check(name));
    String to = FileNames.folderOf(FileNames.check(target));
    Callable<Integer> call =
        () -> {
          int result = Syscalls.renameat(root, name, target);
          result = result < 0 ? result : syncFolder(to);
          return result < 0 || from.equals(to) ? result : syncFolder(from);
        };
    run(call, counted(completion), cookie);
  }

  @Override
  public void remove(String name, IoCompletion completion, long cookie) {
    checkOpen();
    String folder = FileNames.folderOf(FileNames.check(name));
    Callable<Integer> call =
        () -> {
          int result = Syscalls.unlinkat(root, name);
          return result < 0 ? result : syncFolder(folder);
        };
    run(call, counted(completion), cookie);
  }

  private IoCompletion counted(IoCompletion completion) {
    return (cookie, result) -> {
      if (result >= 0) {
        counters.countNameChange();
      }
      completion.completed(cookie, result);
    };
  }

  private void run(Callable<Integer> call, IoCompletion completion, long cookie) {
    if (operations.begin(Share.NAMES, completion, cookie)) {
      operations.run(
          Share.NAMES, call, result -> operations.end(Share.NAMES, completion, cookie, result));
    }
  }

  @Override
  public IoCounters counters() {
    return counters;
  }

  /** Closes a file's descriptor. On a worker. */
  int closeDescriptor(int descriptor) {
    return workers.closeOwned(descriptor);
  }

  void closed(WorkerFile file) {
    files.remove(file);
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    checkOpen();
    closing = true;
    closeFilesThenRoot(completion, cookie);
  }

  /** Once more if an opening that was under way has brought a further file. */
  private void closeFilesThenRoot(IoCompletion completion, long cookie) {
    for (WorkerFile file : new ArrayList<>(files)) {
      if (!file.isClosing()) {
        file.close((none, result) -> {}, 0);
      }
    }
    operations.whenIdle(() -> {
      if (files.isEmpty()) {
        run(() -> workers.closeOwned(root), completion, cookie);
      } else {
        closeFilesThenRoot(completion, cookie);
      }
    });
  }

  private void checkOpen() {
    if (closing) {
      throw new IllegalStateException(this + " is closed");
    }
  }

  @Override
  public String toString() {
    return "WorkerDisk[" + facts.directory() + "]";
  }
}
