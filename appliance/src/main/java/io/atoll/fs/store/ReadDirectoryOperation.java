package io.atoll.fs.store;

import io.atoll.fs.DirectoryVisitor;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.DirectoryEnd;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.List;

/** Shows a directory's entries by pages, each as it is at one moment. */
final class ReadDirectoryOperation extends Operation<DirectoryEnd> {
  private final FileHandle handle;
  private final DirectoryVisitor visitor;
  private long cookie;
  private Inode directory;

  private DirectoryPage page;

  /** How many entries of the page the visitor has seen, or did not want. */
  private int shown;

  /** The objects of the next ones, where attributes are wanted. */
  private Inode[] inodes;

  /** Which of these can't be read, or are missing though they are named: the map is damaged. */
  private boolean[] damaged;

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
    long from = directory.pastRemoved(cookie + 1);
    DirectoryPage known = store.directoryPages.find(directory, from);
    if (known != null) {
      begin(known, from);
      return;
    }
    store.scan(
        Keys.cookie(directory.number, from),
        Keys.cookie(directory.number, Long.MAX_VALUE),
        StoreLimits.DIRECTORY_PAGE_ENTRIES,
        entries -> scanned(from, entries),
        this::fail);
  }

  private void scanned(long from, List<Volume.Entry> entries) {
    boolean last = entries.size() < StoreLimits.DIRECTORY_PAGE_ENTRIES;
    DirectoryPage found = DirectoryPage.decode(directory, from, last, entries);
    long next = from;
    for (int i = 0; i < found.entries(); i++) {
      directory.noCookies(next, found.cookie(i));
      next = found.cookie(i) + 1;
    }
    if (last) {
      directory.noCookies(next, directory.nextCookie);
    }
    store.directoryPages.add(found);
    begin(found, from);
  }

  private void begin(DirectoryPage newPage, long from) {
    page = newPage;
    shown = page.firstFrom(from);
    nextBatch();
  }

  /** The next entries of the page: all of them, or as many as inodes are loaded at once. */
  private void nextBatch() {
    if (shown == page.entries()) {
      pageShown();
    } else if (visitor.wantsAttributes()) {
      loadInodes(Math.min(page.entries() - shown, StoreLimits.DIRECTORY_LOAD_INODES));
    } else {
      show(page.entries() - shown);
    }
  }

  private void loadInodes(int count) {
    Inode[] batch = new Inode[count];
    inodes = batch;
    damaged = new boolean[count];
    loaded = FsStatus.OK;
    // One more than the entries, so that objects that come at once don't show the batch too early.
    loading = count + 1;
    for (int i = 0; i < count; i++) {
      int index = i;
      store.inodes.pin(
          page.inode(shown + i),
          0,
          null,
          (status, inode) -> {
            if (!isCurrent(batch)) {
              if (inode != null) {
                store.inodes.unpin(inode); // the operation has ended in between
              }
            } else if (status == FsStatus.OK && inode == null) {
              lookAgain(index);
            } else {
              batch[index] = inode;
              damaged[index] = status == FsStatus.IO_ERROR;
              loaded(status == FsStatus.IO_ERROR ? FsStatus.OK : status);
            }
          });
    }
    loaded(FsStatus.OK);
  }

  /**
   * Tells an entry that was removed since the page was taken, with its object, from one whose
   * object is lost: that one is still there.
   */
  private void lookAgain(int index) {
    Inode[] batch = inodes;
    store.volume.get(
        Keys.cookie(directory.number, page.cookie(shown + index)),
        (status, value) -> {
          if (isCurrent(batch)) {
            damaged[index] = value != null;
            loaded(Store.status(status));
          }
        });
  }

  @SuppressWarnings("ReferenceEquality") // that very batch
  private boolean isCurrent(Inode[] batch) {
    return inodes == batch;
  }

  private void loaded(FsStatus status) {
    if (status != FsStatus.OK) {
      loaded = status;
    }
    if (--loading > 0) {
      return;
    }
    if (loaded == FsStatus.OK) {
      step(() -> show(inodes.length));
    } else {
      fail(loaded);
    }
  }

  private void show(int count) {
    boolean wanted = offer(count);
    unpinBatch();
    if (wanted) {
      shown += count;
      nextBatch();
    } else {
      succeed(new DirectoryEnd(false));
    }
  }

  private void pageShown() {
    if (page.isLast()) {
      succeed(new DirectoryEnd(true));
    } else {
      store.loop.execute(() -> step(this::nextPage));
    }
  }

  private boolean offer(int count) {
    for (int i = 0; i < count; i++) {
      Inode inode = inodes == null ? null : inodes[i];
      long entryCookie = page.cookie(shown + i);
      boolean isRemoved = inode == null ? inodes != null && !damaged[i] : inode.gone;
      if (isRemoved) { // since the page was taken
        cookie = entryCookie;
        continue;
      }
      if (inode != null) {
        call.dependsOn(inode.lastSequence);
      }
      if (!visitor.entry(
          entryCookie,
          page.name(shown + i),
          page.inode(shown + i),
          inode == null ? null : inode.attributes())) {
        return false;
      }
      cookie = entryCookie;
    }
    return true;
  }

  private void unpinBatch() {
    if (inodes != null) {
      for (Inode inode : inodes) {
        if (inode != null) {
          store.inodes.unpin(inode);
        }
      }
      inodes = null;
    }
  }

  @Override
  void cleanUp() {
    unpinBatch();
  }
}
