package io.atoll.io.check;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;

/** Reads blocks of a volume at rest and compares them with their checksums. For one thread. */
public final class BlockReader implements AutoCloseable {

  /** The most blocks at once. */
  public static final int MAX_BLOCKS = 64;

  private final ImageFile extents;
  private final ByteBuf buffer = AlignedMemory.allocate(MAX_BLOCKS * Volume.BLOCK_BYTES);
  private final BlockChecksums checksums = new BlockChecksums();

  BlockReader(ImageFile extents) {
    this.extents = extents;
  }

  /**
   * Reads a run into {@link #buffer}; what can't be read is zeros there.
   *
   * @return how many of its blocks could be read, from the first on
   */
  public int read(long address, int blocks) {
    int bytes = blocks * Volume.BLOCK_BYTES;
    int result = extents.readNow(buffer, 0, bytes, address * Volume.BLOCK_BYTES);
    int whole = Math.max(0, result) / Volume.BLOCK_BYTES;
    buffer.setZero(whole * Volume.BLOCK_BYTES, bytes - whole * Volume.BLOCK_BYTES);
    return whole;
  }

  /** Whether block {@code index} of what was read sums to {@code crc}. */
  public boolean matches(int index, int crc) {
    return checksums.of(buffer, index * Volume.BLOCK_BYTES, Volume.BLOCK_BYTES) == crc;
  }

  /** What was read. */
  public ByteBuf buffer() {
    return buffer;
  }

  @Override
  public void close() {
    buffer.release();
  }
}
