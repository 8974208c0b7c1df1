package io.atoll.io.index;

import java.nio.ByteBuffer;

/**
 * An ordered map of byte strings that is the checkpoint of a log: it takes batches in the order of
 * the log, remembers the sequence of the last one in the same atomic step, keeps them in memory,
 * and writes them out at its own pace or when told to. A crash takes it back to a whole number of
 * batches: those up to {@link #flushedSequence()} or a few more, never a part of one.
 *
 * <p>Every method may block: workers only. One caller applies at a time; reads may come from many.
 * Keys order as unsigned bytes, are not empty, and do not begin with a zero byte: those are the
 * index's own. Applying, reading and flushing may run at the same time. A failure of the device is
 * an {@link IndexException}.
 */
public interface Index extends AutoCloseable {

  /** The value of {@code key}, which is the caller's own, or null. */
  byte[] get(byte[] key);

  /** Visits the entries with {@code from <= key < to} in order until told to stop. */
  void scan(byte[] from, byte[] to, Visitor visitor);

  /**
   * As {@link #scan}, but gives up before it has stepped over very many deleted entries in a row,
   * so that it takes a bounded time for each that it shows. What it has not shown then is not told.
   *
   * @return false if it gave up
   */
  default boolean scanBriefly(byte[] from, byte[] to, Visitor visitor) {
    scan(from, to, visitor);
    return true;
  }

  /** Applies {@code batch} as one atomic step that also sets {@link #appliedSequence()}. */
  void apply(Batch batch, long sequence);

  /** The sequence of the last batch applied, 0 for a new index. */
  long appliedSequence();

  /** The sequence up to which all batches would survive a crash now. */
  long flushedSequence();

  /** Writes out all that was applied before the call. */
  void flush();

  /**
   * Whether the disk has little room: then it is kept so that it can become shorter in what there
   * is, even if it takes changes more slowly.
   */
  default void roomIsScarce(boolean isScarce) {}

  @Override
  void close();

  /**
   * Changes that are applied together; within one batch the last word on a key counts. To be closed
   * by whoever asked for it, applied or not.
   */
  interface Batch extends AutoCloseable {
    void put(byte[] key, byte[] value);

    /** As {@link #put(byte[], byte[])}, of what remains in two direct buffers. */
    void put(ByteBuffer key, ByteBuffer value);

    /** Removes the key that remains in a direct buffer. */
    void delete(ByteBuffer key);

    default void delete(byte[] key) {
      delete(ByteBuffer.allocateDirect(key.length).put(key).flip());
    }

    @Override
    default void close() {}
  }

  /** Where batches are gathered: the index's own kind. */
  Batch newBatch();

  /** Sees entries in order. The arrays are the visitor's own. */
  @FunctionalInterface
  interface Visitor {
    /** Whether to go on. */
    boolean visit(byte[] key, byte[] value);
  }
}
