package io.atoll.io.volume;

import io.atoll.io.log.ChangeList;
import io.atoll.io.log.ChangeVisitor;
import io.atoll.io.log.RecordMemory;
import io.netty.buffer.ByteBuf;

/**
 * Appends records: gives each its sequence, shows what it changes to readers, and hands it to the
 * commits. Loop-confined.
 */
final class RecordAppender implements ChangeVisitor {

  private final Overlay overlay;
  private final VolumeSpace space;
  private final CommitPipeline pipeline;
  private final boolean overwritesInPlace;
  private final RecordMemory records;
  private final LogMutation mutation;
  private long appendedSequence;

  /** Of the record that is being appended. */
  private boolean needsDataSync;

  private int blocks;

  /**
   * @param appendedSequence of the last record there is
   */
  RecordAppender(
      VolumeEnvironment environment,
      Overlay overlay,
      VolumeSpace space,
      CommitPipeline pipeline,
      long appendedSequence) {
    this.overlay = overlay;
    this.space = space;
    this.pipeline = pipeline;
    this.appendedSequence = appendedSequence;
    overwritesInPlace = environment.overwritesInPlace();
    records = new RecordMemory(environment.buffers());
    mutation = new LogMutation(records);
    overlay.onRelease(records::release);
  }

  /** Of the last record. */
  long appendedSequence() {
    return appendedSequence;
  }

  /** The one mutation there is, empty. */
  LogMutation newMutation(Applier lists) {
    if (mutation.hasList()) {
      mutation.beginAgain();
    } else {
      mutation.begin(lists.newChangeList());
    }
    return mutation;
  }

  /** Gives a record its sequence that is never to be seen. */
  long skip() {
    return ++appendedSequence;
  }

  /** Appends a record; after an exception memory may show it though the log lacks it. */
  long append(ChangeList changes, boolean lazily) {
    appendedSequence++;
    changes.keep(appendedSequence);
    needsDataSync = false;
    blocks = 0;
    changes.forEach(this);
    if (lazily) {
      pipeline.appendLazily(appendedSequence, changes, needsDataSync, blocks);
    } else {
      pipeline.append(appendedSequence, changes, needsDataSync);
    }
    return appendedSequence;
  }

  @Override
  public void put(ByteBuf in, int keyAt, int keyBytes, int valueAt, int valueBytes) {
    overlay.put(in, keyAt, keyBytes, valueAt, valueBytes, appendedSequence);
  }

  @Override
  public void delete(ByteBuf in, int keyAt, int keyBytes) {
    overlay.delete(in, keyAt, keyBytes, appendedSequence);
  }

  @Override
  public void allocated(long address, int count, ByteBuf in, int crcsAt) {
    blocks += count;
    boolean unwritten = space.allocated(address, count);
    needsDataSync |= unwritten || !overwritesInPlace;
  }

  @Override
  public void freed(long address, int count) {
    space.freed(appendedSequence, address, count);
  }

  /** Gives the records' memory back. */
  void close() {
    records.close();
  }
}
