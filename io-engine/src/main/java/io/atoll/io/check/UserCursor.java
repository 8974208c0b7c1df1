package io.atoll.io.check;

import io.atoll.io.index.IndexCursor;
import io.atoll.io.volume.IndexKeys;

/** Entries of a volume's map under the keys that its user gave them. */
record UserCursor(IndexCursor entries) implements IndexCursor {

  @Override
  public boolean next() {
    return entries.next();
  }

  @Override
  public byte[] key() {
    return IndexKeys.userKey(entries.key());
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
