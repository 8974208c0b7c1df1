package io.atoll.io.buffer;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C (RFC 3720, appendix B.4) of 4 KiB blocks in direct memory, without allocating. An
 * instance is confined to one thread, and so is each buffer while it is summed.
 */
public class BlockChecksums {

  public static final int BLOCK_BYTES = 4096;

  private final CRC32C crc = new CRC32C();

  /** Sums {@code length} bytes from {@code index} on. */
  public int of(ByteBuf buffer, int index, int length) {
    crc.reset();
    crc.update(memory(buffer, index, length));
    return (int) crc.getValue();
  }

  /** Sums {@code blocks} whole blocks from {@code index} on into {@code crcs}. */
  public void ofBlocks(ByteBuf buffer, int index, int blocks, int[] crcs, int crcsFrom) {
    ByteBuffer memory = memory(buffer, index, blocks * BLOCK_BYTES);
    int start = memory.position();
    for (int block = 0; block < blocks; block++) {
      crcs[crcsFrom + block] = next(memory, start, block);
    }
  }

  /**
   * Compares {@code blocks} whole blocks from {@code index} on with what they should sum to.
   *
   * @return the first block that differs, counted from 0, or −1
   */
  public int firstMismatch(ByteBuf buffer, int index, int blocks, int[] crcs, int crcsFrom) {
    ByteBuffer memory = memory(buffer, index, blocks * BLOCK_BYTES);
    int start = memory.position();
    for (int block = 0; block < blocks; block++) {
      if (next(memory, start, block) != crcs[crcsFrom + block]) {
        return block;
      }
    }
    return -1;
  }

  private int next(ByteBuffer memory, int start, int block) {
    memory.limit(start + (block + 1) * BLOCK_BYTES);
    crc.reset();
    crc.update(memory);
    return (int) crc.getValue();
  }

  /**
   * The view that a buffer keeps of its own memory. Slices keep none, so the one of the buffer that
   * they are cut from is taken, at the place that their address says.
   */
  private static ByteBuffer memory(ByteBuf buffer, int index, int length) {
    ByteBuf root = buffer;
    while (root.unwrap() != null) {
      root = root.unwrap();
    }
    int rootIndex = Math.toIntExact(buffer.memoryAddress() - root.memoryAddress()) + index;
    return root.internalNioBuffer(rootIndex, length);
  }
}
