package io.atoll.io.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class S3FifoTest {
  private static final int GRANULES = 20;

  private final BitSet pinned = new BitSet();
  private final BitSet unread = new BitSet();
  private final S3Fifo policy =
      new S3Fifo(
          GRANULES,
          new S3Fifo.Holder() {
            @Override
            public boolean isPinned(int slot) {
              return pinned.get(slot);
            }

            @Override
            public boolean isUnread(int slot) {
              return unread.get(slot);
            }
          });

  private void enterAll() {
    for (int i = 0; i < GRANULES; i++) {
      policy.enter(i, i * 31 + 7);
    }
  }

  @Test
  void oldestGoesFirst() {
    enterAll();
    assertEquals(0, policy.evict());
    assertEquals(1, policy.evict());
  }

  @Test
  void pinnedOnesStay() {
    enterAll();
    pinned.set(0, GRANULES);
    pinned.clear(13);
    assertEquals(13, policy.evict());
    assertEquals(S3Fifo.NONE, policy.evict());
    pinned.clear();
    assertNotEquals(S3Fifo.NONE, policy.evict());
  }

  @Test
  void theLastUnpinnedOneGoesThoughTheSmallQueueIsBelowItsShare() {
    enterAll();
    pinned.set(0, GRANULES);
    assertEquals(S3Fifo.NONE, policy.evict());
    pinned.clear(GRANULES - 1); // the newest: it alone is left in the small queue
    assertEquals(GRANULES - 1, policy.evict());
  }

  @Test
  void theLastUnpinnedOneGoesThoughItWasUsedInTheSmallQueue() {
    enterAll();
    pinned.set(0, GRANULES);
    assertEquals(S3Fifo.NONE, policy.evict());
    policy.use(GRANULES - 1);
    policy.use(GRANULES - 1);
    pinned.clear(GRANULES - 1);
    assertEquals(GRANULES - 1, policy.evict());
  }

  @Test
  void allButThePinnedGoSoonerOrLaterHoweverOftenTheyWereUsed() {
    enterAll();
    for (int use = 0; use < 10; use++) {
      for (int i = 0; i < GRANULES; i++) {
        policy.use(i);
      }
    }
    BitSet gone = new BitSet();
    for (int i = 0; i < GRANULES; i++) {
      gone.set(policy.evict());
    }
    assertEquals(GRANULES, gone.cardinality());
    assertEquals(S3Fifo.NONE, policy.evict());
  }

  @Test
  void whatWasUsedAgainOutlivesWhatWasNot() {
    enterAll();
    policy.use(0);
    policy.use(0);
    for (int i = 1; i < GRANULES - 1; i++) {
      assertEquals(i, policy.evict());
      policy.enter(i, 1000 + i);
    }
  }

  @Test
  void whatComesBackSoonIsKeptLonger() {
    enterAll();
    assertEquals(0, policy.evict());
    policy.enter(0, 7); // the same hash as before
    for (int i = 0; i < 3 * GRANULES; i++) {
      int victim = policy.evict();
      assertNotEquals(0, victim);
      policy.enter(victim, 5000 + i);
    }
  }

  @Test
  void whatIsStillToBeReadIsKeptLonger() {
    enterAll();
    unread.set(0);
    for (int i = 0; i < 3 * GRANULES; i++) {
      int victim = policy.evict();
      assertNotEquals(0, victim);
      policy.enter(victim, 5000 + i);
    }
  }
}
