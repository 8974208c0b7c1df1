package io.atoll.io.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Whatever is read back from the log: it is refused, or its changes lie within it. */
class LogFuzz {
  private static final String MOST = "1h";

  /** The changes of a record. */
  @FuzzTest(maxDuration = MOST)
  void changes(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    ChangeList changes = new ChangeList();
    boolean wellFormed = changes.decode(in, 0, bytes.length);
    if (wellFormed) {
      assertEquals(bytes.length, changes.encodedBytes());
    }
    changes.forEach(
        new ChangeVisitor() {
          @Override
          public void put(ByteBuf from, int keyAt, int keyBytes, int valueAt, int valueBytes) {
            assertTrue(keyBytes > 0 && keyAt + keyBytes <= valueAt);
            assertTrue(valueBytes >= 0 && valueAt + valueBytes <= bytes.length);
          }

          @Override
          public void delete(ByteBuf from, int keyAt, int keyBytes) {
            assertTrue(keyBytes > 0 && keyAt + keyBytes <= bytes.length);
          }

          @Override
          public void allocated(long address, int blocks, ByteBuf from, int crcsAt) {
            assertTrue(address >= 0 && blocks > 0);
            assertTrue(crcsAt + 4L * blocks <= bytes.length);
          }

          @Override
          public void freed(long address, int blocks) {
            assertTrue(address >= 0 && blocks > 0);
          }
        });
  }

  /** The header of a group, whose checksum is seldom right. */
  @FuzzTest(maxDuration = MOST)
  void headers(byte[] bytes) {
    ByteBuf in = Unpooled.directBuffer(GroupCodec.HEADER_BYTES);
    try {
      in.writeZero(GroupCodec.HEADER_BYTES);
      in.setBytes(0, bytes, 0, Math.min(bytes.length, GroupCodec.HEADER_BYTES));
      GroupHeader header = new GroupCodec(7).decodeHeader(in, 0);
      assertTrue(header == null || header.records() > 0);
    } finally {
      in.release();
    }
  }
}
