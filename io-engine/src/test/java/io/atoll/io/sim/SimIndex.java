package io.atoll.io.sim;

import io.atoll.io.index.Index;
import io.atoll.io.index.IndexException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** An index in memory whose disk is a {@link Store}: a crash takes it back to what is in there. */
public final class SimIndex implements Index {
  /**
   * Spreads the numbers of brief scans: of sixteen, three give up, before their first entry or so.
   */
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  private static final int LUCK_SHIFT = 28;
  private static final int GIVING_UP = 3;

  private final Store store;
  private boolean closed;

  private SimIndex(Store store) {
    this.store = store;
  }

  @Override
  public byte[] get(byte[] key) {
    checkOpen();
    store.faults.meet(Call.GET);
    byte[] value = store.live.get(key);
    return value == null ? null : value.clone();
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    checkOpen();
    store.faults.meet(Call.SCAN);
    if (Arrays.compareUnsigned(from, to) >= 0) {
      return;
    }
    for (Map.Entry<byte[], byte[]> entry :
        List.copyOf(store.live.subMap(from, true, to, false).entrySet())) {
      if (!visitor.visit(entry.getKey().clone(), entry.getValue().clone())) {
        return;
      }
    }
  }

  /** Gives up now and then, whatever is in its way. */
  @Override
  public boolean scanBriefly(byte[] from, byte[] to, Visitor visitor) {
    int luck = (store.briefScans++ * GOLDEN_RATIO) >>> LUCK_SHIFT;
    int[] left = {luck < GIVING_UP ? luck : Integer.MAX_VALUE};
    boolean[] gaveUp = new boolean[1];
    scan(
        from,
        to,
        (key, value) -> {
          gaveUp[0] = left[0]-- == 0;
          return !gaveUp[0] && visitor.visit(key, value);
        });
    return !gaveUp[0];
  }

  @Override
  public void apply(Batch batch, long sequence) {
    checkOpen();
    store.faults.meet(Call.APPLY);
    SimBatch ours = (SimBatch) batch;
    ours.sequence = sequence;
    ours.applyTo(store.live);
    store.unflushed.add(ours);
    store.appliedSequence = sequence;
  }

  @Override
  public long appliedSequence() {
    return store.appliedSequence;
  }

  @Override
  public long flushedSequence() {
    return store.flushedSequence;
  }

  @Override
  public void flush() {
    checkOpen();
    store.faults.meet(Call.FLUSH);
    store.flush(store.unflushed.size());
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public Batch newBatch() {
    return new SimBatch();
  }

  private void checkOpen() {
    if (closed) {
      throw new IndexException("the index is closed", null);
    }
  }

  /** What survives the process. */
  public static final class Store {
    private final NavigableMap<byte[], byte[]> durable = new TreeMap<>(Arrays::compareUnsigned);
    private final NavigableMap<byte[], byte[]> live = new TreeMap<>(Arrays::compareUnsigned);
    private final List<SimBatch> unflushed = new ArrayList<>();
    private long appliedSequence;
    private long flushedSequence;
    private int briefScans;
    private Faults faults = Faults.NONE;

    /** What befalls it from now on. */
    public void faults(Faults newFaults) {
      faults = newFaults;
    }

    public SimIndex open(boolean fresh) {
      faults.meet(Call.OPEN);
      if (fresh) {
        durable.clear();
        live.clear();
        unflushed.clear();
        appliedSequence = 0;
        flushedSequence = 0;
      }
      return new SimIndex(this);
    }

    /** What the index shows: not to be changed. */
    public NavigableMap<byte[], byte[]> entries() {
      return live;
    }

    public long appliedSequence() {
      return appliedSequence;
    }

    /** Back to the last flush, or to any batch after it. */
    public void crash(SplittableRandom random) {
      faults = Faults.NONE;
      flush(random.nextBoolean() ? 0 : random.nextInt(unflushed.size() + 1));
      loseUnflushed();
    }

    /** Back to the last flush, by bad luck. */
    public void loseUnflushed() {
      unflushed.clear();
      live.clear();
      live.putAll(durable);
      appliedSequence = flushedSequence;
    }

    private void flush(int batches) {
      for (SimBatch batch : unflushed.subList(0, batches)) {
        batch.applyTo(durable);
        flushedSequence = batch.sequence;
      }
      unflushed.subList(0, batches).clear();
    }
  }

  /** What is asked of an index. */
  public enum Call {
    OPEN,
    GET,
    SCAN,
    APPLY,
    FLUSH
  }

  /** What befalls an index. */
  @FunctionalInterface
  public interface Faults {
    Faults NONE = call -> {};

    /**
     * @throws io.atoll.io.index.IndexException if the call fails, without effect
     */
    void meet(Call call);
  }

  private static final class SimBatch implements Batch {
    private final NavigableMap<byte[], byte[]> changes = new TreeMap<>(Arrays::compareUnsigned);
    private long sequence;

    @Override
    public void put(byte[] key, byte[] value) {
      changes.put(key.clone(), value.clone());
    }

    @Override
    public void put(ByteBuffer key, ByteBuffer value) {
      changes.put(remaining(key), remaining(value));
    }

    @Override
    public void delete(ByteBuffer key) {
      changes.put(remaining(key), null);
    }

    private static byte[] remaining(ByteBuffer direct) {
      if (!direct.isDirect()) {
        throw new IllegalArgumentException("not a direct buffer");
      }
      byte[] bytes = new byte[direct.remaining()];
      direct.get(bytes);
      return bytes;
    }

    void applyTo(NavigableMap<byte[], byte[]> map) {
      changes.forEach((key, value) -> {
        if (value == null) {
          map.remove(key);
        } else {
          map.put(key, value);
        }
      });
    }
  }
}
