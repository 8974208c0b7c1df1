package io.atoll.io.volume;

import io.atoll.io.index.Index;
import io.atoll.io.log.ChangeList;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds durable records to the index, in order, one batch at a time, and flushes it when asked.
 * Loop-confined; the index is touched by workers only.
 */
final class Applier {

  private static final int MAX_BATCH_BYTES = 4 * 1024 * 1024;
  private static final int MAX_BATCH_RECORDS = 4096;
  private static final int MAX_SPARE_LISTS = 1024;

  private final Loop loop;
  private final Workers workers;
  private final Index index;
  private final VolumeCounters counters;
  private final Listener listener;
  private final ArrayDeque<ChangeList> queue = new ArrayDeque<>();
  private final ArrayDeque<ChangeList> spare = new ArrayDeque<>();
  private List<BlockRun> writtenUnits = new ArrayList<>();
  private long appliedSequence;
  private long flushedSequence;
  private boolean applying;
  private boolean flushing;
  private boolean stopped;

  Applier(
      Loop loop,
      Workers workers,
      Index index,
      long appliedSequence,
      VolumeCounters counters,
      Listener listener) {
    this.loop = loop;
    this.workers = workers;
    this.index = index;
    this.appliedSequence = appliedSequence;
    this.flushedSequence = appliedSequence;
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
    queue.addAll(records);
    applyNext();
  }

  /** The index is to learn, with the next batch, that a unit has been written and synced. */
  void unitWritten(BlockRun unit) {
    writtenUnits.add(unit);
  }

  long flushedSequence() {
    return flushedSequence;
  }

  /** Whether all that was added is applied and no work is under way. */
  boolean idle() {
    return queue.isEmpty() && !working();
  }

  /** Whether a worker has the index. */
  boolean working() {
    return applying || flushing;
  }

  /** Whether a flush would let the log be cut. */
  boolean flushWanted() {
    return !flushing && appliedSequence > flushedSequence;
  }

  /** Applies nothing more; what is under way still ends. */
  void stop() {
    stopped = true;
    queue.clear();
  }

  /** Flushes the index up to what is applied now. */
  void flush() {
    flushing = true;
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
            listener.flushed(sequence);
          }
        });
  }

  /** Writes what no record carries: the units written since the last batch. */
  void applyRest() {
    if (!applying && !writtenUnits.isEmpty()) {
      apply(List.of());
    }
  }

  private void applyNext() {
    if (applying || stopped || queue.isEmpty()) {
      return;
    }
    List<ChangeList> batch = new ArrayList<>();
    int bytes = 0;
    while (!queue.isEmpty() && bytes < MAX_BATCH_BYTES && batch.size() < MAX_BATCH_RECORDS) {
      ChangeList record = queue.poll();
      bytes += record.encodedBytes();
      batch.add(record);
    }
    apply(batch);
  }

  private void apply(List<ChangeList> batch) {
    applying = true;
    long sequence = appliedSequence + batch.size();
    List<BlockRun> units = writtenUnits;
    writtenUnits = new ArrayList<>();
    workers.run(
        loop,
        () -> RecordBatch.apply(index, batch, sequence, units),
        (conflict, failure) -> applied(batch, sequence, conflict, failure));
  }

  private void applied(List<ChangeList> batch, long sequence, String conflict, Throwable failure) {
    applying = false;
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
    counters.indexBatches++;
    counters.recordsApplied += batch.size();
    for (int i = 0; i < batch.size() && spare.size() < MAX_SPARE_LISTS; i++) {
      batch.get(i).clear();
      spare.add(batch.get(i));
    }
    applyNext();
    listener.applied(sequence);
  }

  /** What follows from applying. */
  interface Listener {
    void applied(long sequence);

    void flushed(long sequence);

    void failed(String why, Throwable cause);
  }
}
