package io.atoll.nfs4.state;

import static io.atoll.nfs4.state.StateFixture.GRACE_SECONDS;
import static io.atoll.nfs4.state.StateFixture.LEASE_SECONDS;
import static io.atoll.nfs4.state.StateFixture.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.ClientRecord.Phase;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Leases and grace while the wall clock is set forward and back, and while nothing runs. */
class ClockJumpsTest {
  private static final long HOUR_NANOS = 3_600_000_000_000L;
  private static final int SEEDS = 200;
  private static final int STEPS = 60;
  private static final int CLIENTS = 3;

  private final StateFixture server = new StateFixture();

  @Test
  void aLeaseLastsAsLongWhateverTheWallClockSays() {
    ClientRecord client = server.client("a");
    Session session = client.sessions().getFirst();
    for (int i = 1; i < 20; i++) {
      server.loop.jumpWallClock(i % 2 == 0 ? HOUR_NANOS : -HOUR_NANOS);
      server.advanceSeconds(LEASE_SECONDS - 1);
      assertEquals(Phase.CONFIRMED, client.phase());
      StateFixture.request(session, 0, i);
    }
    server.loop.jumpWallClock(-HOUR_NANOS);
    server.advanceSeconds(LEASE_SECONDS + 1);
    assertEquals(Phase.LAPSED, client.phase());
  }

  @Test
  void graceLastsAsLongWhateverTheWallClockSays() {
    server.client("a");
    server.restart();
    server.loop.jumpWallClock(HOUR_NANOS);
    server.advanceSeconds(GRACE_SECONDS - 1);
    assertTrue(server.state.isInGrace());
    server.loop.jumpWallClock(-2 * HOUR_NANOS);
    server.advanceSeconds(1);
    assertFalse(server.state.isInGrace());
    assertEquals(1, server.gracesEnded);
  }

  /** The client could not renew, or its renewal lies in the socket: it finds all that it had. */
  @Test
  void aServerThatSleptThroughALeaseTakesNothingAway() {
    ClientRecord client = server.client("a");
    Session session = client.sessions().getFirst();
    Stateid open = server.opened(client, "file");
    server.loop.stall(3L * LEASE_SECONDS * 1_000_000_000);
    StateFixture.request(session, 0, 1);
    assertEquals(Phase.CONFIRMED, client.phase());
    assertEquals(Nfs4Status.OK, server.state.checkIo(client, "file", open, WRITE));
    server.advanceSeconds(LEASE_SECONDS - 1);
    assertEquals(Phase.CONFIRMED, client.phase(), "its lease runs from the renewal");
  }

  /** One whose wall clock is set all the time, beside one with a steady clock. */
  @Test
  void twoServersDifferInNothingButTheWallClock() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom jumps = new SplittableRandom(~seed);
      Life steady = new Life(seed);
      Life jumping = new Life(seed);
      for (int step = 0; step < STEPS; step++) {
        jumping.server.loop.jumpWallClock(jumps.nextLong(-HOUR_NANOS, HOUR_NANOS));
        steady.step();
        jumping.step();
        assertEquals(steady.toString(), jumping.toString(), "seed " + seed + ", step " + step);
      }
    }
  }

  /** What happens to one server, by a seed. */
  private static final class Life {
    private final StateFixture server = new StateFixture();
    private final SplittableRandom random;
    private final ClientRecord[] clients = new ClientRecord[CLIENTS];
    private final int[] sequences = new int[CLIENTS];
    private int verifier;

    Life(long seed) {
      random = new SplittableRandom(seed);
    }

    void step() {
      int client = random.nextInt(CLIENTS);
      switch (random.nextInt(8)) {
        case 0, 1 -> mount(client);
        case 2, 3 -> renew(client);
        case 4 -> {
          if (random.nextInt(3) == 0) {
            server.restart();
            Arrays.fill(clients, null);
          }
        }
        case 5 -> server.loop.stall(random.nextLong(3L * LEASE_SECONDS * 1_000_000_000));
        default -> server.advanceSeconds(random.nextDouble() * LEASE_SECONDS);
      }
    }

    private void mount(int client) {
      clients[client] = server.mount("client" + client, ++verifier).client();
      sequences[client] = 0;
      if (random.nextBoolean()) {
        server.state.reclaimComplete(clients[client]);
      }
    }

    private void renew(int client) {
      ClientRecord renewing = clients[client];
      if (renewing != null && renewing.isLive() && !renewing.sessions().isEmpty()) {
        StateFixture.request(renewing.sessions().getFirst(), 0, ++sequences[client]);
      }
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      for (ClientRecord client : clients) {
        text.append(client == null ? "none" : client.phase()).append(' ');
      }
      return text.append(server.state.isInGrace())
          .append(' ')
          .append(server.gracesEnded)
          .append(' ')
          .append(server.state.counts())
          .append(server.journal.clients.keySet())
          .toString();
    }
  }
}
