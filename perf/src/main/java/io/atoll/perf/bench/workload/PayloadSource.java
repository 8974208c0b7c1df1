package io.atoll.perf.bench.workload;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Random bytes to write, made once: slices of them where data is not verified, copies to be stamped
 * where it is. Confined to one loop, so that the count of references is nobody else's.
 */
public final class PayloadSource {
  /** The most that preparations write at once. */
  public static final int LARGEST_BYTES = 1 << 20;

  private static final int SPREAD_BYTES = 1 << 20;
  private static final int ALIGNMENT_BYTES = 64;

  private final ByteBuf bytes;
  private final SeededRandom random;

  /**
   * @param largestBytes the most that is asked for at once
   */
  public PayloadSource(int largestBytes, long seed) {
    random = new SeededRandom(seed, 0x7061_796c);
    int size = (largestBytes + SPREAD_BYTES + Long.BYTES - 1) & -Long.BYTES;
    bytes = PooledByteBufAllocator.DEFAULT.directBuffer(size);
    for (int i = 0; i < size; i += Long.BYTES) {
      bytes.writeLong(random.next());
    }
  }

  /** Bytes with a reference for the caller. */
  public ByteBuf slice(int lengthBytes) {
    int at = random.below(SPREAD_BYTES / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    return bytes.retainedSlice(at, lengthBytes);
  }

  /** A buffer of its own for the caller, to be changed and released. */
  public ByteBuf copy(int lengthBytes) {
    ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(lengthBytes);
    int at = random.below(SPREAD_BYTES / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    return copy.writeBytes(bytes, at, lengthBytes);
  }

  public void release() {
    bytes.release();
  }
}
