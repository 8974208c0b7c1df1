package io.atoll.perf.bench.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What READ gives: bytes made once, of which replies are slices. Confined to one loop. */
final class GeneratedData {
  /** Of one READ. */
  static final int MAX_BYTES = 1 << 20;

  /** Replies to neighbouring reads are not the same memory. */
  private static final int SPREAD_BYTES = 4 << 20;

  private static final int ALIGNMENT_BYTES = 4096;
  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

  private final ByteBuf bytes = Unpooled.directBuffer(SPREAD_BYTES + MAX_BYTES);

  GeneratedData() {
    long value = STEP;
    while (bytes.isWritable(Long.BYTES)) {
      bytes.writeLong(value);
      value = value * STEP + 1;
    }
  }

  /** {@code countBytes} with a reference for the caller. */
  ByteBuf at(long offsetBytes, int countBytes) {
    int from = (int) (offsetBytes & (SPREAD_BYTES - ALIGNMENT_BYTES));
    return bytes.retainedSlice(from, countBytes);
  }

  void release() {
    bytes.release();
  }
}
