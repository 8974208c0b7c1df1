package io.atoll.io.volume;

import io.atoll.io.log.ChangeList;

/** A mutation being filled: a face over the change list that will be the record. */
final class LogMutation implements Volume.Mutation {

  private ChangeList changes;

  LogMutation(ChangeList changes) {
    this.changes = changes;
  }

  @Override
  public Volume.Mutation put(byte[] key, byte[] value) {
    changes.put(key, value);
    return this;
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
  public Volume.Mutation freed(BlockRun run) {
    changes.freed(run.address(), run.blocks());
    return this;
  }

  @Override
  public int encodedBytes() {
    return changes.encodedBytes();
  }

  /** Hands the changes over; the mutation is of no use any more. */
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
