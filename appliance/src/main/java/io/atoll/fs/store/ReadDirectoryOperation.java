package io.atoll.fs.store;

import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.DirectoryEnd;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.List;

/** Shows a directory's entries by pages, each as it is at one moment. */
final class ReadDirectoryOperation extends Operation<DirectoryEnd> {
  private final FileHandle handle;
  private final DirectoryVisitor visitor;
  private long cookie;
  private Inode directory;

  /** The objects of the page being shown, where attributes are wanted. */
  private Inode[] inodes;

  private int loading;
  private FsStatus loaded;

  ReadDirectoryOperation(
      Store store,
      FsCall call,
      FileHandle handle,
      long cookie,
      DirectoryVisitor visitor,
      FsCallback<DirectoryEnd> callback) {
    super(store, call, callback);
    this.handle = handle;
    this.cookie = cookie;
    this.visitor = visitor;
  }

  @Override
  void attempt() {
    pin(
        handle,
        inode -> {
          directory = inode;
          FsStatus status = check();
          if (status != FsStatus.OK) {
            fail(status);
          } else {
            nextPage();
          }
        });
  }

  private FsStatus check() {
    if (directory.gone) {
      return FsStatus.STALE;
    }
    if (!directory.isDirectory()) {
      return FsStatus.NOT_DIRECTORY;
    }
    if (!Permissions.may(directory, call.principal(), Permissions.READ)) {
      return FsStatus.ACCESS_DENIED;
    }
    boolean given = cookie >= DirectoryVisitor.FIRST_COOKIE && cookie < directory.nextCookie;
    return cookie == 0 || given ? FsStatus.OK : FsStatus.BAD_COOKIE;
  }

  private void nextPage() {
    store.volume.scan(
        Keys.cookie(directory.number, cookie + 1),
        Keys.cookie(directory.number, Long.MAX_VALUE),
        StoreLimits.DIRECTORY_PAGE_ENTRIES,
        this::scanned);
  }

  private void scanned(VolumeStatus status, List<Volume.Entry> entries) {
    if (status != VolumeStatus.OK) {
      fail(Store.status(status));
    } else if (visitor.wantsAttributes()) {
      loadInodes(entries);
    } else {
      show(entries);
    }
  }

  private void loadInodes(List<Volume.Entry> entries) {
    inodes = new Inode[entries.size()];
    loaded = FsStatus.OK;
    // One more than the entries, so that objects that come at once don't show the page too early.
    loading = inodes.length + 1;
    for (int i = 0; i < inodes.length; i++) {
      int index = i;
      EntryCodec.checkByCookie(entries.get(i).value());
      store.inodes.pin(
          EntryCodec.inodeOf(entries.get(i).value()),
          0,
          null,
          (status, inode) -> {
            inodes[index] = inode;
            loaded(status, entries);
          });
    }
    loaded(FsStatus.OK, entries);
  }

  private void loaded(FsStatus status, List<Volume.Entry> entries) {
    if (status != FsStatus.OK) {
      loaded = status;
    }
    if (--loading > 0) {
      return;
    }
    FsStatus all = loaded;
    if (all == FsStatus.OK) {
      show(entries);
      return;
    }
    unpinPage();
    fail(all);
  }

  private void show(List<Volume.Entry> entries) {
    boolean wanted = offer(entries);
    unpinPage();
    if (!wanted) {
      succeed(new DirectoryEnd(false));
    } else if (entries.size() < StoreLimits.DIRECTORY_PAGE_ENTRIES) {
      succeed(new DirectoryEnd(true));
    } else {
      store.loop.execute(this::nextPage);
    }
  }

  private boolean offer(List<Volume.Entry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      byte[] value = entries.get(i).value();
      EntryCodec.checkByCookie(value);
      Inode inode = inodes == null ? null : inodes[i];
      long entryCookie = Keys.cookieOf(entries.get(i).key());
      if (inodes != null && (inode == null || inode.gone)) {
        cookie = entryCookie; // removed since the page was taken
        continue;
      }
      if (inode != null) {
        call.dependsOn(inode.lastSequence);
      }
      if (!visitor.entry(
          entryCookie,
          EntryCodec.nameOf(value),
          EntryCodec.inodeOf(value),
          inode == null ? null : inode.attributes())) {
        return false;
      }
      cookie = entryCookie;
    }
    return true;
  }

  private void unpinPage() {
    if (inodes != null) {
      for (Inode inode : inodes) {
        if (inode != null) {
          store.inodes.unpin(inode);
        }
      }
      inodes = null;
    }
  }
}
