package io.atoll.io.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockChecksumsTest {

  private static final int BLOCK = BlockChecksums.BLOCK_BYTES;

  private final AlignedBufferPool pool = new AlignedBufferPool(AlignedBufferPool.SLAB_BYTES);
  private final BlockChecksums checksums = new BlockChecksums();

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void theCheckValueOfCrc32cComesOut() {
    ByteBuf buffer = pool.take(9);
    buffer.writeCharSequence("123456789", StandardCharsets.US_ASCII);
    assertEquals(0xE3069283, checksums.of(buffer, 0, 9));
    buffer.release();
  }

  @Test
  void eachBlockIsSummedByItself() {
    byte[] bytes = new byte[5 * BLOCK];
    new Random(1).nextBytes(bytes);
    ByteBuf buffer = pool.take(bytes.length).writeBytes(bytes);
    int[] crcs = new int[6];
    checksums.ofBlocks(buffer, BLOCK, 4, crcs, 2);
    for (int block = 0; block < 4; block++) {
      CRC32C expected = new CRC32C();
      expected.update(bytes, (1 + block) * BLOCK, BLOCK);
      assertEquals((int) expected.getValue(), crcs[2 + block]);
    }
    assertEquals(-1, checksums.firstMismatch(buffer, BLOCK, 4, crcs, 2));
    buffer.setByte(4 * BLOCK - 1, buffer.getByte(4 * BLOCK - 1) ^ 1);
    assertEquals(2, checksums.firstMismatch(buffer, BLOCK, 4, crcs, 2));
    assertEquals(bytes.length, buffer.readableBytes());
    buffer.release();
  }

  @Test
  void slicesAndOtherPoolsAreSummedWhereTheyLie() {
    ByteBuf pooled = PooledByteBufAllocator.DEFAULT.directBuffer(4 * BLOCK);
    pooled.writeZero(3 * BLOCK).writeZero(BLOCK - 1).writeByte(7);
    ByteBuf slice = pooled.slice(2 * BLOCK, 2 * BLOCK).slice(BLOCK, BLOCK);
    assertEquals(checksums.of(pooled, 3 * BLOCK, BLOCK), checksums.of(slice, 0, BLOCK));
    pooled.release();
  }
}
