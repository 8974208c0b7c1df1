package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.state.RecoveryJournal.RecordedClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** For how long reclaims hold off its end. */
class GracePeriodTest {
  private static final long START_NANOS = -7;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(40);

  @Test
  void fewClientsHaveTheLongestTime() {
    assertEquals(0, extensionAfter(LONGEST_NANOS, 1));
    assertEquals(0, extensionAfter(LONGEST_NANOS, 400));
    assertEquals(1, extensionAfter(LONGEST_NANOS - 1, 400));
  }

  @Test
  void ofManyEachHasItsShare() {
    long forAll = 1000 * GracePeriod.CLIENT_NANOS;
    assertEquals(GracePeriod.RECLAIM_GAP_NANOS, extensionAfter(LONGEST_NANOS, 1000));
    assertEquals(1, extensionAfter(forAll - 1, 1000));
    assertEquals(0, extensionAfter(forAll, 1000));
  }

  @Test
  void nobodyWhoReclaimsIsWaitedForLonger() {
    GracePeriod grace = new GracePeriod(clients(1000), START_NANOS, LONGEST_NANOS);
    grace.reclaimed(START_NANOS);
    assertEquals(0, grace.extensionNanos(START_NANOS + GracePeriod.RECLAIM_GAP_NANOS));
  }

  /** Right after a reclaim. */
  private static long extensionAfter(long nanos, int clients) {
    GracePeriod grace = new GracePeriod(clients(clients), START_NANOS, LONGEST_NANOS);
    grace.reclaimed(START_NANOS + nanos);
    return grace.extensionNanos(START_NANOS + nanos);
  }

  private static List<RecordedClient> clients(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> ("client " + i).getBytes(StandardCharsets.UTF_8))
        .map(name -> new RecordedClient(new OwnerId(name), 1, 0))
        .toList();
  }
}
