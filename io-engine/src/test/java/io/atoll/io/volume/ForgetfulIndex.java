package io.atoll.io.volume;

import io.atoll.io.index.Index;

/** An index that says flushed and has not, for mutants. */
final class ForgetfulIndex implements Index {

  private final Index index;

  ForgetfulIndex(Index index) {
    this.index = index;
  }

  @Override
  public byte[] get(byte[] key) {
    return index.get(key);
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    index.scan(from, to, visitor);
  }

  @Override
  public void apply(Batch batch, long sequence) {
    index.apply(batch, sequence);
  }

  @Override
  public long appliedSequence() {
    return index.appliedSequence();
  }

  @Override
  public long flushedSequence() {
    return index.appliedSequence();
  }

  @Override
  public void flush() {
    if (index.appliedSequence() == 0) {
      index.flush();
    }
  }

  @Override
  public void close() {
    index.close();
  }

  @Override
  public Batch newBatch() {
    return index.newBatch();
  }
}
