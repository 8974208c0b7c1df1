package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Names of owners, which clients choose. */
class OwnerIdTest {
  private static final int COLLIDING_BITS = 8;

  /** "Aa" and "BB" have one hash, and so do all their combinations. */
  private static OwnerId colliding(int number) {
    StringBuilder name = new StringBuilder();
    for (int bit = 0; bit < COLLIDING_BITS; bit++) {
      name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return StateFixture.id(name.toString());
  }

  @Test
  void namesOfOneHashAreOrderedAsTheyAreEqual() {
    TreeSet<OwnerId> ordered = new TreeSet<>();
    for (int i = 0; i < 1 << COLLIDING_BITS; i++) {
      assertEquals(colliding(0).hashCode(), colliding(i).hashCode());
      assertTrue(ordered.add(colliding(i)));
      assertEquals(0, colliding(i).compareTo(colliding(i)));
    }
    assertNotEquals(0, colliding(0).compareTo(StateFixture.id("Aa")));
    assertEquals(1 << COLLIDING_BITS, ordered.size());
  }
}
