package io.atoll.io.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.disk.Errno;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockwiseReadTest {

  private static final int BLOCK = 4096;
  private static final int BLOCKS = 16;
  private static final long START = 5L * BLOCK;

  @Test
  void anUnreadableBlockTakesNoneOfItsNeighboursWithIt() {
    assertRead(Set.of(0L, 7L, 15L));
  }

  @Test
  void whatCanBeReadIsReadAtOnce() {
    assertRead(Set.of());
  }

  private static void assertRead(Set<Long> unreadable) {
    ByteBuf window = AlignedMemory.allocate(BLOCKS * BLOCK);
    int[] reads = new int[1];
    BlockReader.Source source =
        (into, index, length, offset) -> {
          reads[0]++;
          for (int at = 0; at < length; at += BLOCK) {
            long block = (offset + at - START) / BLOCK;
            if (unreadable.contains(block)) {
              return -Errno.EIO;
            }
            into.setByte(index + at, (int) block + 1);
          }
          return length;
        };
    assertEquals(unreadable.size(), BlockwiseRead.read(source, window, BLOCKS * BLOCK, START));
    assertEquals(unreadable.isEmpty() ? 1 : 1 + BLOCKS, reads[0]);
    for (int block = 0; block < BLOCKS; block++) {
      int expected = unreadable.contains((long) block) ? 0 : block + 1;
      assertEquals(expected, window.getByte(block * BLOCK));
    }
    window.release();
  }
}
