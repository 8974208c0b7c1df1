package io.atoll.io.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A cache takes memory as it comes to be used, however large it may get. */
class GranuleMemoryTest {
  private static final int GRANULE = CacheLimits.GRANULE_BYTES;
  private static final long STEP = GranuleMemory.STEP_BYTES;

  @Test
  void memoryIsProvidedAheadOfItsUseAndNoFurther() {
    List<Runnable> asked = new ArrayList<>();
    try (GranuleMemory memory = new GranuleMemory(3 * STEP + GRANULE, asked::add)) {
      assertEquals(STEP, memory.providedBytes());
      reach(memory, 0, STEP / 2);
      assertEquals(List.of(), asked);
      reach(memory, STEP / 2, STEP / 2 + GRANULE);
      assertEquals(1, asked.size());
      assertEquals(2 * STEP, memory.providedBytes());
      reach(memory, 0, STEP);
      assertEquals(1, asked.size());
      reach(memory, STEP, 3 * STEP);
      assertEquals(3, asked.size());
      assertEquals(3 * STEP + GRANULE, memory.providedBytes());
      asked.forEach(Runnable::run);
    }
  }

  @Test
  void whatIsTakenBackIsUsedBeforeWhatWasNeverUsed() {
    List<Runnable> asked = new ArrayList<>();
    try (GranuleMemory memory = new GranuleMemory(3 * STEP, asked::add)) {
      memory.forSharing();
      GranuleShare share = memory.join();
      GranuleTable table = share.table;
      for (int i = 0; i < 3 * STEP / GRANULE; i++) {
        int slot = table.take(share);
        assertEquals(0, slot);
        table.give(slot);
      }
      assertEquals(List.of(), asked);
    }
  }

  /** A large cache must fit into the heap beside all else; the views that are kept come on top. */
  @Test
  void theTablesTakeNoMoreHeapForAGranuleThanIsSaid() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int granules = 1 << 16;
    long before = threads.getCurrentThreadAllocatedBytes();
    try (GranuleMemory memory = new GranuleMemory((long) granules * GRANULE).forSharing()) {
      long each = (threads.getCurrentThreadAllocatedBytes() - before) / granules;
      assertTrue(each <= 400, each + " bytes of heap for a granule");
      assertTrue(each >= CacheLimits.HEAP_BYTES_PER_GRANULE / 2, each + " bytes of heap only");
      assertEquals(STEP, memory.providedBytes());
    }
  }

  private static void reach(GranuleMemory memory, long fromByte, long toByte) {
    for (long at = fromByte; at < toByte; at += GRANULE) {
      memory.reach((int) (at / GRANULE));
    }
  }
}
