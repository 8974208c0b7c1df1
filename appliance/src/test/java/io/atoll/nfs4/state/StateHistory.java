package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A random history of several clients' opens and locks, and a flat list of what should be. */
final class StateHistory {
  private static final int CLIENTS = 3;
  private static final int FILES = 2;
  private static final int BYTES = 12;
  private static final String[] OWNERS = {"x", "y"};
  private static final StateLimits ROOMY =
      new StateLimits(8, 4, 1000, 1000, 1000, 1000, 1000, 1 << 20, 1 << 22);

  private final Random random;
  private final StateFixture server = new StateFixture();
  private final ClientRecord[] clients = new ClientRecord[CLIENTS];
  private final long[] verifiers = new long[CLIENTS];
  private final Map<OpenKey, OpenModel> opens = new HashMap<>();
  private final String seedText;
  private String context = "";

  StateHistory(long seed) {
    seedText = "seed " + seed + " step ";
    random = new Random(seed);
    server.restart(ROOMY, StateFixture.SESSION_LIMITS);
    for (int i = 0; i < CLIENTS; i++) {
      mount(i);
    }
  }

  private record OpenKey(int client, String owner, String file) {}

  /** One open state: its stateid and share bits, and under it one lock owner's bytes. */
  private static final class OpenModel {
    Stateid stateid;
    Stateid lockStateid;
    int access;
    int deny;
    final Mode[] bytes = new Mode[BYTES];

    OpenModel() {
      Arrays.fill(bytes, Mode.UNLOCKED);
    }
  }

  private void mount(int client) {
    Session session = server.mount("client" + client, ++verifiers[client]);
    clients[client] = session.client();
    server.state.reclaimComplete(clients[client]);
    opens.keySet().removeIf(key -> key.client() == client);
  }

  /** Does something and compares everything. */
  void step(int number) {
    context = seedText + number;
    act();
    checkInvariants();
  }

