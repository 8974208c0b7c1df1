package io.atoll.perf.bench.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FileShapeTest {

  @Test
  void sizesRiseFromTheSmallestToTheLargest() {
    for (FileShape shape : FileShape.values()) {
      int before = 0;
      for (double share = 0; share <= 1; share += 1.0 / 64) {
        int size = shape.sizeBytes(share, 4096);
        assertTrue(size >= before, shape + " at " + share);
        before = size;
      }
      assertEquals(shape.largestBytes(4096), shape.sizeBytes(1, 4096));
    }
  }

  @Test
  void halfOfNodeModulesIsBelowItsMedian() {
    assertEquals(1300, FileShape.NODE_MODULES.sizeBytes(0.5, 0));
  }
}
