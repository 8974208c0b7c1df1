package io.atoll.io.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MapMemoryTest {

  @Test
  void volumesShareItAndGiveItBack() {
    MapMemory memory = MapMemory.forRegions(10);
    MapMemory.Share one = memory.share();
    MapMemory.Share other = memory.share();
    assertTrue(one.reach(6));
    assertTrue(one.reach(3), "it has these already");
    assertFalse(other.reach(5));
    assertEquals(4, other.reachableRegions());
    assertTrue(other.reach(4));
    assertFalse(one.reach(7));
    one.giveBack();
    one.giveBack();
    assertEquals(10, other.reachableRegions());
  }

  @Test
  void whatIsLackingIsToldWithTheHeapThatWouldDo() {
    MapMemory memory = MapMemory.forRegions(10);
    MapMemory.Share share = memory.share();
    long tebibyte = (1L << 40) / (RegionImage.BLOCKS_PER_REGION * 4096L);
    String lack = share.lack(tebibyte);
    assertTrue(lack.startsWith("the map of its space takes 36 MiB of heap"), lack);
    long lacking = 4 * (tebibyte - 10) * MapMemory.BYTES_PER_REGION;
    long heapMib = Math.ceilDiv(Runtime.getRuntime().maxMemory() + lacking, 1024 * 1024);
    assertTrue(lack.endsWith("(ATOLL_JAVA_OPTS=-Xmx" + heapMib + "m)"), lack);
  }
}
