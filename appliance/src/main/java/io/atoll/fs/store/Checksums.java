package io.atoll.fs.store;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C of blocks. Confined to one thread at a time. */
final class Checksums {
  /** One for each loop: the JDK's keeps the running value inside. */
  private static final ThreadLocal<CRC32C> CRC = ThreadLocal.withInitial(CRC32C::new);

  private Checksums() {}

  /**
   * Puts the checksums of {@code blocks} blocks of {@code data} from {@code index} on into {@code
   * crcs} from {@code crcsFrom} on.
   */
  static void of(ByteBuf data, int index, int blocks, int[] crcs, int crcsFrom) {
    CRC32C crc = CRC.get();
    ByteBuffer bytes = data.internalNioBuffer(index, blocks * ChunkMap.BLOCK_BYTES);
    int start = bytes.position();
    for (int i = 0; i < blocks; i++) {
      bytes.limit(start + (i + 1) * ChunkMap.BLOCK_BYTES);
      bytes.position(start + i * ChunkMap.BLOCK_BYTES);
      crc.reset();
      crc.update(bytes);
      crcs[crcsFrom + i] = (int) crc.getValue();
    }
  }
}
