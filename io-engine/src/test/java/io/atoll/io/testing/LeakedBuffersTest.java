package io.atoll.io.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeakedBuffersTest {
  private static final int BYTES = 64;

  private final Level configured = ResourceLeakDetector.getLevel();

  @BeforeEach
  void followEachBuffer() {
    ResourceLeakDetector.setLevel(Level.PARANOID);
  }

  @AfterEach
  void restoreLevel() {
    ResourceLeakDetector.setLevel(configured);
  }

  /** In a frame of its own, so that nothing refers to it afterwards. */
  private static void leak(ByteBufAllocator allocator) {
    allocator.directBuffer(BYTES).writeLong(1);
  }

  private static void assertLeakFails(ByteBufAllocator allocator) {
    leak(allocator);
    AssertionError failure =
        assertThrows(AssertionError.class, () -> new LeakedBuffers().afterAll(null));
    assertTrue(failure.getMessage().contains("LeakedBuffersTest.leak("), failure.getMessage());
  }

  @Test
  void aBufferThatIsNotReleasedFailsItsClass() throws Exception {
    assertLeakFails(PooledByteBufAllocator.DEFAULT);
    assertEquals(List.of(), LeakedBuffers.find(), "it is told once");
  }

  @Test
  void soDoesOneThatComesFromNoPool() {
    assertLeakFails(UnpooledByteBufAllocator.DEFAULT);
  }

  @Test
  void whatIsReleasedIsNoLeak() throws Exception {
    ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    allocator.directBuffer(BYTES).release();
    allocator.compositeBuffer().addComponent(allocator.directBuffer(BYTES)).release();
    Unpooled.buffer(BYTES).release();
    assertEquals(List.of(), LeakedBuffers.find());
  }
}
