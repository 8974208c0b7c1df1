package io.atoll.io.index;

/** In place of an index that is lost. */
public final class EmptyIndex implements IndexView {

  @Override
  public byte[] get(byte[] key) {
    return null;
  }

  @Override
  public IndexCursor cursor(byte[] from, byte[] to) {
    return new IndexCursor() {
      @Override
      public boolean next() {
        return false;
      }

      @Override
      public byte[] key() {
        throw new IllegalStateException("an empty index has no entry");
      }

      @Override
      public byte[] value() {
        throw new IllegalStateException("an empty index has no entry");
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public long appliedSequence() {
    return 0;
  }

  @Override
  public void close() {}
}
