package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.rpc.ManualLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The watch over leases (RFC 8881 §8.3). */
class LeaseClockTest {
  private final ManualLoop loop = new ManualLoop();
  private final List<Long> met = new ArrayList<>();
  private boolean broken = true;

  private long deadline(ClientRecord record) {
    if (record.clientId() == 1 && broken) {
      throw new IllegalStateException("a bug, as the test wants it");
    }
    met.add(record.clientId());
    return LeaseClock.NEVER;
  }

  @Test
  void bugInOneDeadlineLosesNoOther() {
    LeaseClock clock = new LeaseClock(loop, this::deadline);
    for (long id = 1; id <= 3; id++) {
      OwnerId owner = StateFixture.id("client " + id);
      clock.watch(new ClientRecord(id, owner, 0, 0, 0), TimeUnit.SECONDS.toNanos(1));
    }
    loop.advance(TimeUnit.SECONDS.toNanos(2));
    assertEquals(List.of(2L, 3L), met);
    assertEquals(1, clock.size(), "the first is watched on");
    broken = false;
    loop.advance(TimeUnit.SECONDS.toNanos(2));
    assertEquals(List.of(2L, 3L, 1L), met);
    assertEquals(0, clock.size());
  }
}
