package io.atoll.io.volume;

import io.atoll.io.index.Index;
import io.atoll.io.log.ChangeList;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.io.space.UnitChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds durable records to the index, in order, one batch at a time, and flushes it when asked. A
 * batch gathers for a while, so that a client which waits for each of its writes does not cost a
 * hop to a worker and back each time: nobody waits for the index. Loop-confined; the index is
 * touched by workers only.
 */
final class Applier {

  private static final int MAX_BATCH_BYTES = 4 * 1024 * 1024;
  private static final int MAX_BATCH_RECORDS = 4096;
  private static final int MAX_SPARE_LISTS = 4096;

  /** With so many records a batch gathers no longer. */
  static final int GATHERED_RECORDS = 256;

  /** Nor with so many bytes. */
  private static final int GATHERED_BYTES = 256 * 1024;

  private final Loop loop;
  private final Workers workers;
  private final Index index;
  private final RecordBatch batches;
  private final long gatherNanos;
  private final VolumeCounters counters;
  private final Listener listener;
  private final ArrayDeque<ChangeList> queue = new ArrayDeque<>();
  private final ArrayDeque<ChangeList> spare = new ArrayDeque<>();

  /** What is being applied: a worker's meanwhile, and else empty. */
  private final List<ChangeList> batch = new ArrayList<>();

  private List<UnitChange> units = new ArrayList<>();
  private long unitsAdded;
  private long unitsApplied;
  private long unitsFlushed;
  private long unitsWanted;
  private Runnable unitsDurable;
  private int queuedBytes;
  private Loop.Timer gathering;
  private long appliedSequence;
  private long flushedSequence;
  private boolean applying;
  private boolean flushing;
  private boolean stopped;

  /**
   * @param appliedSequence the last record that the index has
   * @param options of which it takes how long changes gather, and the regions
   */
  Applier(
      Loop loop,
      Workers workers,
      Index index,
      long appliedSequence,
      VolumeOptions options,
      VolumeCounters counters,
      Listener listener) {
    this.loop = loop;
    this.workers = workers;
    this.index = index;
    batches = new RecordBatch(index, options.regionSize());
    this.appliedSequence = appliedSequence;
    this.flushedSequence = appliedSequence;
    gatherNanos = options.gatherNanos();
    this.counters = counters;
    this.listener = listener;
  }

  /** A list to fill: a used one if there is one. */
  ChangeList newChangeList() {
    ChangeList list = spare.poll();
    return list == null ? new ChangeList() : list;
  }

  /** Takes in records that are durable. */
  void add(List<ChangeList> records) {
    for (int i = 0; i < records.size(); i++) {
      queue.add(records.get(i));
      queuedBytes += records.get(i).encodedBytes();
    }
    applyOrGather();
  }

  /** The index is to learn, with the next batch, what has become of a unit. */
  void add(UnitChange unit) {
    units.add(unit);
    unitsAdded++;
  }

  /**
   * Runs {@code durable} when the index has durably learnt of all units added so far; never if it
   * is stopped before. One such wish at a time.
   */
  void flushUnits(Runnable durable) {
    unitsWanted = unitsAdded;
    unitsDurable = durable;
    serveUnits();
  }

  /** Whether all that was added is applied and no work is under way. */
  boolean idle() {
    return queue.isEmpty() && !working();
  }

  /** Whether a worker has the index. */
  boolean working() {
    return applying || flushing;
  }

  /** The last record that the index has. */
  long appliedSequence() {
    return appliedSequence;
  }

  /** Whether a flush would let the log be cut. */
  boolean flushWanted() {
    return !flushing && appliedSequence > flushedSequence;
  }

  /** Applies nothing more; what is under way still ends. */
  void stop() {
    stopped = true;
    queue.clear();
    endGathering();
    unitsDurable = null;
  }

  /** Flushes the index up to what is applied now. */
  void flush() {
    flushing = true;
    final long unitsCovered = unitsApplied;
    workers.run(
        loop,
        () -> {
          index.flush();
          return index.flushedSequence();
        },
        (sequence, failure) -> {
          flushing = false;
          if (failure != null) {
            listener.failed("the index could not be flushed: " + failure.getMessage(), failure);
          } else {
            counters.indexFlushes++;
            flushedSequence = sequence;
            unitsFlushed = unitsCovered;
            listener.flushed(sequence);
            serveUnits();
          }
        });
  }

  /** Applies what has gathered, and what no record carries: what units have become since. */
  void applyRest() {
    applyNext();
    if (!applying && !stopped && !units.isEmpty()) {
      apply();
    }
  }

  /** Takes the next step towards what {@link #flushUnits} asked for. */
  private void serveUnits() {
    if (unitsDurable == null || stopped) {
      return;
    }
    if (unitsFlushed >= unitsWanted) {
      Runnable durable = unitsDurable;
      unitsDurable = null;
      durable.run();
    } else if (unitsApplied < unitsWanted) {
      applyRest();
    } else if (!flushing) {
      flush();
    }
  }

  private void applyOrGather() {
    if (queue.size() >= GATHERED_RECORDS || queuedBytes >= GATHERED_BYTES) {
      applyNext();
    } else if (!queue.isEmpty() && gathering == null && !applying) {
      gathering = loop.schedule(gatherNanos, this::gathered);
    }
  }

  private void gathered() {
    gathering = null;
    applyNext();
  }

  private void endGathering() {
    if (gathering != null) {
      gathering.cancel();
      gathering = null;
    }
  }

  private void applyNext() {
    if (applying || stopped || queue.isEmpty()) {
      return;
    }
    endGathering();
    int bytes = 0;
    while (!queue.isEmpty() && bytes < MAX_BATCH_BYTES && batch.size() < MAX_BATCH_RECORDS) {
      ChangeList record = queue.poll();
      bytes += record.encodedBytes();
      batch.add(record);
    }
    queuedBytes -= bytes;
    apply();
  }

  /** Applies the batch. */
  private void apply() {
    applying = true;
    long sequence = appliedSequence + batch.size();
    List<UnitChange> taken = units;
    final long unitsTaken = unitsAdded;
    units = new ArrayList<>();
    workers.run(
        loop,
        () -> batches.apply(batch, sequence, taken),
        (conflict, failure) -> {
          applying = false;
          applied(sequence, unitsTaken, conflict, failure);
        });
  }

  private void applied(long sequence, long unitsTaken, String conflict, Throwable failure) {
    if (failure != null || conflict != null) {
      listener.failed(
          "the index could not take records up to "
              + sequence
              + ": "
              + (conflict != null ? conflict : failure.getMessage()),
          failure);
      return;
    }
    appliedSequence = sequence;
    unitsApplied = unitsTaken;
    counters.indexBatches++;
    counters.recordsApplied += batch.size();
    for (int i = 0; i < batch.size() && spare.size() < MAX_SPARE_LISTS; i++) {
      batch.get(i).clear();
      spare.add(batch.get(i));
    }
    batch.clear();
    applyOrGather();
    serveUnits();
    listener.applied(sequence);
  }

  /** What follows from applying. */
  interface Listener {
    void applied(long sequence);

    void flushed(long sequence);

    void failed(String why, Throwable cause);
  }
}
