package io.atoll.io.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.disk.Errno;
import io.atoll.io.volume.Volume;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockReaderTest {
  private static final int BLOCK = Volume.BLOCK_BYTES;
  private static final long FIRST = 100;
  private static final long BAD = 105;
  private static final long END = 110;

  private final BlockReader reader = new BlockReader(BlockReaderTest::read);

  @AfterEach
  void close() {
    reader.close();
  }

  /** A file of ones with a bad sector. */
  private static int read(ByteBuf into, int index, int length, long offsetBytes) {
    long from = offsetBytes / BLOCK;
    long to = Math.min(END, from + length / BLOCK);
    if (from <= BAD && BAD < to) {
      return -Errno.EIO;
    }
    int bytes = (int) Math.max(0, to - from) * BLOCK;
    for (int i = 0; i < bytes; i++) {
      into.setByte(index + i, 1);
    }
    return bytes;
  }

  @Test
  void blockThatCanNotBeReadDoesNotTakeItsNeighboursWithIt() {
    reader.read(FIRST, 16);
    for (int i = 0; i < 16; i++) {
      boolean there = FIRST + i != BAD && FIRST + i < END;
      assertEquals(there, reader.isReadable(i), "block " + i);
      assertEquals(there ? 1 : 0, reader.buffer().getByte(i * BLOCK), "block " + i);
    }
  }
}
