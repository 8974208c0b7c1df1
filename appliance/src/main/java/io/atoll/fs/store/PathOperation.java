package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the names that lead to a directory: goes up, and looks in each directory for the name of
 * the one below, a page at a time.
 */
final class PathOperation extends Operation<List<byte[]>> {
  private static final int PAGE = 256;

  private final FileHandle handle;
  private final List<byte[]> path = new ArrayList<>();

  /** The one whose name is looked for. */
  private Inode at;

  PathOperation(Store store, FsCall call, FileHandle handle, FsCallback<List<byte[]>> callback) {
    super(store, call, callback);
    this.handle = handle;
  }

  @Override
  void attempt() {
    if (at == null) {
      pin(
          handle,
          inode -> {
            at = inode;
            attempt();
          });
    } else if (at.gone) {
      fail(FsStatus.STALE);
    } else if (!at.isDirectory()) {
      fail(FsStatus.NOT_DIRECTORY);
    } else if (at.parent == at.number) {
      succeed(List.copyOf(path));
    } else if (path.size() == StoreLimits.MAX_MOVE_DEPTH) {
      fail(FsStatus.NAME_TOO_LONG);
    } else {
      search(Keys.cookie(at.parent, 0), at.parent);
    }
  }

  private void search(byte[] from, long parent) {
    store.scan(
        from,
        Keys.cookie(parent, Long.MAX_VALUE),
        PAGE,
        entries -> step(() -> searched(entries, parent)),
        this::fail);
  }

  private void searched(List<Volume.Entry> entries, long parent) {
    if (at.gone || at.parent != parent) {
      fail(FsStatus.DELAY); // it moves while it is looked for
      return;
    }
    for (Volume.Entry entry : entries) {
      if (EntryCodec.inodeOf(entry.value()) == at.number) {
        path.addFirst(EntryCodec.nameOf(entry.value()));
        pinParent(at, above -> at = above);
        return;
      }
    }
    if (entries.size() < PAGE) {
      fail(FsStatus.NOT_FOUND);
    } else {
      search(Keys.after(entries.getLast().key()), parent);
    }
  }
}
