package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * An operation on names or attributes. {@link #attempt} looks whether all that is needed is pinned
 * and agrees; if not it starts one load, which attempts again; if so it acts, in that same step,
 * and answers. The answer depends on every object that was pinned.
 *
 * @param <R> the answer's type
 */
abstract class Operation<R> {
  final Store store;
  final FsCall call;
  private final FsCallback<R> callback;
  private final List<Cached> pinned = new ArrayList<>(6);
  private boolean ended;

  Operation(Store store, FsCall call, FsCallback<R> callback) {
    this.store = store;
    this.call = call;
    this.callback = callback;
  }

  /** Starts an operation that only looks. */
  final void startReading() {
    step(this::attempt);
  }

  /** Starts an operation that appends a record, when there is room for it. */
  final void startChanging() {
    store.whenRoom(status -> {
      if (status == FsStatus.OK) {
        step(this::attempt);
      } else {
        fail(status);
      }
    });
  }

  abstract void attempt();

  /**
   * Goes on with the operation. Whatever calls it back goes through here, so that an exception ends
   * the operation instead of leaving it without an end.
   */
  final void step(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      fail(store.defect(getClass().getSimpleName(), e));
    }
  }

  /** What else to give back after the answer. */
  void cleanUp() {}

  final void succeed(R result) {
    finish(FsStatus.OK, result);
  }

  final void fail(FsStatus status) {
    finish(status, null);
  }

  private void finish(FsStatus status, R result) {
    if (ended) {
      return;
    }
    ended = true;
    for (Cached object : pinned) {
      call.dependsOn(object.lastSequence);
    }
    try {
      callback.done(status, result);
    } catch (RuntimeException e) {
      store.defect("what follows a " + getClass().getSimpleName(), e);
    }
    cleanUp();
    pinned.forEach(store::unpin);
    pinned.clear();
  }

  /** Pins the object of a handle, or fails with STALE. */
  final void pin(FileHandle handle, Consumer<Inode> then) {
    store.inodes.pin(
        handle.inode(),
        0,
        null,
        (status, inode) -> {
          if (inode != null) {
            pinned.add(inode);
          } else {
            call.dependsOn(store.inodes.departedSequence());
          }
          if (status != FsStatus.OK) {
            fail(status);
          } else if (inode == null || inode.generation != handle.generation()) {
            fail(FsStatus.STALE);
          } else {
            step(() -> then.accept(inode));
          }
        });
  }

  /** Pins a name, whether it is there or not, and attempts again. */
  final void pinEntry(Inode directory, byte[] name, Consumer<DirectoryEntry> keep) {
    store.entries.pin(directory.number, 0, name, (status, entry) -> pinned(status, entry, keep));
  }

  /**
   * Pins what {@code entry} names and attempts again; the entry may name something else by then.
   */
  final void pinNamed(DirectoryEntry entry, Consumer<Inode> keep) {
    pinNumber(entry.inode, () -> entry.inode, keep);
  }

  /** Pins the directory above {@code directory} and attempts again; it may have moved by then. */
  final void pinParent(Inode directory, Consumer<Inode> keep) {
    pinNumber(directory.parent, () -> directory.gone ? 0 : directory.parent, keep);
  }

  /**
   * Goes from a directory up to the root, or to another that is met on the way; further than {@code
   * maxSteps} the path is too long. Others may change the way meanwhile, unless they are kept from
   * it.
   *
   * @param lookedFor the number of the other one; 0 for none
   * @param then told whether that was met
   */
  final void walkUp(Inode from, long lookedFor, int maxSteps, Consumer<Boolean> then) {
    walkUp(from, from.number, from.parent, lookedFor, maxSteps, then);
  }

  private void walkUp(
      Inode from, long number, long parent, long lookedFor, int stepsLeft, Consumer<Boolean> then) {
    if (number == lookedFor || number == parent) {
      then.accept(number == lookedFor);
      return;
    }
    if (stepsLeft == 0) {
      fail(FsStatus.NAME_TOO_LONG);
      return;
    }
    store.inodes.pin(
        parent,
        0,
        null,
        (status, above) -> {
          if (status != FsStatus.OK) {
            fail(status);
          } else if (above == null) {
            // It was removed meanwhile; if not, the map is damaged.
            fail(from.gone ? FsStatus.STALE : FsStatus.IO_ERROR);
          } else {
            long next = above.parent;
            call.dependsOn(above.lastSequence);
            store.inodes.unpin(above);
            store.loop.execute(
                () -> step(() -> walkUp(from, parent, next, lookedFor, stepsLeft - 1, then)));
          }
        });
  }

  final void pinChunk(long inode, long chunk, Consumer<ChunkMap> keep) {
    store.chunks.pin(inode, chunk, null, (status, map) -> pinned(status, map, keep));
  }

  final void pinContent(Inode inode, Consumer<SmallContent> keep) {
    store.contents.pin(
        inode.number,
        0,
        null,
        (status, content) -> {
          if (status == FsStatus.OK && content == null) {
            if (inode.hasSmallContent()) {
              fail(FsStatus.IO_ERROR); // an object without its content: the map is damaged
            } else {
              step(this::attempt); // gone meanwhile
            }
          } else {
            pinned(status, content, keep);
          }
        });
  }

  /** For objects that entered the cache pinned. */
  final void keep(Cached object) {
    pinned.add(object);
  }

  /** Lets go of an object that turned out not to be the one needed; null is none. */
  final void unpin(Cached object) {
    if (object != null) {
      pinned.remove(object);
      store.unpin(object);
    }
  }

  private void pinNumber(long number, LongSupplier wanted, Consumer<Inode> keep) {
    store.inodes.pin(
        number,
        0,
        null,
        (status, inode) -> {
          if (status == FsStatus.OK && inode == null) {
            if (wanted.getAsLong() == number) {
              fail(FsStatus.IO_ERROR); // a name without its inode: the map is damaged
            } else {
              step(this::attempt);
            }
          } else {
            pinned(status, inode, keep);
          }
        });
  }

  private <T extends Cached> void pinned(FsStatus status, T object, Consumer<T> keep) {
    if (status != FsStatus.OK) {
      fail(status);
      return;
    }
    pinned.add(object);
    step(() -> {
      keep.accept(object);
      attempt();
    });
  }
}
