package io.atoll.fs.store;

import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;

/** Reads the quotas of a file system that is opened. */
final class QuotaLoading {
  private static final int PAGE = 256;

  private final Store store;
  private final Quotas quotas;
  private final Int2ObjectHashMap<QuotaTree> trees = new Int2ObjectHashMap<>();
  private final Int2ObjectHashMap<Integer> outers = new Int2ObjectHashMap<>();

  QuotaLoading(Store store, Quotas quotas) {
    this.store = store;
    this.quotas = quotas;
  }

  /**
   * @param then told OK when all are there, or why they can't be had
   */
  void start(Consumer<FsStatus> then) {
    store.volume.get(
        Keys.FILE_SYSTEM_QUOTA,
        (status, value) -> {
          if (status != VolumeStatus.OK) {
            then.accept(Store.status(status));
            return;
          }
          try {
            if (value != null) {
              quotas.take(QuotaCodec.decodeFileSystem(value));
            }
          } catch (CorruptValueException e) {
            then.accept(store.defect("reading quotas", e));
            return;
          }
          loadFrom(Keys.quotaTree(QuotaTree.NONE), then);
        });
  }

  private void loadFrom(byte[] from, Consumer<FsStatus> then) {
    store.scan(
        from,
        new byte[] {Keys.QUOTA, Keys.QUOTA_TREE + 1},
        PAGE,
        entries -> {
          take(entries);
          if (entries.size() == PAGE) {
            loadFrom(Keys.after(entries.getLast().key()), then);
          } else {
            nest();
            then.accept(FsStatus.OK);
          }
        },
        then);
  }

  private void take(List<Volume.Entry> entries) {
    for (Volume.Entry entry : entries) {
      int number = BigEndian.getInt(entry.key(), Keys.QUOTA_NUMBER_AT);
      QuotaTree tree = QuotaCodec.decodeTree(number, entry.value());
      trees.put(number, tree);
      outers.put(number, Integer.valueOf(QuotaCodec.outerOf(entry.value())));
      quotas.add(tree);
    }
  }

  private void nest() {
    for (QuotaTree tree : trees.values()) {
      int outer = outers.get(tree.number);
      tree.outer = trees.get(outer);
      if (outer != QuotaTree.NONE && tree.outer == null) {
        throw new CorruptValueException(
            "quota tree " + tree.number + " lies in tree " + outer + ", which is not there");
      }
    }
    for (QuotaTree tree : trees.values()) {
      QuotaTree at = tree;
      for (int steps = 0; at != null; steps++) {
        if (steps > trees.size()) {
          throw new CorruptValueException("quota tree " + tree.number + " lies in itself");
        }
        at = at.outer;
      }
    }
  }
}
