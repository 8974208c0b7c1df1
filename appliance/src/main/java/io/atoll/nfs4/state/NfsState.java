package io.atoll.nfs4.state;

import io.atoll.io.loop.Loop;
import io.atoll.nfs4.state.ClientRecord.Phase;
import io.atoll.nfs4.state.LapsedClients.Holding;
import io.atoll.nfs4.state.RecoveryJournal.RecordedClient;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * All that one file system's server knows of its clients, those of NFSv4.1; what those of NFSv4.0
 * ask in other words is {@link State40}'s. Confined to the home loop; each method is one
 * synchronous act. An operation with asynchronous steps keeps no more than a {@link ClientRecord}
 * across them, and the act that ends it asks whether that still lives.
 *
 * <p>No method here makes anything durable but through the {@link RecoveryJournal}. A reply that
 * grants state must not leave before {@link #journalSequence} is durable: else a client that was
 * forgotten, so that its locks could be given away, might reclaim them after a crash (RFC 8881
 * §8.4.3).
 */
public final class NfsState {
  private final RecoveryJournal journal;
  private final Runnable graceEnded;
  private final long leaseNanos;
  private final long courtesyNanos;
  private final Loop loop;
  private final GracePeriod grace;
  private final StateShares shares;
  private final StateBudget budget;
  private final ClientTable clients;
  private final SessionTable sessions;
  private final StateidTable stateids;
  private final FileTable files;
  private final BlockedLocks blockedLocks;
  private final Locks locks;
  private final Opens opens;
  private final StateRelease release;
  private final LeaseClock leases;
  private final State40 state40;
  private Loop.Timer graceTimer;
  private long journalSequence;

  /**
   * Begins a grace period, or none if no client is recorded.
   *
   * @param incarnation rises with every start: no stateid or client ID is ever given out twice
   * @param random not to be guessed: makes server instance and session IDs
   * @param recorded what the journal holds from before this start
   * @param holds gives back the holds of open files
   * @param graceEnded run once, perhaps before this returns, when no reclaim will come any more
   */
  public NfsState(
      StateSettings settings,
      Loop loop,
      long incarnation,
      RandomGenerator random,
      RecoveryJournal journal,
      Collection<RecordedClient> recorded,
      FileHolds holds,
      Runnable graceEnded) {
    this(
        settings,
        StateShares.alone(settings),
        loop,
        incarnation,
        random,
        journal,
        recorded,
        holds,
        graceEnded);
  }

  /**
   * As the other, in a process with several servers.
   *
   * @param shares of heap; given back by {@link #stop}
   */
  public NfsState(
      StateSettings settings,
      StateShares shares,
      Loop loop,
      long incarnation,
      RandomGenerator random,
      RecoveryJournal journal,
      Collection<RecordedClient> recorded,
      FileHolds holds,
      Runnable graceEnded) {
    this.shares = shares;
    StateLimits limits = settings.limits();
    int instance = (int) incarnation << Short.SIZE | random.nextInt(1 << Short.SIZE);
    this.journal = journal;
    this.graceEnded = graceEnded;
    this.leaseNanos = TimeUnit.SECONDS.toNanos(settings.leaseSeconds());
    this.courtesyNanos = TimeUnit.SECONDS.toNanos(settings.courtesySeconds());
    this.loop = loop;
    this.grace = new GracePeriod(recorded, loop.monotonicNanos(), 2 * leaseNanos);
    this.budget = new StateBudget(shares.stateBytes(), limits.maxStateBytesPerClient());
    this.clients =
        new ClientTable(limits, budget, instance, loop::monotonicNanos, this::takeStateAway);
    this.sessions =
        new SessionTable(
            settings.sessionLimits(), shares.replyCacheBytes(), random, clients::touch);
    this.stateids = new StateidTable(instance);
    this.files = new FileTable();
    this.blockedLocks = new BlockedLocks(loop, leaseNanos, budget);
    this.locks =
        new Locks(limits, budget, stateids, files, clients::discard, this::makeRoom, blockedLocks);
    this.opens =
        new Opens(limits, budget, stateids, files, locks, holds, clients::discard, this::makeRoom);
    this.release = new StateRelease(loop, opens);
    this.leases = new LeaseClock(loop, this::atDeadline);
    this.state40 =
        new State40(
            this,
            new Clients40(clients, random, this::confirm),
            clients,
            budget,
            stateids,
            opens,
            locks);
    this.graceTimer =
        loop.schedule(TimeUnit.SECONDS.toNanos(settings.graceSeconds()), this::graceTimeOver);
    endGraceIfComplete();
  }

  // --- clients and sessions ---

  /** EXCHANGE_ID (§18.35). */
  public ExchangeId.Result exchangeId(ExchangeId.Request request) {
    if (grace.isKeptFromPrincipal(request.owner(), request.principal())) {
      return ExchangeId.Result.failed(Nfs4Status.CLID_INUSE);
    }
    ExchangeId.Result result = clients.exchangeId(request);
    if (result.status().isOk() && !result.confirmed()) {
      watch(result.clientId());
    }
    return result;
  }

  /** Watches over a record that is new. */
  private void watch(long clientId) {
    leases.watch(clients.find(clientId), leaseNanos);
  }

  /** What clients of NFSv4.0 ask in other words. */
  public State40 v40() {
    return state40;
  }

  /** SETCLIENTID (RFC 7530 §16.33). */
  public SetClientId.Result setClientId(SetClientId.Request request) {
    if (grace.isKeptFromPrincipal(request.owner(), request.principal())) {
      return SetClientId.Result.inUse(CallbackAddress.UNKNOWN);
    }
    SetClientId.Result result = state40.setClientId(request);
    if (result.status().isOk() && clients.find(result.clientId()).isUnwatched()) {
      watch(result.clientId());
    }
    return result;
  }

  /** CREATE_SESSION's four phases (§18.36.4). */
  public CreateSession.Result createSession(CreateSession.Request request) {
    ClientRecord client = clients.find(request.clientId());
    if (client == null || client.minorVersion() == 0) {
      return CreateSession.Result.failed(Nfs4Status.STALE_CLIENTID);
    }
    if (client.phase() == Phase.UNCONFIRMED && client.principal() != request.principal()) {
      // Phase 3's rule, but before the slot moves: it is not the stranger's to use up.
      return CreateSession.Result.failed(Nfs4Status.CLID_INUSE);
    }
    if (request.fore().isTooSmall() || request.back().isTooSmallForCallbacks()) {
      // As Linux's server has it: a retry with the same sequence and better channels is welcome.
      return CreateSession.Result.failed(Nfs4Status.TOOSMALL);
    }
    CreateSession.Slot slot = client.createSessionSlot();
    if (slot.isReplay(request.sequence())) {
      return slot.cached();
    }
    if (!slot.isNext(request.sequence())) {
      return CreateSession.Result.failed(Nfs4Status.SEQ_MISORDERED);
    }
    return slot.complete(confirmAndCreate(client, request));
  }

  private CreateSession.Result confirmAndCreate(
      ClientRecord client, CreateSession.Request request) {
    if (client.phase() == Phase.UNCONFIRMED) {
      confirm(client);
    }
    clients.touch(client);
    CreateSession.Result result = sessions.create(client, request);
    while (result.status() == Nfs4Status.NOSPC && sessions.mayHaveAnother(client)) {
      if (!clients.endLongestCourtesy(Holding.SESSIONS)) {
        break;
      }
      result = sessions.create(client, request);
    }
    return result;
  }

  private void confirm(ClientRecord client) {
    boolean recorded = grace.wasRecorded(client);
    clients.confirm(client, recorded);
    if (grace.knows(client.owner()) && !recorded) {
      // Another incarnation: what the recorded one held is nobody's to reclaim any more.
      forget(client.owner());
    }
  }

  /** The session, or null: BADSESSION. */
  public Session session(SessionId id) {
    return sessions.find(id);
  }

  /**
   * DESTROY_SESSION (§18.37). DELAY while requests other than this one run in it.
   *
   * @param ownRequests how many of the session's requests in flight are the caller itself: 0 or 1
   */
  public Nfs4Status destroySession(SessionId id, int ownRequests) {
    Session session = sessions.find(id);
    if (session == null) {
      return Nfs4Status.BADSESSION;
    }
    if (session.requestsInFlight() > ownRequests) {
      return Nfs4Status.DELAY;
    }
    sessions.destroy(session);
    return Nfs4Status.OK;
  }

  /** DESTROY_CLIENTID (§18.50). */
  public Nfs4Status destroyClient(long clientId) {
    return clients.destroy(clientId);
  }

  // --- grace and reclaim ---

  /**
   * Whether {@code client} may get open or lock state now, or test for a lock (§8.4.2.1, §18.51.3).
   * A client of NFSv4.0 never says that it has completed its reclaim; grace alone decides.
   *
   * @param reclaim CLAIM_PREVIOUS or a reclaiming LOCK
   * @return GRACE for what is new while reclaims may come, of this client or any other; NO_GRACE or
   *     RECLAIM_BAD for a reclaim that comes too late or from one who held nothing
   */
  public Nfs4Status admits(ClientRecord client, boolean reclaim) {
    if (!reclaim) {
      boolean mayComeToReclaim = client.minorVersion() > 0 && !client.reclaimComplete();
      return grace.isActive() || mayComeToReclaim ? Nfs4Status.GRACE : Nfs4Status.OK;
    }
    if (!grace.isActive() || client.reclaimComplete()) {
      return Nfs4Status.NO_GRACE;
    }
    if (!client.mayReclaim()) {
      return Nfs4Status.RECLAIM_BAD;
    }
    grace.reclaimed(loop.monotonicNanos());
    return Nfs4Status.OK;
  }

  /** RECLAIM_COMPLETE for all file systems (§18.51). From here on the client is recorded. */
  public Nfs4Status reclaimComplete(ClientRecord client) {
    if (client.reclaimComplete()) {
      return Nfs4Status.COMPLETE_ALREADY;
    }
    client.completeReclaim();
    record(client);
    grace.completed(client.owner());
    endGraceIfComplete();
    return Nfs4Status.OK;
  }

  /** The client may hold state from now on, and reclaim it after a restart. */
  private void record(ClientRecord client) {
    client.markRecorded();
    noteJournal(
        journal.record(new RecordedClient(client.owner(), client.verifier(), client.principal())));
  }

  /** A client of NFSv4.0 has got or reclaimed state: see {@link #record}. */
  void recordHolder(ClientRecord client) {
    if (!client.isRecorded()) {
      record(client);
      grace.keep(client.owner());
    }
  }

  public boolean isInGrace() {
    return grace.isActive();
  }

  private void endGraceIfComplete() {
    if (grace.isActive() && grace.isComplete()) {
      endGrace();
    }
  }

  private void graceTimeOver() {
    long extensionNanos = grace.extensionNanos(loop.monotonicNanos());
    if (extensionNanos > 0) {
      graceTimer = loop.schedule(extensionNanos, this::graceTimeOver);
    } else {
      endGrace();
    }
  }

  private void endGrace() {
    if (!grace.isActive()) {
      return;
    }
    graceTimer.cancel();
    for (OwnerId late : grace.end()) {
      noteJournal(journal.forget(late));
    }
    graceEnded.run();
  }

  /** The log sequence up to which the journal must be durable before new state is told of. */
  public long journalSequence() {
    return journalSequence;
  }

  private void noteJournal(long sequence) {
    journalSequence = Math.max(journalSequence, sequence);
  }

  private void forget(OwnerId owner) {
    noteJournal(journal.forget(owner));
    grace.completed(owner);
    endGraceIfComplete();
  }

  // --- open and lock state ---

  public Opens opens() {
    return opens;
  }

  public Locks locks() {
    return locks;
  }

  /** Has clients that take callbacks told when they may have a lock that they wait for. */
  public void notifyLocksBy(LockNotifier notifier) {
    blockedLocks.noticesBy((waiter, told) -> {
      ClientRecord client = waiter.client();
      BackChannel channel = client.backChannel();
      if (channel != null) {
        notifier.notifyLock(
            channel,
            client.clientId(),
            waiter.open().file().file(),
            waiter.view(),
            waiter.range().owner().id(),
            isTold -> {
              if (isTold) {
                told.run();
              }
            });
      }
    });
  }

  /** TEST_STATEID's answer for one stateid (§18.48). */
  public Nfs4Status testStateid(ClientRecord client, Stateid stateid) {
    return stateids.verify(client, stateid);
  }

  /** FREE_STATEID (§18.38): a lock stateid without locks goes; others are in use. */
  public Nfs4Status freeStateid(ClientRecord client, Stateid stateid) {
    Nfs4Status status = stateids.verify(client, stateid);
    if (!status.isOk()) {
      return status;
    }
    if (!(stateids.find(stateid) instanceof LockState lock) || locks.holdsRanges(lock)) {
      return Nfs4Status.LOCKS_HELD;
    }
    locks.remove(lock);
    return Nfs4Status.OK;
  }

  /**
   * Whether {@code stateid} lets {@code client} read or write {@code file} (§8.2.3, §9.1.2). A
   * special one does unless somebody's share reservation denies it, and not in grace, when a
   * reservation may yet be reclaimed; all ones lets READ past reservations. An open without read
   * access lets READ, as clients read to write part of a page, but its permission is to be checked.
   *
   * @param access {@link ShareReservations#READ} or {@link ShareReservations#WRITE}
   */
  public Nfs4Status checkIo(ClientRecord client, Object file, Stateid stateid, int access) {
    if (stateid.isAnonymous() || stateid.isReadBypass()) {
      return checkSpecialIo(client, file, stateid, access);
    }
    Nfs4Status status = stateids.verify(client, stateid, file);
    return status.isOk() ? checkMode(client, file, stateid, access) : status;
  }

  /**
   * What a special stateid allows.
   *
   * @param client null if it can't be told, as in NFSv4.0
   */
  Nfs4Status checkSpecialIo(ClientRecord client, Object file, Stateid stateid, int access) {
    if (stateid.isReadBypass() && access == ShareReservations.READ) {
      return Nfs4Status.OK;
    }
    return grace.isActive() ? Nfs4Status.GRACE : opens.checkUnopened(client, file, access);
  }

  /** What a stateid that is good allows. */
  Nfs4Status checkMode(ClientRecord client, Object file, Stateid stateid, int access) {
    if (holdsOpen(stateid, access)) {
      return Nfs4Status.OK;
    }
    return access == ShareReservations.READ
        ? opens.checkUnopened(client, file, access)
        : Nfs4Status.OPENMODE;
  }

  /** Whether a stateid that passed {@link #checkIo} is of an open with that access. */
  boolean holdsOpen(Stateid stateid, int access) {
    StateEntry entry = stateids.find(stateid);
    return entry != null && (entry.access() & access) != 0;
  }

  /**
   * As {@link #holdsOpen(Stateid, int)}, and it was {@code principal} who opened: who came by
   * another's stateid has its permission checked.
   */
  public boolean holdsOpen(Stateid stateid, int access, long principal) {
    if (!holdsOpen(stateid, access)) {
      return false;
    }
    StateEntry entry = stateids.find(stateid);
    OpenState open = entry instanceof LockState lock ? lock.open() : (OpenState) entry;
    return open.principal() == principal;
  }

  // --- leases ---

  /** Does what is due for a record, and returns when to look at it again. */
  private long atDeadline(ClientRecord client) {
    if (client.phase() == Phase.DISCARDED) {
      return LeaseClock.NEVER;
    }
    if (client.requestsInFlight() > 0) {
      return leaseNanos;
    }
    if (client.isThrottled()) {
      clients.touch(client);
      return leaseNanos;
    }
    long silentNanos = loop.monotonicNanos() - client.renewedAtNanos();
    if (silentNanos < leaseNanos) {
      return leaseNanos - silentNanos;
    }
    if (client.phase() == Phase.UNCONFIRMED || silentNanos >= leaseNanos + courtesyNanos) {
      clients.discard(client);
      return LeaseClock.NEVER;
    }
    if (client.phase() == Phase.CONFIRMED) {
      clients.lapse(client);
    }
    // It may revive at any time, and then its next lease may end no later than this.
    return leaseNanos;
  }

  private void takeStateAway(ClientRecord client) {
    sessions.destroyAllOf(client);
    leases.unwatch(client);
    boolean recorded = client.isRecorded() || grace.knows(client.owner());
    if (client.wasConfirmed() && recorded) {
      forget(client.owner());
    }
    state40.forgetOwners(client);
    release.release(client);
  }

  /** For want of room: what is nobody's any more goes first. */
  private boolean makeRoom(Holding what) {
    return release.releaseSome() || clients.endLongestCourtesy(what);
  }

  /** Records whose deadlines are watched. */
  int watchedClients() {
    return leases.size();
  }

  /** Blocking locks that were denied and are expected to be asked for again. */
  public int blockedLocks() {
    return blockedLocks.count();
  }

  /** Counts for metrics and tests. */
  public Counts counts() {
    return new Counts(
        clients.size(),
        sessions.size(),
        opens.count(),
        stateids.size(),
        files.size(),
        sessions.reservedReplyBytes(),
        budget.usedBytes());
  }

  /**
   * @param stateids open and lock stateids
   * @param files that have state
   * @param replyCacheBytes reserved for reply caches
   * @param stateBytes that clients, opens and locks are charged for
   */
  public record Counts(
      int clients,
      int sessions,
      int opens,
      int stateids,
      int files,
      long replyCacheBytes,
      long stateBytes) {}

  /** Stops the timers; nothing may be called afterwards. */
  public void stop() {
    graceTimer.cancel();
    leases.stop();
    release.stop();
    blockedLocks.stop();
    shares.leave();
  }
}
