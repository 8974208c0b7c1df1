package io.atoll.io.space;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MaxTreeTest {

  private static final int COUNT = 300;
  private static final int VALUES = 8;

  @Test
  void agreesWithASearchThroughAllNumbers() {
    for (long seed = 1; seed <= 10; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      MaxTree tree = new MaxTree();
      int[] numbers = new int[COUNT];
      int known = 1;
      for (int step = 0; step < 3000; step++) {
        known = Math.min(COUNT, known + random.nextInt(2));
        int changed = random.nextInt(known);
        // Mostly 0, so that long ways are walked.
        numbers[changed] = Math.max(0, random.nextInt(-3 * VALUES, VALUES));
        tree.set(changed, numbers[changed]);
        int from = random.nextInt(COUNT + 1);
        int least = random.nextInt(1, VALUES);
        assertEquals(next(numbers, from, least), tree.next(from, least), "seed " + seed);
        assertEquals(previous(numbers, from, least), tree.previous(from, least), "seed " + seed);
      }
    }
  }

  private static int next(int[] numbers, int from, int least) {
    for (int i = from; i < numbers.length; i++) {
      if (numbers[i] >= least) {
        return i;
      }
    }
    return MaxTree.NONE;
  }

  private static int previous(int[] numbers, int from, int least) {
    for (int i = Math.min(from, numbers.length - 1); i >= 0; i--) {
      if (numbers[i] >= least) {
        return i;
      }
    }
    return MaxTree.NONE;
  }
}
