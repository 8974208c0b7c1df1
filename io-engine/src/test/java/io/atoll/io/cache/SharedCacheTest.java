package io.atoll.io.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.sim.VolumeWorld;
import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two caches over one memory: neither starves the other. */
class SharedCacheTest {
  private static final int GRANULES = 16;
  private static final int EVEN_PART = GRANULES / 2;

  /** Of what may be pinned, half is kept, in equal parts. */
  private static final int SURE_OF = GRANULES / 2 / 2;

  private static final long INODE = 7;
  private static final long BIRTH = 1;

  private final VolumeWorld world =
      new VolumeWorld(new SplittableRandom(1), VolumeWorld.smallOptions(), 16L << 20)
          .withoutModel();
  private final GranuleMemory memory =
      new GranuleMemory((GRANULES + 1L) * CacheLimits.GRANULE_BYTES);
  private final GranuleShare firstShare = memory.join();
  private final GranuleShare secondShare = memory.join();
  private final DataCache first = new DataCache(null, world.loop(), firstShare);
  private final DataCache second = new DataCache(null, world.loop(), secondShare);
  private final ByteBuf block = AlignedMemory.allocate(CacheLimits.BLOCK_BYTES);

  @AfterEach
  void allCanBeFreed() {
    block.release();
    memory.close();
  }

  private void fill(DataCache cache, int from, int to) {
    for (int place = from; place < to; place++) {
      cache.copyIn(INODE, (long) place * CacheLimits.GRANULE_BLOCKS, 1, place, BIRTH, block, 0);
    }
  }

  private int held(DataCache cache, int places) {
    int held = 0;
    for (int place = 0; place < places; place++) {
      long first = (long) place * CacheLimits.GRANULE_BLOCKS;
      held += cache.copyOut(INODE, first, place, BIRTH, block, 0) ? 1 : 0;
    }
    return held;
  }

  private int[] pin(DataCache cache, int count) {
    int[] slots = new int[count];
    for (int place = 0; place < count; place++) {
      slots[place] = cache.pin(INODE, place, Access.RANDOM, false);
    }
    return slots;
  }

  private static void unpin(DataCache cache, int[] slots) {
    for (int slot : slots) {
      cache.unpin(slot);
    }
  }

  @Test
  void oneAloneHasAllAndTheOtherTakesItsEvenPart() {
    fill(first, 0, GRANULES);
    assertEquals(GRANULES, held(first, GRANULES));
    fill(second, 0, GRANULES);
    assertEquals(EVEN_PART, held(first, GRANULES));
    assertEquals(EVEN_PART, held(second, GRANULES));
  }

  @Test
  void aScanTakesNothingOfAnothersEvenPart() {
    fill(second, 0, EVEN_PART);
    fill(first, 0, 10 * GRANULES);
    assertEquals(EVEN_PART, held(second, EVEN_PART));
  }

  @Test
  void theSameFileOfBothIsTwoFiles() {
    fill(first, 0, 1);
    assertEquals(0, held(second, 1));
  }

  @Test
  void whateverOneHasPinnedTheOtherIsSureOfItsPart() {
    int[] most = pin(first, GRANULES - SURE_OF);
    assertFalse(first.hasRoom(1), "it may pin what is kept for the other");
    assertTrue(second.hasRoom(SURE_OF));
    int[] part = pin(second, SURE_OF);
    assertFalse(second.hasRoom(1));
    unpin(first, most);
    assertTrue(second.hasRoom(SURE_OF));
    unpin(second, part);
    assertEquals(0, first.pinnedGranules());
  }

  @Test
  void whoLeavesGivesUpAllAtOnceButWhatIsInUse() {
    fill(first, 0, GRANULES);
    int[] used = pin(first, 2);
    firstShare.leave();
    assertFalse(firstShare.isComplete());
    fill(second, 0, GRANULES);
    assertEquals(GRANULES - used.length, held(second, GRANULES));
    unpin(first, used);
    assertTrue(firstShare.isComplete());
    fill(second, GRANULES, GRANULES + 2);
    assertEquals(GRANULES, held(second, GRANULES + 2));
  }
}
