package io.atoll.fs.check;

import io.atoll.fs.format.PathText;
import io.atoll.fs.format.StoredEntry;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.check.Scratch;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.Index;
import io.atoll.io.index.IndexCursor;
import io.atoll.io.index.IndexException;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.index.ScratchException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * All names sorted by what they name, in a scratch index: how many names an object has, and by
 * which path it is found. Filled by one thread; then any may look up.
 */
final class NameTable implements AutoCloseable {
  /** Where the directory's number stands in a key, behind the object's. */
  private static final int DIRECTORY_AT = 9;

  private static final int COOKIE_AT = 17;
  private static final int KEY_BYTES = 25;
  private static final byte NAME = 'N';
  private static final int BATCH_NAMES = 4096;

  /** Where a path is cut off: the directories may form a circle. */
  private static final int MAX_DEPTH = 4096;

  private final VolumeImage volume;
  private final RocksDbIndex names;
  private Index.Batch batch;
  private int inBatch;

  NameTable(VolumeImage volume, Scratch scratch) {
    this.volume = volume;
    names = scratch.index("names");
    batch = names.newBatch();
  }

  void add(StoredEntry entry) {
    byte[] key =
        ByteBuffer.allocate(KEY_BYTES)
            .put(NAME)
            .putLong(entry.inode())
            .putLong(entry.directory())
            .putLong(entry.cookie())
            .array();
    batch.put(key, new byte[] {(byte) entry.type().code()});
    if (++inBatch == BATCH_NAMES) {
      applyBatch();
    }
  }

  /** All names are in. */
  void complete() {
    applyBatch();
  }

  private void applyBatch() {
    try {
      names.apply(batch, 0);
    } catch (IndexException e) {
      throw new ScratchException("names can't be kept: " + e.getMessage(), e);
    }
    batch.close();
    batch = names.newBatch();
    inBatch = 0;
  }

  /** All names in the order of what they name; keys for {@link #directoryOf}. */
  IndexCursor cursor() {
    return names.cursor(new byte[] {NAME}, new byte[] {NAME + 1});
  }

  static long directoryOf(byte[] key) {
    return StoredKeys.number(key, DIRECTORY_AT);
  }

  /** "/a/b (inode 7)", or only the inode if no name leads to it. */
  String placeOf(long inode) {
    String path = pathOf(inode);
    return path == null ? "inode " + inode : path + " (inode " + inode + ")";
  }

  /** A path from the root to the object, or null if there is none. */
  String pathOf(long inode) {
    StringBuilder path = new StringBuilder();
    long at = inode;
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
      if (at == StoredKeys.ROOT_INODE) {
        return path.isEmpty() ? "/" : path.toString();
      }
      byte[] key = firstNameOf(at);
      if (key == null) {
        return null;
      }
      path.insert(0, "/" + nameOf(key));
      at = directoryOf(key);
    }
    return null;
  }

  private byte[] firstNameOf(long inode) {
    byte[] from = ByteBuffer.allocate(DIRECTORY_AT).put(NAME).putLong(inode).array();
    byte[] to = ByteBuffer.allocate(DIRECTORY_AT).put(NAME).putLong(inode + 1).array();
    try (IndexCursor found = names.cursor(from, to)) {
      return found.next() ? found.key() : null;
    }
  }

  private String nameOf(byte[] key) {
    byte[] byCookie =
        volume.get(StoredKeys.cookie(directoryOf(key), StoredKeys.number(key, COOKIE_AT)));
    return byCookie == null || byCookie.length <= StoredEntry.BY_COOKIE_BYTES
        ? "?"
        : PathText.of(Arrays.copyOfRange(byCookie, StoredEntry.BY_COOKIE_BYTES, byCookie.length));
  }

  @Override
  public void close() {
    batch.close();
    names.close();
  }
}
