package io.atoll.io.index;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * An index that takes batches while what lies below it stays as it is: changes go to a scratch
 * index on top, and what is read is the newer of both. So a log can be replayed over an index that
 * must not be changed. Blocks; one thread applies, many may read.
 */
public final class LayeredIndex implements Index, IndexView {

  private static final byte DELETED = 0;
  private static final byte PRESENT = 1;

  private final IndexView base;
  private final RocksDbIndex changes;
  private volatile long applied;

  /**
   * @param base closed with this
   * @param changes empty; closed with this
   */
  public LayeredIndex(IndexView base, RocksDbIndex changes) {
    this.base = base;
    this.changes = changes;
    applied = base.appliedSequence();
  }

  @Override
  public byte[] get(byte[] key) {
    byte[] changed = ofScratch(() -> changes.get(key));
    return changed == null ? base.get(key) : valueIn(changed);
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    try (IndexCursor entries = cursor(from, to)) {
      boolean more = true;
      while (more && entries.next()) {
        more = visitor.visit(entries.key(), entries.value());
      }
    }
  }

  @Override
  public IndexCursor cursor(byte[] from, byte[] to) {
    IndexCursor below = base.cursor(from, to);
    try {
      return new LayeredCursor(below, ofScratch(() -> changes.cursor(from, to)));
    } catch (ScratchException e) {
      below.close();
      throw e;
    }
  }

  @Override
  public Batch newBatch() {
    return new LayeredBatch(changes.newBatch());
  }

  @Override
  public void apply(Batch batch, long sequence) {
    ofScratch(() -> {
      changes.apply(((LayeredBatch) batch).marked, sequence);
      return null;
    });
    applied = sequence;
  }

  @Override
  public long appliedSequence() {
    return applied;
  }

  /** Nothing of it is meant to survive. */
  @Override
  public long flushedSequence() {
    return base.appliedSequence();
  }

  @Override
  public void flush() {
    ofScratch(() -> {
      changes.flush();
      return null;
    });
  }

  @Override
  public void close() {
    changes.close();
    base.close();
  }

  /** What fails of the upper layer is the scratch disk's fault: nothing is wrong below. */
  private static <T> T ofScratch(Supplier<T> access) {
    try {
      return access.get();
    } catch (IndexException e) {
      throw new ScratchException("the scratch index failed: " + e.getMessage(), e);
    }
  }

  private static byte[] valueIn(byte[] changed) {
    return changed[0] == DELETED ? null : Arrays.copyOfRange(changed, 1, changed.length);
  }

  /** Puts a mark before each value, so that a deletion is an entry. */
  private record LayeredBatch(Batch marked) implements Batch {
    @Override
    public void put(byte[] key, byte[] value) {
      byte[] changed = new byte[value.length + 1];
      changed[0] = PRESENT;
      System.arraycopy(value, 0, changed, 1, value.length);
      marked.put(key, changed);
    }

    @Override
    public void put(ByteBuffer key, ByteBuffer value) {
      byte[] changed = new byte[value.remaining() + 1];
      changed[0] = PRESENT;
      value.get(changed, 1, changed.length - 1);
      marked.put(remaining(key), changed);
    }

    @Override
    public void delete(ByteBuffer key) {
      marked.put(remaining(key), new byte[] {DELETED});
    }

    private static byte[] remaining(ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    }

    @Override
    public void close() {
      marked.close();
    }
  }

  /** Both layers in order; where both have a key, the upper one counts. */
  private static final class LayeredCursor implements IndexCursor {
    private final IndexCursor below;
    private final IndexCursor above;
    private byte[] belowKey;
    private byte[] aboveKey;
    private boolean started;
    private byte[] key;
    private byte[] value;

    LayeredCursor(IndexCursor below, IndexCursor above) {
      this.below = below;
      this.above = above;
    }

    @Override
    public boolean next() {
      if (!started) {
        started = true;
        stepBelow();
        stepAbove();
      }
      while (belowKey != null || aboveKey != null) {
        int order = order();
        key = order < 0 ? belowKey : aboveKey;
        value = order < 0 ? below.value() : valueIn(above.value());
        if (order <= 0) {
          stepBelow();
        }
        if (order >= 0) {
          stepAbove();
        }
        if (value != null) {
          return true;
        }
      }
      return false;
    }

    private int order() {
      if (belowKey == null) {
        return 1;
      }
      return aboveKey == null ? -1 : Arrays.compareUnsigned(belowKey, aboveKey);
    }

    private void stepBelow() {
      belowKey = below.next() ? below.key() : null;
    }

    private void stepAbove() {
      aboveKey = ofScratch(above::next) ? above.key() : null;
    }

    @Override
    public byte[] key() {
      return key;
    }

    @Override
    public byte[] value() {
      return value;
    }

    @Override
    public void close() {
      below.close();
      above.close();
    }
  }
}
