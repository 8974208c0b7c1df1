package io.atoll.fs;

import java.util.List;

/**
 * A small durable map for a protocol's own needs, changed in the same log as the files. Confined to
 * the home loop. Keys are 1 to 1,024 bytes, values up to 4,096.
 */
public interface DurableRecords {

  /** Sets a value; the returned sequence says when it is durable. */
  long put(byte[] key, byte[] value);

  /** Removes a value, or does nothing; the returned sequence says when that is durable. */
  long remove(byte[] key);

  /** All entries, in the order of their keys. */
  void all(FsCallback<List<Entry>> callback);

  /** A key and its value. */
  record Entry(byte[] key, byte[] value) {}
}
