package io.atoll.fs.store;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsQuotas;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import java.util.ArrayList;
import java.util.List;

/** The store's quotas as others set and see them. */
final class StoreQuotas implements FsQuotas {
  private final Store store;
  private final FileHandle root;

  StoreQuotas(Store store, FileHandle root) {
    this.store = store;
    this.root = root;
  }

  @Override
  public void set(
      FsCall call, FileHandle directory, QuotaLimits limits, FsCallback<Quota> callback) {
    new InodeOperation<>(store, call, directory, callback, step -> set(step, call, limits))
        .startChanging();
  }

  private void set(InodeOperation.Step<Quota> step, FsCall call, QuotaLimits limits) {
    Inode directory = step.inode();
    FsStatus status = directory.isDirectory() ? store.room() : FsStatus.NOT_DIRECTORY;
    if (status == FsStatus.OK && !isRoot(directory) && !store.quotas.hasRoomFor(directory)) {
      status = FsStatus.TOO_MANY_QUOTAS;
    }
    if (status != FsStatus.OK) {
      step.fail(status);
      return;
    }
    Change change = store.change();
    if (isRoot(directory)) {
      store.quotas.limitAll(limits, change);
      change.append(call);
      step.succeed(own());
    } else {
      QuotaTree tree = store.quotas.limit(directory, limits, change);
      change.append(call);
      step.succeed(tree.quota());
      store.quotas.count();
    }
  }

  @Override
  public void remove(FsCall call, FileHandle directory, FsCallback<Void> callback) {
    new InodeOperation<>(store, call, directory, callback, step -> remove(step, call))
        .startChanging();
  }

  private void remove(InodeOperation.Step<Void> step, FsCall call) {
    Inode directory = step.inode();
    QuotaTree tree = store.quotas.of(directory);
    if (isRoot(directory) ? !hasOwn() : tree == null) {
      step.fail(FsStatus.NOT_FOUND);
      return;
    }
    Change change = store.change();
    if (isRoot(directory)) {
      store.quotas.limitAll(QuotaLimits.UNLIMITED, change);
    } else {
      store.quotas.lift(directory, tree, change);
    }
    change.append(call);
    step.succeed(null);
    store.quotas.count();
  }

  @Override
  public void get(FsCall call, FileHandle directory, FsCallback<Quota> callback) {
    new InodeOperation<>(store, call, directory, callback, this::get).startReading();
  }

  private void get(InodeOperation.Step<Quota> step) {
    QuotaTree tree = store.quotas.of(step.inode());
    Quota quota =
        isRoot(step.inode()) ? (hasOwn() ? own() : null) : (tree == null ? null : tree.quota());
    if (quota == null) {
      step.fail(FsStatus.NOT_FOUND);
    } else {
      step.succeed(quota);
    }
  }

  @Override
  public List<Quota> all() {
    List<Quota> all = new ArrayList<>();
    if (hasOwn()) {
      all.add(own());
    }
    store.quotas.all().forEach(tree -> all.add(tree.quota()));
    return all;
  }

  @Override
  public int maxQuotas() {
    return StoreLimits.MAX_QUOTA_TREES;
  }

  @Override
  public int maxNested() {
    return StoreLimits.MAX_NESTED_QUOTAS;
  }

  private boolean isRoot(Inode directory) {
    return directory.number == root.inode();
  }

  private boolean hasOwn() {
    return !store.quotas.ownLimits().equals(QuotaLimits.UNLIMITED);
  }

  /** The file system's, whether it limits anything or not. */
  private Quota own() {
    long objects = store.numbers.objects();
    return new Quota(
        root,
        store.quotas.ownLimits(),
        QuotaTree.bytes(objects, store.quotas.ownBlocks()),
        objects,
        Quota.State.IN_FORCE);
  }
}
