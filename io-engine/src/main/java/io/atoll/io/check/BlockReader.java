package io.atoll.io.check;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;

/** Reads blocks of a volume at rest and compares them with their checksums. For one thread. */
public final class BlockReader implements AutoCloseable {

  /** The most blocks at once. */
  public static final int MAX_BLOCKS = 64;

  private final Source extents;
  private final ByteBuf buffer = AlignedMemory.allocate(MAX_BLOCKS * Volume.BLOCK_BYTES);
  private final BlockChecksums checksums = new BlockChecksums();

  /** A bit for each block of what was read. */
  private long readable;

  /** Where blocks are read from. */
  @FunctionalInterface
  interface Source {
    /** Reads; the bytes read, fewer at the end of the file, or a negated errno. */
    int read(ByteBuf into, int index, int length, long offsetBytes);
  }

  BlockReader(Source extents) {
    this.extents = extents;
  }

  /** Reads a run into {@link #buffer}; what can't be read is zeros there. */
  public void read(long address, int blocks) {
    readable = 0;
    if (!readAt(0, address, blocks)) {
      // A block that can't be read does not take its neighbours with it.
      for (int i = 0; i < blocks; i++) {
        readAt(i, address + i, 1);
      }
    }
  }

  private boolean readAt(int index, long address, int blocks) {
    int at = index * Volume.BLOCK_BYTES;
    int bytes = blocks * Volume.BLOCK_BYTES;
    if (extents.read(buffer, at, bytes, address * Volume.BLOCK_BYTES) != bytes) {
      buffer.setZero(at, bytes);
      return false;
    }
    for (int i = index; i < index + blocks; i++) {
      readable |= 1L << i;
    }
    return true;
  }

  /** Whether block {@code index} of what was read could be read. */
  public boolean isReadable(int index) {
    return (readable & 1L << index) != 0;
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
