package io.atoll.fs.salvage;

import io.atoll.io.index.Index;
import io.atoll.io.index.IndexCursor;
import io.atoll.io.index.IndexException;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.index.ScratchException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a salvage has decided so far, in a scratch index. For each name its object and its
 * directory, both ways; for each object kept, its parent. A cursor sees the table as it was when it
 * was opened. All throw a {@link ScratchException} if there is no room. Confined to one thread.
 */
final class Table implements AutoCloseable {
  /** In place of a parent, of what is no directory. */
  static final long NO_DIRECTORY = -1;

  private static final byte BY_DIRECTORY = 'B';
  private static final byte BY_OBJECT = 'N';
  private static final byte PARENT = 'P';
  private static final int INODE_KEY_BYTES = 9;
  private static final int NAME_AT = 9;
  private static final int NAME_BEHIND_DIRECTORY_AT = 17;
  private static final int MAX_BATCH = 4096;

  private final RocksDbIndex index;
  private Index.Batch batch;
  private int inBatch;

  Table(RocksDbIndex index) {
    this.index = index;
    batch = index.newBatch();
  }

  /** A name of an object, in a directory. */
  record Name(long directory, byte[] name, long inode, byte type) {}

  void addName(Name name) {
    put(
        byDirectory(name.directory(), name.name()),
        ByteBuffer.allocate(Long.BYTES + 1).putLong(name.inode()).put(name.type()).array());
    put(byObject(name), new byte[] {name.type()});
  }

  void dropName(Name name) {
    delete(byDirectory(name.directory(), name.name()));
    delete(byObject(name));
  }

  boolean hasName(long directory, byte[] name) {
    return get(byDirectory(directory, name)) != null;
  }

  /** Keeps an object; as a directory unless {@code parent} is {@link #NO_DIRECTORY}. */
  void keep(long inode, long parent) {
    put(numbered(PARENT, inode), ByteBuffer.allocate(Long.BYTES).putLong(parent).array());
  }

  /** The parent of a directory that is kept, {@link #NO_DIRECTORY}, or null if it is not kept. */
  Long parentOf(long inode) {
    byte[] value = get(numbered(PARENT, inode));
    return value == null ? null : ByteBuffer.wrap(value).getLong();
  }

  /** All objects that are kept, in the order of their numbers; {@link #inodeOf} their keys. */
  IndexCursor kept() {
    return cursor(new byte[] {PARENT}, new byte[] {PARENT + 1});
  }

  /** All names, directory by directory; {@link #nameByDirectory} of each entry. */
  IndexCursor names() {
    return cursor(new byte[] {BY_DIRECTORY}, new byte[] {BY_DIRECTORY + 1});
  }

  /** The names in one directory. */
  IndexCursor namesIn(long directory) {
    return cursor(numbered(BY_DIRECTORY, directory), numbered(BY_DIRECTORY, directory + 1));
  }

  /** The names of all objects, in the order of these; {@link #nameByObject} of each entry. */
  IndexCursor namesByObject() {
    return cursor(new byte[] {BY_OBJECT}, new byte[] {BY_OBJECT + 1});
  }

  /** The names of one object. */
  IndexCursor namesOf(long inode) {
    return cursor(numbered(BY_OBJECT, inode), numbered(BY_OBJECT, inode + 1));
  }

  static long inodeOf(byte[] key) {
    return ByteBuffer.wrap(key).getLong(1);
  }

  static long parentIn(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  static Name nameByDirectory(IndexCursor entry) {
    ByteBuffer value = ByteBuffer.wrap(entry.value());
    return new Name(inodeOf(entry.key()), tail(entry.key(), NAME_AT), value.getLong(), value.get());
  }

  static Name nameByObject(IndexCursor entry) {
    byte[] key = entry.key();
    return new Name(
        ByteBuffer.wrap(key).getLong(NAME_AT),
        tail(key, NAME_BEHIND_DIRECTORY_AT),
        inodeOf(key),
        entry.value()[0]);
  }

  private static byte[] tail(byte[] key, int from) {
    return Arrays.copyOfRange(key, from, key.length);
  }

  private static byte[] byDirectory(long directory, byte[] name) {
    return ByteBuffer.allocate(NAME_AT + name.length)
        .put(BY_DIRECTORY)
        .putLong(directory)
        .put(name)
        .array();
  }

  private static byte[] byObject(Name name) {
    return ByteBuffer.allocate(NAME_BEHIND_DIRECTORY_AT + name.name().length)
        .put(BY_OBJECT)
        .putLong(name.inode())
        .putLong(name.directory())
        .put(name.name())
        .array();
  }

  private static byte[] numbered(byte kind, long number) {
    return ByteBuffer.allocate(INODE_KEY_BYTES).put(kind).putLong(number).array();
  }

  private void put(byte[] key, byte[] value) {
    batch.put(key, value);
    applyIfFull();
  }

  private void delete(byte[] key) {
    batch.delete(key);
    applyIfFull();
  }

  private byte[] get(byte[] key) {
    apply();
    try {
      return index.get(key);
    } catch (IndexException e) {
      throw failed(e);
    }
  }

  private IndexCursor cursor(byte[] from, byte[] to) {
    apply();
    return new ScratchCursor(index.cursor(from, to));
  }

  private void applyIfFull() {
    if (++inBatch == MAX_BATCH) {
      apply();
    }
  }

  private void apply() {
    if (inBatch > 0) {
      try {
        index.apply(batch, 0);
      } catch (IndexException e) {
        throw failed(e);
      }
      batch.close();
      batch = index.newBatch();
      inBatch = 0;
    }
  }

  private static ScratchException failed(IndexException e) {
    return new ScratchException("what was decided can't be kept: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    batch.close();
    index.close();
  }

  /** A cursor whose failure says nothing of the store that is salvaged. */
  private record ScratchCursor(IndexCursor entries) implements IndexCursor {
    @Override
    public boolean next() {
      try {
        return entries.next();
      } catch (IndexException e) {
        throw failed(e);
      }
    }

    @Override
    public byte[] key() {
      return entries.key();
    }

    @Override
    public byte[] value() {
      return entries.value();
    }

    @Override
    public void close() {
      entries.close();
    }
  }
}
