package io.atoll.io.volume;

import io.atoll.io.log.ChangeList;
import io.atoll.io.log.RecordMemory;
import io.netty.buffer.ByteBuf;

/**
 * The mutation being filled: a face over the change list that will be the record. One for each
 * volume, used for one record after the other.
 */
final class LogMutation implements Volume.Mutation {

  private final RecordMemory memory;
  private ChangeList changes;

  LogMutation(RecordMemory memory) {
    this.memory = memory;
  }

  /** Whether one was begun and not appended: its list is used for the next. */
  boolean hasList() {
    return changes != null;
  }

  /** Begins a record in {@code list}. */
  void begin(ChangeList list) {
    changes = list;
    list.begin(memory);
  }

  /** Begins a record in the list of one that was not appended. */
  void beginAgain() {
    changes.begin(memory);
  }

  @Override
  public Volume.Mutation put(byte[] key, byte[] value) {
    changes.put(key, value);
    return this;
  }

  @Override
  public ByteBuf put(int keyBytes, int valueBytes) {
    return changes.put(keyBytes, valueBytes);
  }

  @Override
  public Volume.Mutation delete(byte[] key) {
    changes.delete(key);
    return this;
  }

  @Override
  public Volume.Mutation allocated(BlockRun run, int[] crcs, int crcsFrom) {
    changes.allocated(run.address(), run.blocks(), crcs, crcsFrom);
    return this;
  }

  @Override
  public Volume.Mutation freed(long address, int blocks) {
    changes.freed(address, blocks);
    return this;
  }

  @Override
  public int encodedBytes() {
    return changes.encodedBytes();
  }

  /** Hands the changes over; there is nothing more to append until the next record is begun. */
  ChangeList take() {
    ChangeList taken = changes;
    if (taken == null) {
      throw new IllegalStateException("a mutation is appended once");
    }
    if (taken.encodedBytes() > Volume.MAX_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "a record of "
              + taken.encodedBytes()
              + " bytes; at most "
              + Volume.MAX_RECORD_BYTES
              + " are possible");
    }
    changes = null;
    return taken;
  }
}
