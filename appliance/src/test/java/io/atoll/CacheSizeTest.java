package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.cache.CacheLimits;
import org.junit.jupiter.api.Test;

class CacheSizeTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long HEAP = 512 * MIB;

  /** What a node with two loops takes beside. */
  private static final long OTHERS = 1776 * MIB;

  @Test
  void ofAMachineThatHasMoreThanFourGibibytesItTakesAQuarterOfTheRest() {
    assertEquals(512 * MIB, CacheSize.byDefault(2, OTHERS, 4 * GIB, HEAP));
    assertEquals(1536 * MIB, CacheSize.byDefault(2, OTHERS, 8 * GIB, HEAP));
    assertEquals(5632 * MIB, CacheSize.byDefault(2, OTHERS, 24 * GIB, HEAP));
    assertEquals(5886 * MIB, CacheSize.byDefault(3, OTHERS, 24 * GIB, HEAP));
  }

  @Test
  void withTheRestOfTheNodeItFitsIntoTheMachineWhereTheRestDoes() {
    for (long machine = OTHERS + 32 * MIB; machine < 400 * GIB; machine += 97 * MIB) {
      long cache = CacheSize.byDefault(2, OTHERS, machine, HEAP);
      assertTrue(OTHERS + cache <= machine, cache + " of " + machine);
    }
  }

  @Test
  void eachLoopGetsWhatItCantDoWithout() {
    assertEquals(32 * MIB, CacheSize.byDefault(2, OTHERS, GIB, HEAP));
    assertEquals(1024 * MIB, CacheSize.byDefault(64, OTHERS, GIB, HEAP));
  }

  @Test
  void itsTablesTakeAnEighthOfTheHeapAtMost() {
    assertEquals(8 * GIB, CacheSize.byDefault(2, OTHERS, 256 * GIB, HEAP));
    assertEquals(16 * GIB, CacheSize.byDefault(2, OTHERS, 256 * GIB, 2 * HEAP));
    long granules = CacheSize.byDefault(2, OTHERS, 256 * GIB, HEAP) / CacheLimits.GRANULE_BYTES;
    assertEquals(HEAP / 8, granules * CacheLimits.HEAP_BYTES_PER_GRANULE);
  }

  @Test
  void whateverThereIsItHasABound() {
    assertEquals(64 * GIB, CacheSize.byDefault(2, OTHERS, 4096 * GIB, 100 * GIB));
  }

  @Test
  void aNumberOfLoopsDividesItIntoWholeMebibytes() {
    for (int loops = 1; loops <= 64; loops++) {
      long cache = CacheSize.byDefault(loops, OTHERS, 24 * GIB + 12_345, HEAP);
      assertEquals(0, cache % (loops * MIB), loops + " loops");
    }
  }
}
