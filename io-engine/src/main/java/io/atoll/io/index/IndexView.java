package io.atoll.io.index;

/**
 * An index to be read only. Every method may block: not for loops. Safe for many threads; a cursor
 * is one thread's. A failure of the device, or damage, is an {@link IndexException}.
 */
public interface IndexView extends AutoCloseable {

  /** The value of {@code key}, which is the caller's own, or null. */
  byte[] get(byte[] key);

  /** The entries with {@code from <= key < to}, in order. To be closed. */
  IndexCursor cursor(byte[] from, byte[] to);

  /** The sequence of the last batch applied, 0 for a new index. */
  long appliedSequence();

  @Override
  void close();
}
