package io.atoll.fs.check;

import io.atoll.fs.format.StoredKeys;
import io.atoll.io.index.IndexCursor;
import java.util.function.LongConsumer;

/**
 * Entries in the order of the inodes that they belong to, taken along a walk over the inodes in the
 * same order. Whatever belongs to no inode of the walk is told as stray, once for each number.
 */
final class Follower implements AutoCloseable {
  private final IndexCursor entries;
  private final int inodeAt;
  private final LongConsumer stray;
  private boolean started;
  private byte[] key;
  private long inode;

  /**
   * @param entries closed with this
   * @param inodeAt where the inode's number is in their keys
   */
  Follower(IndexCursor entries, int inodeAt, LongConsumer stray) {
    this.entries = entries;
    this.inodeAt = inodeAt;
    this.stray = stray;
  }

  /** Whether the next entry belongs to {@code number}; passes over those of smaller numbers. */
  boolean isAt(long number) {
    if (!started) {
      started = true;
      step();
    }
    while (key != null && inode < number) {
      passOver();
    }
    return key != null && inode == number;
  }

  /** Of the entry that {@link #isAt} found. */
  byte[] key() {
    return key;
  }

  /** Of the entry that {@link #isAt} found. */
  byte[] value() {
    return entries.value();
  }

  /** Goes on to the next entry. */
  void take() {
    step();
  }

  /** The walk has ended: what is left is stray. */
  void end() {
    isAt(Long.MIN_VALUE);
    while (key != null) {
      passOver();
    }
  }

  private void passOver() {
    long number = inode;
    stray.accept(number);
    while (key != null && inode == number) {
      step();
    }
  }

  private void step() {
    key = entries.next() ? entries.key() : null;
    inode = key == null || key.length < inodeAt + Long.BYTES ? -1 : StoredKeys.number(key, inodeAt);
  }

  @Override
  public void close() {
    entries.close();
  }
}
