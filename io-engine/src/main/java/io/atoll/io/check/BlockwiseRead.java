package io.atoll.io.check;

import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;

/** Reads of a file of which some blocks may be unreadable. */
final class BlockwiseRead {

  private BlockwiseRead() {}

  /**
   * Reads whole blocks to the start of {@code into}; what can't be read is zeros there, and takes
   * none of its neighbours with it.
   *
   * @return how many blocks could not be read
   */
  static int read(BlockReader.Source source, ByteBuf into, int bytes, long offsetBytes) {
    if (source.read(into, 0, bytes, offsetBytes) == bytes) {
      return 0;
    }
    int unreadable = 0;
    for (int at = 0; at < bytes; at += Volume.BLOCK_BYTES) {
      int length = Math.min(Volume.BLOCK_BYTES, bytes - at);
      if (source.read(into, at, length, offsetBytes + at) != length) {
        into.setZero(at, length);
        unreadable++;
      }
    }
    return unreadable;
  }
}
