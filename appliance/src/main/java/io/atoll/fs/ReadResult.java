package io.atoll.fs;

import io.netty.buffer.ByteBuf;

/**
 * What was read: pieces, one after the other, of which the receiver releases each. Fewer bytes than
 * asked for only at the end of the file.
 */
public final class ReadResult {
  private static final ByteBuf[] NOTHING = {};

  private final ByteBuf[] pieces;
  private final boolean endOfFile;

  /**
   * @param pieces the result's from now on, each with one reference
   * @param endOfFile nothing follows
   */
  public ReadResult(ByteBuf[] pieces, boolean endOfFile) {
    this.pieces = pieces;
    this.endOfFile = endOfFile;
  }

  /** No bytes. */
  public static ReadResult empty(boolean endOfFile) {
    return new ReadResult(NOTHING, endOfFile);
  }

  public boolean endOfFile() {
    return endOfFile;
  }

  /** How many pieces there are. */
  public int pieces() {
    return pieces.length;
  }

  /** The piece number {@code i}; its bytes are the readable ones. */
  public ByteBuf piece(int i) {
    return pieces[i];
  }

  /** The length of all pieces together. */
  public int bytes() {
    int bytes = 0;
    for (ByteBuf piece : pieces) {
      bytes += piece.readableBytes();
    }
    return bytes;
  }

  /** Releases every piece: for who wants none of them. */
  public void release() {
    for (ByteBuf piece : pieces) {
      piece.release();
    }
  }
}
