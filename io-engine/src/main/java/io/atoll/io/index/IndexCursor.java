package io.atoll.io.index;

/** Entries in order, one at a time; stands before the first. Confined to one thread. */
public interface IndexCursor extends AutoCloseable {

  /**
   * Goes to the next entry; false if there is none.
   *
   * @throws IndexException if it can't be read
   */
  boolean next();

  /** Of the entry that {@link #next} went to; the reader's own. */
  byte[] key();

  /** Of the entry that {@link #next} went to; the reader's own. */
  byte[] value();

  @Override
  void close();
}
