package io.atoll.nfs4.state;

import io.atoll.modes.admission.AdmissionClient;
import io.atoll.nfs4.state.CreateSession.Slot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One incarnation of a client, known by its client ID (RFC 8881 §2.4). Loop-confined; changed only
 * through {@link ClientTable}, which calls one method here for each transition:
 *
 * <pre>
 *  from         event                                                    to
 *  -----------  -------------------------------------------------------  -----------
 *  (none)       EXCHANGE_ID of a new owner, verifier or principal        UNCONFIRMED
 *  UNCONFIRMED  CREATE_SESSION {@link #confirm}; the owner's confirmed
 *               predecessor, if any, becomes DISCARDED                   CONFIRMED
 *  UNCONFIRMED  EXCHANGE_ID of the same owner replaces it; a lease
 *               time passes; the bound on unconfirmed records            DISCARDED
 *  CONFIRMED    lease runs out with no request in flight {@link #lapse}  LAPSED
 *  LAPSED       any SEQUENCE or EXCHANGE_ID of its own {@link #revive}   CONFIRMED
 *  LAPSED       another client wants what it holds; the bound on clients;
 *               its time of courtesy ends                                DISCARDED
 *  CONFIRMED,   DESTROY_CLIENTID; a successor is confirmed;
 *  LAPSED       EXCHANGE_ID of another principal without state in use    DISCARDED
 * </pre>
 *
 * <p>In NFSv4.0, SETCLIENTID is what EXCHANGE_ID is here, SETCLIENTID_CONFIRM what CREATE_SESSION
 * is, and whatever renews a lease what SEQUENCE is (RFC 7530 §9.5, §16.33, §16.34).
 *
 * <p>A LAPSED client keeps its state as a courtesy: a client that was merely cut off for longer
 * than a lease loses nothing if nobody wanted it (RFC 8881 §8.3 lets the server do so, §8.4.3
 * bounds it). DISCARDED is final, and its state is gone, or goes before it is in anyone's way (see
 * {@link StateRelease}).
 */
public final class ClientRecord {
  /** Where a record stands; see the table above. */
  public enum Phase {
    UNCONFIRMED,
    CONFIRMED,
    LAPSED,
    DISCARDED
  }

  private final long clientId;
  private final OwnerId owner;
  private final long verifier;
  private final long principal;
  private final Slot createSessionSlot = new Slot();
  private final List<Session> sessions = new ArrayList<>();

  /** In an order, so that the first is found at once however many there were. */
  private final LinkedHashMap<OwnerId, OpenOwner> openOwners = new LinkedHashMap<>();

  private final Map<OwnerId, LockOwner> lockOwners = new HashMap<>();

  /** Null for clients of later minor versions. */
  private final Client40 client40;

  private Phase phase = Phase.UNCONFIRMED;
  private long leaseTimer = LeaseClock.NO_TIMER;
  private long renewedAtNanos;
  private int requestsInFlight;
  private AdmissionClient admission;
  private int openCount;
  private int lockStateCount;
  private int lockRangeCount;
  private long stateBytes;
  private boolean wasConfirmed;
  private boolean mayReclaim;
  private boolean reclaimComplete;
  private boolean recorded;

  ClientRecord(long clientId, OwnerId owner, long verifier, long principal, long nowNanos) {
    this.clientId = clientId;
    this.owner = owner;
    this.verifier = verifier;
    this.principal = principal;
    this.renewedAtNanos = nowNanos;
    this.client40 = owner.minorVersion() == 0 ? new Client40() : null;
  }

  // --- transitions ---

  void confirm(boolean recordedBeforeRestart) {
    require(Phase.UNCONFIRMED);
    phase = Phase.CONFIRMED;
    wasConfirmed = true;
    mayReclaim = recordedBeforeRestart;
  }

  void lapse() {
    require(Phase.CONFIRMED);
    phase = Phase.LAPSED;
  }

  void revive() {
    require(Phase.LAPSED);
    phase = Phase.CONFIRMED;
  }

  void discard() {
    if (phase == Phase.DISCARDED) {
      throw new IllegalStateException("client %x is discarded already".formatted(clientId));
    }
    phase = Phase.DISCARDED;
  }

  private void require(Phase wanted) {
    if (phase != wanted) {
      throw new IllegalStateException("client %x is %s, not %s".formatted(clientId, phase, wanted));
    }
  }

  // --- identity ---

  public long clientId() {
    return clientId;
  }

  public OwnerId owner() {
    return owner;
  }

  /** 0, or 1 for it and later ones. */
  int minorVersion() {
    return owner.minorVersion();
  }

  /** What only a client of NFSv4.0 has; null for others. */
  Client40 client40() {
    return client40;
  }

  /** co_verifier: changes when the client restarts. */
  public long verifier() {
    return verifier;
  }

  /** Who made the record: an opaque number for an RPC principal. */
  public long principal() {
    return principal;
  }

  public Phase phase() {
    return phase;
  }

  /** Whether it was ever CONFIRMED, and so may have had state. */
  boolean wasConfirmed() {
    return wasConfirmed;
  }

  /** Whether its state exists. Ask again after every asynchronous step. */
  public boolean isLive() {
    return phase == Phase.CONFIRMED || phase == Phase.LAPSED;
  }

  // --- lease ---

  void renew(long nowNanos) {
    renewedAtNanos = nowNanos;
  }

  long renewedAtNanos() {
    return renewedAtNanos;
  }

  /** The {@link LeaseClock}'s, or its NO_TIMER. */
  long leaseTimer() {
    return leaseTimer;
  }

  boolean isUnwatched() {
    return leaseTimer == LeaseClock.NO_TIMER;
  }

  void leaseTimer(long timer) {
    leaseTimer = timer;
  }

  /** Its place among those who share the file system's rate; null before it had to ask. */
  public AdmissionClient admission() {
    return admission;
  }

  public void admission(AdmissionClient made) {
    admission = made;
  }

  /** Whether any of its requests wait for their turn; what renews its lease may be behind them. */
  boolean isThrottled() {
    return admission != null && admission.isWaiting();
  }

  void requestStarted() {
    requestsInFlight++;
  }

  void requestEnded() {
    requestsInFlight--;
    assert requestsInFlight >= 0 : "client " + clientId + " ended more requests than it started";
  }

  public int requestsInFlight() {
    return requestsInFlight;
  }

  // --- recovery ---

  /** Whether it was recorded before the restart, as the same incarnation. */
  boolean mayReclaim() {
    return mayReclaim;
  }

  boolean reclaimComplete() {
    return reclaimComplete;
  }

  void completeReclaim() {
    reclaimComplete = true;
  }

  /** Whether this start has put it into the journal, and so it may hold state. */
  boolean isRecorded() {
    return recorded;
  }

  void markRecorded() {
    recorded = true;
  }

  // --- what it holds ---

  Slot createSessionSlot() {
    return createSessionSlot;
  }

  List<Session> sessions() {
    return sessions;
  }

  /** A way back to the client, which has shown that it takes callbacks; null if there is none. */
  public BackChannel backChannel() {
    for (Session session : sessions) {
      if (session.backChannel().isUp()) {
        return session.backChannel();
      }
    }
    return null;
  }

  SequencedMap<OwnerId, OpenOwner> openOwners() {
    return openOwners;
  }

  Map<OwnerId, LockOwner> lockOwners() {
    return lockOwners;
  }

  /** Opens, locks or sessions: what makes DESTROY_CLIENTID answer CLIENTID_BUSY (§18.50.3). */
  boolean hasState() {
    return !sessions.isEmpty() || !openOwners.isEmpty() || !lockOwners.isEmpty();
  }

  int openCount() {
    return openCount;
  }

  void addOpens(int difference) {
    openCount += difference;
  }

  int lockStateCount() {
    return lockStateCount;
  }

  void addLockStates(int difference) {
    lockStateCount += difference;
  }

  int lockRangeCount() {
    return lockRangeCount;
  }

  void addLockRanges(int difference) {
    lockRangeCount += difference;
  }

  /** What its state takes of the heap, as the {@link StateBudget} counts it. */
  long stateBytes() {
    return stateBytes;
  }

  void addStateBytes(long difference) {
    stateBytes += difference;
  }

  @Override
  public String toString() {
    return "client %x (%s, %s)".formatted(clientId, owner, phase);
  }
}