  private void act() {
    int client = random.nextInt(CLIENTS);
    String owner = OWNERS[random.nextInt(OWNERS.length)];
    OpenKey key = new OpenKey(client, owner, "file" + random.nextInt(FILES));
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> open(key);
      case 3 -> close(key);
      case 4 -> downgrade(key);
      case 5, 6, 7 -> lock(key);
      case 8, 9 -> unlock(key);
      case 10 -> test(key);
      default -> {
        if (random.nextInt(4) == 0) {
          mount(client);
        }
      }
    }
  }

  private void open(OpenKey key) {
    // Mostly without denials, or nearly nothing could be open together.
    int access = 1 + random.nextInt(3);
    int deny = random.nextInt(6) == 0 ? random.nextInt(4) : 0;
    boolean conflict = false;
    for (Map.Entry<OpenKey, OpenModel> other : opens.entrySet()) {
      boolean same = other.getKey().file().equals(key.file());
      OpenModel held = other.getValue();
      conflict |= same && ((held.deny & access) | (held.access & deny)) != 0;
    }
    Opens.Outcome outcome =
        server.open(clients[key.client()], key.owner(), key.file(), access, deny);
    assertEquals(conflict ? Nfs4Status.SHARE_DENIED : Nfs4Status.OK, outcome.status(), context);
    if (!conflict) {
      OpenModel model = opens.computeIfAbsent(key, made -> new OpenModel());
      assertRises(model.stateid, outcome.stateid());
      model.stateid = outcome.stateid();
      model.access |= access;
      model.deny |= deny;
    }
  }

  private void assertRises(Stateid before, Stateid after) {
    if (before == null) {
      assertEquals(1, after.seqid(), context);
    } else {
      assertEquals(before.withSeqid(before.seqid() + 1), after, context);
    }
  }

  private void close(OpenKey key) {
    OpenModel model = opens.remove(key);
    if (model != null) {
      Opens.Outcome outcome =
          server.state.opens().close(clients[key.client()], key.file(), model.stateid);
      assertEquals(Nfs4Status.OK, outcome.status(), context);
      assertEquals(
          Nfs4Status.BAD_STATEID,
          server.state.testStateid(clients[key.client()], model.stateid),
          context);
    }
  }

  private void downgrade(OpenKey key) {
    OpenModel model = opens.get(key);
    if (model == null) {
      return;
    }
    // What it has now is always a union of what it opened.
    Opens.Outcome outcome =
        server
            .state
            .opens()
            .downgrade(clients[key.client()], key.file(), model.stateid, model.access, model.deny);
    assertEquals(Nfs4Status.OK, outcome.status(), context);
    assertRises(model.stateid, outcome.stateid());
    model.stateid = outcome.stateid();
  }

  private boolean conflicts(OpenKey key, Mode mode, int first, int last) {
    for (Map.Entry<OpenKey, OpenModel> other : opens.entrySet()) {
      OpenKey otherKey = other.getKey();
      for (int at = first; otherKey.file().equals(key.file()) && at <= last; at++) {
        Mode held = other.getValue().bytes[at];
        boolean bars = held == Mode.EXCLUSIVE || (held == Mode.SHARED && mode == Mode.EXCLUSIVE);
        if (bars && !otherKey.equals(key)) {
          return true;
        }
      }
    }
    return false;
  }

  private void lock(OpenKey key) {
    OpenModel model = opens.get(key);
    if (model == null) {
      return;
    }
    Mode mode = random.nextBoolean() ? Mode.SHARED : Mode.EXCLUSIVE;
    int first = random.nextInt(BYTES);
    int last = first + random.nextInt(BYTES - first);
    Locks.Request request = new Locks.Request(mode, false, first, last);
    ClientRecord client = clients[key.client()];
    Locks locks = server.state.locks();
    Locks.Outcome outcome =
        model.lockStateid == null || random.nextInt(3) == 0
            ? locks.lock(
                client, key.file(), model.stateid, StateFixture.id(key.owner() + "'s"), request)
            : locks.lock(client, key.file(), model.lockStateid, request);
    int needed = mode == Mode.EXCLUSIVE ? StateFixture.WRITE : StateFixture.READ;
    Nfs4Status expected = Nfs4Status.OK;
    if ((model.access & needed) == 0) {
      expected = Nfs4Status.OPENMODE;
    } else if (conflicts(key, mode, first, last)) {
      expected = Nfs4Status.DENIED;
    }
    assertEquals(expected, outcome.status(), context);
    if (expected == Nfs4Status.OK) {
      assertRises(model.lockStateid, outcome.stateid());
      model.lockStateid = outcome.stateid();
      Arrays.fill(model.bytes, first, last + 1, mode);
    }
  }

  private void unlock(OpenKey key) {
    OpenModel model = opens.get(key);
    if (model == null || model.lockStateid == null) {
      return;
    }
    int first = random.nextInt(BYTES);
    int last = first + random.nextInt(BYTES - first);
    Locks.Outcome outcome =
        server
            .state
            .locks()
            .unlock(clients[key.client()], key.file(), model.lockStateid, first, last);
    assertEquals(Nfs4Status.OK, outcome.status(), context);
    assertRises(model.lockStateid, outcome.stateid());
    model.lockStateid = outcome.stateid();
    Arrays.fill(model.bytes, first, last + 1, Mode.UNLOCKED);
  }

  private void test(OpenKey key) {
    int first = random.nextInt(BYTES);
    int last = first + random.nextInt(BYTES - first);
    Mode mode = random.nextBoolean() ? Mode.SHARED : Mode.EXCLUSIVE;
    boolean denied =
        server
                .state
                .locks()
                .test(
                    clients[key.client()],
                    key.file(),
                    StateFixture.id(key.owner() + "'s"),
                    mode,
                    first,
                    last)
            != null;
    assertEquals(conflicts(key, mode, first, last), denied, context);
  }

  private void checkInvariants() {
    Map<String, Integer> opensByFile = new HashMap<>();
    int stateids = 0;
    for (Map.Entry<OpenKey, OpenModel> entry : opens.entrySet()) {
      opensByFile.merge(entry.getKey().file(), 1, Integer::sum);
      stateids += entry.getValue().lockStateid == null ? 1 : 2;
    }
    for (int file = 0; file < FILES; file++) {
      String name = "file" + file;
      assertEquals(opensByFile.getOrDefault(name, 0), server.holds(name), context);
    }
    NfsState.Counts counts = server.state.counts();
    assertEquals(opens.size(), counts.opens(), context);
    assertEquals(stateids, counts.stateids(), context);
    assertEquals(opensByFile.size(), counts.files(), context);
    assertEquals(CLIENTS, counts.clients(), context);
  }

  void checkNothingIsLeft() {
    server.advanceSeconds(StateFixture.COURTESY_SECONDS + 3 * StateFixture.LEASE_SECONDS);
    assertEquals(new NfsState.Counts(0, 0, 0, 0, 0, 0, 0), server.state.counts(), context);
    assertEquals(0, server.state.locks().rangeCount(), context);
    assertEquals(0, server.state.watchedClients(), context);
    assertEquals(0, server.journal.clients.size(), context);
    server.holds.values().forEach(held -> assertEquals(0, held, context));
  }
}
