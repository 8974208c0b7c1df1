package io.atoll.fs.store;

import io.atoll.fs.DurableRecords;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.io.volume.Volume;
import java.util.ArrayList;
import java.util.List;

/** The protocol's records, under keys of their own. */
final class RecordMap implements DurableRecords {
  static final int VERSION = 1;
  private static final int MAX_KEY_BYTES = 1024;
  private static final int MAX_VALUE_BYTES = 4096;
  private static final int PAGE = 256;
  private static final byte[] END = {Keys.RECORD + 1};

  private final Store store;
  private final Volume volume;

  RecordMap(Store store) {
    this.store = store;
    volume = store.volume;
  }

  @Override
  public long put(byte[] key, byte[] value) {
    check(key);
    if (value.length > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "a record of " + value.length + " bytes; at most " + MAX_VALUE_BYTES + " are kept");
    }
    byte[] versioned = new byte[1 + value.length];
    versioned[0] = VERSION;
    System.arraycopy(value, 0, versioned, 1, value.length);
    return volume.append(volume.newMutation().put(Keys.record(key), versioned));
  }

  @Override
  public long remove(byte[] key) {
    check(key);
    return volume.append(volume.newMutation().delete(Keys.record(key)));
  }

  @Override
  public void all(FsCallback<List<Entry>> callback) {
    nextPage(new byte[] {Keys.RECORD}, new ArrayList<>(), new Once<>(callback));
  }

  private void nextPage(byte[] from, List<Entry> found, FsCallback<List<Entry>> callback) {
    store.scan(
        from,
        END,
        PAGE,
        entries -> {
          for (Volume.Entry entry : entries) {
            CorruptValueException.check("record", entry.value(), 1, VERSION);
            found.add(new Entry(tail(entry.key()), tail(entry.value())));
          }
          if (entries.size() < PAGE) {
            callback.done(FsStatus.OK, found);
          } else {
            nextPage(Keys.after(entries.get(PAGE - 1).key()), found, callback);
          }
        },
        status -> callback.done(status, null));
  }

  /** Tells the first end only: one that throws is met by the scan, which tells of that in turn. */
  private static final class Once<T> implements FsCallback<T> {
    private FsCallback<T> callback;

    Once(FsCallback<T> callback) {
      this.callback = callback;
    }

    @Override
    public void done(FsStatus status, T result) {
      FsCallback<T> told = callback;
      callback = null;
      if (told != null) {
        told.done(status, result);
      }
    }
  }

  private static byte[] tail(byte[] bytes) {
    byte[] rest = new byte[bytes.length - 1];
    System.arraycopy(bytes, 1, rest, 0, rest.length);
    return rest;
  }

  private static void check(byte[] key) {
    if (key.length < 1 || key.length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a record's key of " + key.length + " bytes; 1 to " + MAX_KEY_BYTES + " are allowed");
    }
  }
}
