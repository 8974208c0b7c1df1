package io.atoll.nfs4.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.RecoveryJournal.RecordedClient;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.ManualLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A server's state with a manual clock, a journal that outlives it, and counted holds. */
final class StateFixture {
  static final int LEASE_SECONDS = 10;
  static final int GRACE_SECONDS = 15;
  static final int COURTESY_SECONDS = 100;
  static final long PRINCIPAL = 7;
  static final ChannelAttributes CHANNEL = new ChannelAttributes(1 << 20, 1 << 20, 4096, 16, 8);
  static final StateLimits LIMITS = new StateLimits(8, 4, 5, 8, 6, 9, 7, 1 << 20, 1 << 22);
  static final SessionLimits SESSION_LIMITS =
      new SessionLimits(3, 8, 16, 1 << 20, 1 << 20, 4096, 1 << 20);
  static final CallbackProgram CALLBACKS = new CallbackProgram(0x40000000, 0, new byte[0]);
  static final int READ = ShareReservations.READ;
  static final int WRITE = ShareReservations.WRITE;
  static final int BOTH = ShareReservations.BOTH;

  final ManualLoop loop = new ManualLoop();
  final Journal journal = new Journal();
  final Map<Object, Integer> holds = new LinkedHashMap<>();

  static final int SLOT_BYTES = 4096 + ReplyCacheBudget.SLOT_BYTES;

  /** With room for 66 slots' replies in all. */
  static final SessionLimits TIGHT_LIMITS =
      new SessionLimits(3, 8, 16, 1 << 20, 1 << 20, 4096, 66 * SLOT_BYTES);

  private final Random random = new Random(42);
  int gracesEnded;
  private long incarnation;
  NfsState state;

  StateFixture() {
    restart();
  }

  /** What a journal durably holds, and in which order it changed. */
  static final class Journal implements RecoveryJournal {
    final Map<OwnerId, RecordedClient> clients = new LinkedHashMap<>();
    long sequence;

    @Override
    public long record(RecordedClient client) {
      clients.put(client.owner(), client);
      return ++sequence;
    }

    @Override
    public long forget(OwnerId owner) {
      clients.remove(owner);
      return ++sequence;
    }
  }

  /** The server goes down and comes up again, with what its journal has. */
  void restart() {
    restart(LIMITS, SESSION_LIMITS);
  }

  void restart(StateLimits limits, SessionLimits sessionLimits) {
    if (state != null) {
      state.stop();
    }
    holds.clear();
    gracesEnded = 0;
    state =
        new NfsState(
            new StateSettings(
                LEASE_SECONDS, GRACE_SECONDS, COURTESY_SECONDS, limits, sessionLimits),
            loop,
            ++incarnation,
            random,
            journal,
            new ArrayList<>(journal.clients.values()),
            file -> holds.merge(file, -1, Integer::sum),
            () -> gracesEnded++);
  }

  void advanceSeconds(double seconds) {
    loop.advance((long) (seconds * 1e9));
  }

  static OwnerId id(String name) {
    return new OwnerId(name.getBytes(StandardCharsets.UTF_8));
  }

  // --- clients ---

  ExchangeId.Result exchange(String owner, long verifier, long principal) {
    return state.exchangeId(new ExchangeId.Request(id(owner), verifier, principal, false));
  }

  ExchangeId.Result update(String owner, long verifier, long principal) {
    return state.exchangeId(new ExchangeId.Request(id(owner), verifier, principal, true));
  }

  CreateSession.Result createSession(long clientId, int sequence) {
    return createSession(clientId, sequence, PRINCIPAL, CHANNEL);
  }

  CreateSession.Result createSession(
      long clientId, int sequence, long principal, ChannelAttributes fore) {
    return createSession(clientId, sequence, principal, fore, CHANNEL);
  }

  CreateSession.Result createSession(
      long clientId, int sequence, long principal, ChannelAttributes fore, ChannelAttributes back) {
    return state.createSession(
        new CreateSession.Request(clientId, sequence, true, fore, back, CALLBACKS, principal));
  }

  /** A confirmed client with a session, before RECLAIM_COMPLETE. */
  Session mount(String owner, long verifier) {
    ExchangeId.Result exchanged = exchange(owner, verifier, PRINCIPAL);
    assertEquals(Nfs4Status.OK, exchanged.status());
    CreateSession.Result created = createSession(exchanged.clientId(), exchanged.sequence());
    assertEquals(Nfs4Status.OK, created.status());
    return state.session(created.sessionId());
  }

  /** A confirmed client that has completed its reclaim. */
  ClientRecord client(String owner) {
    ClientRecord client = mount(owner, 1).client();
    assertEquals(Nfs4Status.OK, state.reclaimComplete(client));
    return client;
  }

  /** A whole request in a session, as SEQUENCE and the pump have it. */
  static void request(Session session, int slot, int sequence) {
    assertEquals(SequenceVerdict.NEW, session.judge(slot, sequence, slot, 100, 1, 0, PRINCIPAL));
    session.take(slot, sequence, slot, 0, PRINCIPAL, false).finalise();
  }

  // --- opens and locks ---

  Opens.Outcome open(ClientRecord client, String owner, String file, int access, int deny) {
    holds.merge(file, 1, Integer::sum);
    return state.opens().open(new Opens.Request(client, id(owner), file, access, deny, false, 0));
  }

  Stateid opened(ClientRecord client, String file) {
    Opens.Outcome outcome = open(client, "owner", file, BOTH, 0);
    assertEquals(Nfs4Status.OK, outcome.status());
    return outcome.stateid();
  }

  Locks.Outcome lock(
      ClientRecord client, String file, Stateid open, String owner, Mode mode, long a, long b) {
    return state.locks().lock(client, file, open, id(owner), new Locks.Request(mode, false, a, b));
  }

  Stateid locked(ClientRecord client, String file, Stateid open, String owner, long a, long b) {
    Locks.Outcome outcome = lock(client, file, open, owner, Mode.EXCLUSIVE, a, b);
    assertEquals(Nfs4Status.OK, outcome.status());
    return outcome.stateid();
  }

  int holds(String file) {
    return holds.getOrDefault(file, 0);
  }
}
