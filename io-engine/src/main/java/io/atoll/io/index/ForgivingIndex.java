package io.atoll.io.index;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * What can be read of an index that is damaged: where a block of a table can't be read, the walk
 * goes on behind it, and what was passed over is told. Blocks; a cursor is one thread's.
 */
public final class ForgivingIndex implements IndexView {

  /** Of a key, as many bytes are looked at to find where what is readable begins again. */
  private static final int KEY_BYTES = 24;

  private static final BigInteger KEYS = BigInteger.ONE.shiftLeft(KEY_BYTES * Byte.SIZE);

  private final IndexView damaged;
  private final Loss loss;

  /**
   * @param damaged closed with this
   */
  public ForgivingIndex(IndexView damaged, Loss loss) {
    this.damaged = damaged;
    this.loss = loss;
  }

  /** Null also if it can't be read. */
  @Override
  public byte[] get(byte[] key) {
    try {
      return damaged.get(key);
    } catch (IndexException e) {
      loss.lost(key, key, e.getMessage());
      return null;
    }
  }

  @Override
  public IndexCursor cursor(byte[] from, byte[] to) {
    return new Forgiving(from, to);
  }

  @Override
  public long appliedSequence() {
    return damaged.appliedSequence();
  }

  @Override
  public void close() {
    damaged.close();
  }

  /** Told what could not be read. */
  @FunctionalInterface
  public interface Loss {
    /**
     * @param from the last key before, or where the walk began
     * @param to where the walk goes on
     */
    void lost(byte[] from, byte[] to, String why);
  }

  private final class Forgiving implements IndexCursor {
    private final byte[] to;
    private byte[] at;
    private IndexCursor entries;

    Forgiving(byte[] from, byte[] to) {
      this.to = to;
      at = from;
      entries = damaged.cursor(from, to);
    }

    @Override
    public boolean next() {
      while (Arrays.compareUnsigned(at, to) < 0) {
        try {
          boolean more = entries.next();
          if (more) {
            at = entries.key();
          }
          return more;
        } catch (IndexException e) {
          byte[] from = at;
          entries.close();
          at = readableAfter(from);
          loss.lost(from, at, e.getMessage());
          entries = damaged.cursor(at, to);
        }
      }
      return false;
    }

    /** Doubles the distance until something can be read, then halves it back to the border. */
    private byte[] readableAfter(byte[] key) {
      BigInteger bad = number(key);
      BigInteger end = number(to);
      BigInteger step = BigInteger.ONE;
      BigInteger good = bad.add(step);
      while (good.compareTo(end) < 0 && !isReadable(good)) {
        bad = good;
        step = step.shiftLeft(1);
        good = bad.add(step);
      }
      if (good.compareTo(end) > 0) {
        good = end;
      }
      while (good.subtract(bad).compareTo(BigInteger.ONE) > 0) {
        BigInteger middle = good.add(bad).shiftRight(1);
        if (isReadable(middle)) {
          good = middle;
        } else {
          bad = middle;
        }
      }
      return keyOf(good);
    }

    private boolean isReadable(BigInteger number) {
      try (IndexCursor probe = damaged.cursor(keyOf(number), to)) {
        probe.next();
        return true;
      } catch (IndexException e) {
        return false;
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

  private static BigInteger number(byte[] key) {
    return new BigInteger(1, Arrays.copyOf(key, KEY_BYTES));
  }

  private static byte[] keyOf(BigInteger number) {
    byte[] bytes = number.min(KEYS.subtract(BigInteger.ONE)).toByteArray();
    byte[] key = new byte[KEY_BYTES];
    int from = Math.max(0, bytes.length - KEY_BYTES);
    System.arraycopy(bytes, from, key, KEY_BYTES - (bytes.length - from), bytes.length - from);
    return key;
  }
}
