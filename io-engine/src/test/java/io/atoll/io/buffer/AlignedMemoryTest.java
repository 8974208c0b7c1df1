package io.atoll.io.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AlignedMemoryTest {

  private static final int BYTES = 16 << 20;

  @Test
  void isAlignedAndZero() {
    ByteBuf memory = AlignedMemory.allocate(8192);
    assertEquals(0, memory.memoryAddress() % 4096);
    assertEquals(8192, memory.capacity());
    for (int i = 0; i < 8192; i += Long.BYTES) {
      assertEquals(0, memory.getLong(i));
    }
    memory.release();
    assertThrows(IllegalReferenceCountException.class, () -> memory.getLong(0));
  }

  /** What only a garbage collection frees makes the JVM run one when it is at its bound. */
  @Test
  void isNoneOfTheMemoryThatAGarbageCollectionFrees() {
    long before = directBytes();
    ByteBuf memory = AlignedMemory.allocate(BYTES);
    memory.setLong(BYTES - Long.BYTES, 1);
    memory.release();
    assertTrue(Math.abs(directBytes() - before) < BYTES / 2);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
