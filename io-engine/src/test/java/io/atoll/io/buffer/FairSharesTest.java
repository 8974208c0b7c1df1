package io.atoll.io.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairSharesTest {
  private static final long CAPACITY = 1_000;

  private final FairShares shares = new FairShares(CAPACITY);

  @Test
  void oneThatIsAloneMayHaveAll() {
    FairShares.Member alone = shares.join();
    assertTrue(alone.tryTake(CAPACITY));
    assertFalse(alone.tryTake(1));
  }

  @Test
  void eachGetsItsPartHoweverMuchOthersTake() {
    FairShares.Member greedy = shares.join();
    List<FairShares.Member> others = List.of(shares.join(), shares.join(), shares.join());
    assertTrue(greedy.tryTake(greedy.room()));
    long part = CAPACITY / 2 / 4;
    others.forEach(other -> assertTrue(other.tryTake(part)));
    assertEquals(CAPACITY, shares.used());
  }

  @Test
  void whoJoinsGetsItsPartAsOthersGiveBack() {
    FairShares.Member first = shares.join();
    first.tryTake(CAPACITY);
    FairShares.Member late = shares.join();
    assertEquals(0, late.room());
    first.add(-100);
    assertEquals(0, first.room(), "what was given back is the late one's");
    assertTrue(late.tryTake(100));
  }

  @Test
  void whatOneThatLeftStillHoldsIsNobodyElses() {
    FairShares.Member gone = shares.join();
    FairShares.Member stays = shares.join();
    gone.tryTake(300);
    gone.leave();
    assertEquals(CAPACITY - 300, stays.room());
    gone.add(-300);
    assertEquals(CAPACITY, stays.room());
  }

  /** Whatever they do: never more than there is, and each is sure of its part. */
  @Test
  void partsHoldInAnyHistory() {
    Random random = new Random(7);
    List<FairShares.Member> members = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      int what = random.nextInt(20);
      if (members.isEmpty() || (what == 0 && members.size() < 8)) {
        // Only where nobody holds more than it will then be sure of, which would have to come back.
        members.forEach(member -> member.add(-member.taken()));
        members.add(shares.join());
      } else if (what == 1 && members.size() > 1) {
        FairShares.Member gone = members.removeLast();
        gone.add(-gone.taken());
        gone.leave();
      } else {
        FairShares.Member member = members.get(random.nextInt(members.size()));
        if (random.nextBoolean()) {
          member.tryTake(random.nextLong(CAPACITY / 4) + 1);
        } else if (member.taken() > 0) {
          member.add(-(random.nextLong(member.taken()) + 1));
        }
      }
      assertTrue(shares.used() <= CAPACITY);
      long part = CAPACITY / 2 / members.size();
      for (FairShares.Member member : members) {
        long sure = Math.max(0, part - member.taken());
        assertTrue(member.room() >= sure, "step " + step + ": " + member.room() + " < " + sure);
      }
    }
  }
}
