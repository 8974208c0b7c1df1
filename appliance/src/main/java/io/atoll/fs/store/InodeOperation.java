package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import java.util.function.Consumer;

/** An operation that needs one inode and nothing else. */
final class InodeOperation<R> extends Operation<R> {
  private final FileHandle handle;
  private final Consumer<Step<R>> act;

  /**
   * @param act what to do with the inode; must answer in the same step
   */
  InodeOperation(
      Store store, FsCall call, FileHandle handle, FsCallback<R> callback, Consumer<Step<R>> act) {
    super(store, call, callback);
    this.handle = handle;
    this.act = act;
  }

  /** The moment of acting. */
  record Step<R>(Inode inode, InodeOperation<R> operation) {
    void succeed(R result) {
      operation.succeed(result);
    }

    void fail(FsStatus status) {
      operation.fail(status);
    }
  }

  @Override
  void attempt() {
    pin(
        handle,
        inode -> {
          if (inode.gone) {
            fail(FsStatus.STALE);
          } else {
            act.accept(new Step<>(inode, this));
          }
        });
  }
}
