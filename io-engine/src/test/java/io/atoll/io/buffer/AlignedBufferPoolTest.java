package io.atoll.io.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlignedBufferPoolTest {

  private static final int PAGE = AlignedBufferPool.PAGE_BYTES;
  private static final int SLAB = AlignedBufferPool.SLAB_BYTES;

  @Test
  void buffersAreDirectAlignedAndEmpty() {
    try (AlignedBufferPool pool = new AlignedBufferPool(SLAB)) {
      for (int bytes : new int[] {1, PAGE - 1, PAGE, PAGE + 1, 1 << 20, SLAB / 2}) {
        ByteBuf buffer = pool.take(bytes);
        assertTrue(buffer.isDirect());
        assertEquals(0, buffer.memoryAddress() % PAGE);
        assertEquals(bytes, buffer.capacity());
        assertEquals(0, buffer.readableBytes());
        assertEquals(bytes, buffer.writableBytes());
        assertEquals(1, buffer.refCnt());
        buffer.release();
      }
    }
  }

  @Test
  void buffersOutAtOnceNeverOverlap() {
    Random random = new Random(42);
    try (AlignedBufferPool pool = new AlignedBufferPool(4L * SLAB)) {
      ArrayDeque<ByteBuf> out = new ArrayDeque<>();
      for (int i = 0; i < 20_000; i++) {
        ByteBuf buffer = pool.take(PAGE << random.nextInt(9));
        if (buffer == null || random.nextInt(5) < 2) {
          checkAndRelease(out.poll());
        }
        if (buffer != null) {
          buffer.setInt(0, i).setInt(buffer.capacity() - Integer.BYTES, i);
          out.add(buffer);
        }
      }
      assertTrue(pool.usage().refused() > 0, "the bound was never reached");
      out.forEach(AlignedBufferPoolTest::checkAndRelease);
      assertEquals(0, pool.usage().outstandingBytes());
      ByteBuf all = pool.take(SLAB);
      assertNotNull(all, "free neighbours were not joined");
      all.release();
    }
  }

  private static void checkAndRelease(ByteBuf buffer) {
    assertEquals(buffer.getInt(0), buffer.getInt(buffer.capacity() - Integer.BYTES));
    buffer.release();
  }

  @Test
  void atTheBoundThereIsNoneUntilOneComesBack() {
    try (AlignedBufferPool pool = new AlignedBufferPool(2L * SLAB)) {
      ByteBuf first = pool.take(SLAB);
      ByteBuf second = pool.take(SLAB);
      assertNull(pool.take(1));
      assertEquals(1, pool.usage().refused());
      assertEquals(2L * SLAB, pool.usage().outstandingBytes());
      first.release();
      ByteBuf third = pool.take(PAGE);
      assertEquals(PAGE, third.capacity());
      third.release();
      second.release();
      assertEquals(2L * SLAB, pool.usage().peakBytes());
      assertEquals(3, pool.usage().given());
    }
  }

  @Test
  void memoryIsTakenAsItIsNeeded() {
    try (AlignedBufferPool pool = new AlignedBufferPool(64L * SLAB)) {
      assertEquals(0, pool.usage().reservedBytes());
      pool.take(PAGE).release();
      assertEquals(SLAB, pool.usage().reservedBytes());
    }
  }

  @Test
  void aSliceKeepsTheBlockOut() {
    try (AlignedBufferPool pool = new AlignedBufferPool(SLAB)) {
      ByteBuf buffer = pool.take(2 * PAGE).writeZero(2 * PAGE);
      ByteBuf slice = buffer.retainedSlice(PAGE, PAGE);
      buffer.release();
      assertEquals(2 * PAGE, pool.usage().outstandingBytes());
      slice.release();
      assertEquals(0, pool.usage().outstandingBytes());
    }
  }

  @Test
  void aBlockComesAgainAsTheSameObjectAnew() {
    try (AlignedBufferPool pool = new AlignedBufferPool(SLAB)) {
      ByteBuf first = pool.take(PAGE).writeZero(100);
      first.readByte();
      first.release();
      ByteBuf second = pool.take(100);
      assertSame(first, second);
      assertEquals(0, second.readerIndex());
      assertEquals(0, second.writerIndex());
      assertEquals(100, second.capacity());
      second.release();
    }
  }

  @Test
  void aBufferGrowsWithinItsBlockAlone() {
    try (AlignedBufferPool pool = new AlignedBufferPool(SLAB)) {
      ByteBuf buffer = pool.take(100);
      long address = buffer.memoryAddress();
      buffer.writeZero(PAGE);
      assertEquals(address, buffer.memoryAddress());
      assertThrows(IndexOutOfBoundsException.class, () -> buffer.writeByte(0));
      assertThrows(IllegalArgumentException.class, () -> buffer.capacity(PAGE + 1));
      buffer.release();
    }
  }

  @Test
  void releasingTwiceIsCaught() {
    try (AlignedBufferPool pool = new AlignedBufferPool(SLAB)) {
      ByteBuf buffer = pool.take(PAGE);
      buffer.release();
      assertThrows(IllegalReferenceCountException.class, buffer::release);
      assertThrows(IllegalReferenceCountException.class, () -> buffer.getByte(0));
    }
  }

  @Test
  void aLeakIsToldWithThePlaceItCameFrom() {
    AlignedBufferPool pool = new AlignedBufferPool(SLAB, true);
    ByteBuf leaked = pool.take(PAGE);
    IllegalStateException told = assertThrows(IllegalStateException.class, pool::close);
    assertTrue(told.getMessage().contains(String.valueOf(PAGE)), told.getMessage());
    StackTraceElement[] place = told.getSuppressed()[0].getStackTrace();
    assertTrue(List.of(place).stream().anyMatch(e -> e.getMethodName().startsWith("aLeakIsTold")));
    leaked.release();
    pool.close();
    assertThrows(IllegalStateException.class, () -> pool.take(PAGE));
  }

  @Test
  void anyThreadMayRelease() throws Exception {
    try (AlignedBufferPool pool = new AlignedBufferPool(4L * SLAB)) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < 5_000; i++) {
                    ByteBuf buffer = pool.take(PAGE << (i % 5));
                    if (buffer != null) {
                      buffer.release();
                    }
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(0, pool.usage().outstandingBytes());
    }
  }

  @Test
  void sizesThatNoBlockHasAreBugs() {
    try (AlignedBufferPool pool = new AlignedBufferPool(SLAB)) {
      assertThrows(IllegalArgumentException.class, () -> pool.take(0));
      assertThrows(IllegalArgumentException.class, () -> pool.take(SLAB + 1));
    }
    assertThrows(IllegalArgumentException.class, () -> new AlignedBufferPool(SLAB - 1));
  }
}
