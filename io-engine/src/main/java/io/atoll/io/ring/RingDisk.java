package io.atoll.io.ring;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.FileNames;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.OpenedDisk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.loop.VertxLoop;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;

/** A directory whose files are read and written by their loop's own ring. Loop-confined. */
public final class RingDisk implements Disk {

  private final StorageFacts facts;
  private final IoCounters counters;
  private final RingOperations operations;
  private int root = SlotTable.NONE;
  private boolean closing;

  private RingDisk(VertxLoop loop, StorageFacts facts) {
    this.facts = facts;
    this.counters = new IoCounters();
    this.operations =
        new RingOperations(
            loop, counters, facts.alignmentBytes(), facts.device().durableWriteFlushes());
  }

  /**
   * Opens the directory that {@code facts} were found of. Called on {@code loop}, which must be one
   * of {@link AtollTransport}.
   */
  public static void open(VertxLoop loop, StorageFacts facts, OpenedDisk opened) {
    RingDisk disk = new RingDisk(loop, facts);
    Future<IoRegistration> registration = loop.eventLoop().register(disk.operations);
    if (!registration.isSuccess()) {
      throw new IllegalStateException(loop + " takes no disk", registration.cause());
    }
    disk.operations.registeredAs(registration.getNow());
    disk.openRoot(opened);
  }

  private void openRoot(OpenedDisk opened) {
    NativeNames names = new NativeNames();
    operations.metadata(
        RingOpcode.OPENAT,
        LinuxAbi.AT_FDCWD,
        0,
        names.address(facts.directory().toString()),
        0,
        LinuxAbi.O_RDONLY | LinuxAbi.O_DIRECTORY | LinuxAbi.O_CLOEXEC,
        (none, result) -> {
          names.close();
          if (result < 0) {
            operations.close();
            opened.opened(null, result);
          } else {
            root = result;
            operations.owned().own(root);
            opened.opened(this, 0);
          }
        });
  }

  @Override
  public int alignmentBytes() {
    return facts.alignmentBytes();
  }

  @Override
  public void open(String name, OpenMode mode, OpenedFile opened) {
    checkOpen();
    new RingOpening(
            operations,
            facts,
            root,
            name,
            mode,
            (file, result) -> {
              if (result == 0 && mode == OpenMode.CREATE_NEW) {
                counters.countNameChange();
              }
              opened.opened(file, result);
            })
        .start();
  }

  @Override
  public DiskFile share(DiskFile file) {
    checkOpen();
    RingFile shared = ((RingFile) file).on(operations);
    operations.owned().own(shared);
    return shared;
  }

  @Override
  public void rename(String name, String target, IoCompletion completion, long cookie) {
    checkOpen();
    String from = FileNames.folderOf(FileNames.check(name));
    String to = FileNames.folderOf(FileNames.check(target));
    NativeNames names = new NativeNames();
    operations.metadata(
        RingOpcode.RENAMEAT,
        root,
        names.address(target),
        names.address(name),
        root,
        0,
        (none, result) -> {
          names.close();
          if (result < 0) {
            completion.completed(cookie, result);
          } else {
            syncFolders(from, to, completion, cookie);
          }
        });
  }

  @Override
  public void remove(String name, IoCompletion completion, long cookie) {
    checkOpen();
    String folder = FileNames.folderOf(FileNames.check(name));
    NativeNames names = new NativeNames();
    operations.metadata(
        RingOpcode.UNLINKAT,
        root,
        0,
        names.address(name),
        0,
        0,
        (none, result) -> {
          names.close();
          if (result < 0) {
            completion.completed(cookie, result);
          } else {
            syncFolders(folder, folder, completion, cookie);
          }
        });
  }

  /** The target's folder first: a crash between the two may show both names, never none. */
  private void syncFolders(String first, String last, IoCompletion completion, long cookie) {
    FolderSync.start(
        operations,
        root,
        last,
        (none, result) -> {
          if (result < 0 || first.equals(last)) {
            changed(completion, cookie, result);
          } else {
            FolderSync.start(
                operations, root, first, (ignored, end) -> changed(completion, cookie, end));
          }
        });
  }

  private void changed(IoCompletion completion, long cookie, int result) {
    if (result >= 0) {
      counters.countNameChange();
    }
    completion.completed(cookie, Math.min(result, 0));
  }

  @Override
  public int operationsInFlight() {
    return operations.operationsInFlight();
  }

  @Override
  public IoCounters counters() {
    return counters;
  }

  @Override
  public void close(IoCompletion completion, long cookie) {
    checkOpen();
    closing = true;
    closeFilesThenRoot(completion, cookie);
  }

  /** Once more if an opening that was under way has brought a further file. */
  private void closeFilesThenRoot(IoCompletion completion, long cookie) {
    for (RingFile file : new ArrayList<>(operations.owned().files())) {
      if (!file.isClosing()) {
        file.close((none, result) -> {}, 0);
      }
    }
    operations.whenIdle(() -> {
      if (operations.owned().files().isEmpty()) {
        closeRoot(completion, cookie);
      } else {
        closeFilesThenRoot(completion, cookie);
      }
    });
  }

  private void closeRoot(IoCompletion completion, long cookie) {
    operations.owned().own(SlotTable.NONE);
    operations.closeDescriptor(
        root,
        (none, result) -> {
          operations.close();
          completion.completed(cookie, result);
        });
  }

  private void checkOpen() {
    if (closing) {
      throw new IllegalStateException(this + " is closed");
    }
  }

  @Override
  public String toString() {
    return "RingDisk[" + facts.directory() + "]";
  }
}
