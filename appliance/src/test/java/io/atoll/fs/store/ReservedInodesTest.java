package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.atoll.fs.FileType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The one that gives way is the one that has not been written for the longest. */
class ReservedInodesTest {
  private static final int STEPS = 2_000;

  @Test
  void keepsTheOrderOfTheLastWrites() {
    SplittableRandom random = new SplittableRandom(5);
    ReservedInodes reserved = new ReservedInodes();
    List<Inode> model = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      Inode any = model.isEmpty() ? null : model.get(random.nextInt(model.size()));
      switch (any == null ? 0 : random.nextInt(4)) {
        case 0, 1 -> {
          Inode added = new Inode(step, 0, FileType.REGULAR);
          reserved.add(added);
          model.add(added);
        }
        case 2 -> {
          reserved.used(any);
          model.remove(any);
          model.add(any);
        }
        default -> {
          reserved.remove(any);
          model.remove(any);
        }
      }
      assertEquals(model.isEmpty() ? null : model.getFirst(), reserved.leastRecentlyUsed());
      assertEquals(model.size(), reserved.size());
    }
    while (!model.isEmpty()) {
      assertEquals(model.removeFirst(), reserved.leastRecentlyUsed());
      reserved.remove(reserved.leastRecentlyUsed());
    }
    assertNull(reserved.leastRecentlyUsed());
  }
}
