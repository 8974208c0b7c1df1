package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.Iterator;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * What clients of NFSv4.0 ask of the state that all minor versions share (RFC 7530 §9 and §16): a
 * client is known by its ID or by a stateid alone, its lease is renewed by using them, and its
 * open-owners and lock-owners count their operations. Confined to the home loop, and synchronous,
 * as {@link NfsState} is.
 */
public final class State40 {
  private final NfsState state;
  private final Clients40 clients40;
  private final ClientTable clients;
  private final StateBudget budget;
  private final StateidTable stateids;
  private final Opens opens;
  private final Locks locks;

  /** Null if nobody asks who it was. */
  private ClientRecord renewed;

  /** By the names of states: the open-owners that closed them last. */
  private final Long2ObjectHashMap<OwnerSequence> closed = new Long2ObjectHashMap<>();

  State40(
      NfsState state,
      Clients40 clients40,
      ClientTable clients,
      StateBudget budget,
      StateidTable stateids,
      Opens opens,
      Locks locks) {
    this.state = state;
    this.clients40 = clients40;
    this.clients = clients;
    this.budget = budget;
    this.stateids = stateids;
    this.opens = opens;
    this.locks = locks;
  }

  // --- clients ---

  SetClientId.Result setClientId(SetClientId.Request request) {
    return clients40.setClientId(request);
  }

  /** SETCLIENTID_CONFIRM (§16.34). */
  public Nfs4Status confirm(long clientId, long verifier, long principal) {
    return clients40.confirm(clientId, verifier, principal);
  }

  /** Where a confirmed client takes callbacks; only after {@link #confirm} was OK. */
  public CallbackAddress callbackOf(long clientId) {
    return clients.find(clientId).client40().callback();
  }

  /** What came of asking a client at {@code asked}, unless it has another address by now. */
  public void callbackAnswered(long clientId, CallbackAddress asked, boolean isUp) {
    ClientRecord client = clients.find(clientId);
    if (client != null && client.client40().callback().equals(asked)) {
      client.client40().callbackPath(isUp);
    }
  }

  /** Whether a client took a callback when it was asked: only to such may be delegated. */
  public boolean takesCallbacks(long clientId) {
    ClientRecord client = clients.find(clientId);
    return client != null && client.client40() != null && client.client40().isCallbackPathUp();
  }

  /**
   * Renews a client's lease, for RENEW (§16.28) and whatever else bears a client ID (§9.5).
   *
   * @return STALE_CLIENTID if it is not known or not confirmed, EXPIRED if it was forgotten
   */
  public Nfs4Status renew(long clientId) {
    Nfs4Status status = clients40.check(clientId);
    if (status.isOk()) {
      touch(clients.find(clientId));
    }
    return status;
  }

  /** The client; only after {@link #renew} was OK. */
  public ClientRecord client(long clientId) {
    return clients.find(clientId);
  }

  /** To be called with each grant of open state, before the reply is held against the journal. */
  public void recordHolder(ClientRecord client) {
    state.recordHolder(client);
  }

  /** The client that renewed its lease last, told once; null if none has since. */
  public ClientRecord takeRenewed() {
    ClientRecord taken = renewed;
    renewed = null;
    return taken;
  }

  private void touch(ClientRecord client) {
    clients.touch(client);
    renewed = client;
  }

  // --- stateids ---

  /**
   * Whether {@code stateid} names state of a client that lives, whatever its seqid; renews the
   * client's lease then (§9.1.4.4, §9.5).
   *
   * @return BAD_STATEID if it is special, never was or is no more; STALE_STATEID if it is of before
   *     a restart; EXPIRED if its client was forgotten with all its state
   */
  public Nfs4Status locate(Stateid stateid) {
    if (stateid.isSpecialInOther()) {
      return Nfs4Status.BAD_STATEID;
    }
    if (!stateids.isOfThisInstance(stateid)) {
      return Nfs4Status.STALE_STATEID;
    }
    StateEntry entry = stateids.find(stateid);
    if (entry == null) {
      return isOfForgottenClient(stateid) ? Nfs4Status.EXPIRED : Nfs4Status.BAD_STATEID;
    }
    ClientRecord client = entry.client();
    if (client.minorVersion() != 0) {
      return Nfs4Status.BAD_STATEID;
    }
    if (!client.isLive()) {
      return Nfs4Status.EXPIRED;
    }
    touch(client);
    return Nfs4Status.OK;
  }

  private boolean isOfForgottenClient(Stateid stateid) {
    long number = StateidTable.clientOf(stateid);
    return clients.wasGivenOutNumber(number)
        && !clients.isLiveNumber(number, StateidTable.CLIENT_BITS);
  }

  /**
   * What a located stateid's seqid and file come to: OLD_STATEID, BAD_STATEID or OK. Zero does not
   * stand for the latest here.
   *
   * @param file the current filehandle
   */
  public Nfs4Status check(Stateid stateid, Object file) {
    StateEntry entry = stateids.find(stateid);
    if (!entry.file().file().equals(file)) {
      return Nfs4Status.BAD_STATEID;
    }
    int behind = entry.seqid() - stateid.seqid();
    if (behind == 0) {
      return Nfs4Status.OK;
    }
    return behind > 0 ? Nfs4Status.OLD_STATEID : Nfs4Status.BAD_STATEID;
  }

  /** As {@link NfsState#checkIo}, of a client that only its stateid names. */
  public Nfs4Status checkIo(Object file, Stateid stateid, int access) {
    if (stateid.isAnonymous() || stateid.isReadBypass()) {
      return state.checkSpecialIo(null, file, stateid, access);
    }
    Nfs4Status status = locate(stateid);
    if (status.isOk()) {
      status = check(stateid, file);
    }
    if (!status.isOk()) {
      return status;
    }
    StateEntry entry = stateids.find(stateid);
    return isConfirmed(entry)
        ? state.checkMode(entry.client(), file, stateid, access)
        : Nfs4Status.BAD_STATEID;
  }

  private static boolean isConfirmed(StateEntry entry) {
    OpenState open = entry instanceof LockState lock ? lock.open() : (OpenState) entry;
    OwnerSequence owner = entry.client().client40().openOwners().get(open.owner().id());
    return owner != null && owner.isConfirmed();
  }

  // --- owners ---

  /**
   * The owner that an operation counts for.
   *
   * @param owner null unless {@code status} is OK
   * @param isClosed the state is no more: only what closed it can be asked again
   */
  public record Found(Nfs4Status status, OwnerSequence owner, boolean isClosed) {
    static Found failed(Nfs4Status status) {
      return new Found(status, null, false);
    }
  }

  /** OPEN's owner, made if it is not known. */
  public Found openOwner(long clientId, OwnerId owner) {
    Nfs4Status status = renew(clientId);
    if (!status.isOk()) {
      return Found.failed(status);
    }
    ClientRecord client = clients.find(clientId);
    OwnerSequence known = client.client40().openOwners().remove(owner);
    if (known == null) {
      known = makeOpenOwner(client, owner);
    }
    if (known == null) {
      return Found.failed(Nfs4Status.RESOURCE);
    }
    client.client40().openOwners().putLast(owner, known);
    return new Found(Nfs4Status.OK, known, false);
  }

  private OwnerSequence makeOpenOwner(ClientRecord client, OwnerId owner) {
    dropIdleOpenOwners(client);
    int bytes = StateBudget.OWNER_SEQUENCE_BYTES + owner.bytes().length;
    if (!budget.hasRoomOf(client, bytes) || !opens.makeBytes(bytes)) {
      return null;
    }
    return new OwnerSequence(client, owner, budget);
  }

  /** Those that have nothing open are kept for retransmissions, but not too many of them. */
  private void dropIdleOpenOwners(ClientRecord client) {
    var owners = client.client40().openOwners();
    int idle = owners.size() - client.openOwners().size();
    Iterator<OwnerSequence> oldest = owners.values().iterator();
    while (idle >= Client40.MAX_IDLE_OPEN_OWNERS && oldest.hasNext()) {
      OwnerSequence owner = oldest.next();
      if (!owner.isBusy() && !client.openOwners().containsKey(owner.owner())) {
        oldest.remove();
        forget(owner);
        idle--;
      }
    }
  }

  /** The open-owner of an open stateid, or of one that it has closed. */
  public Found openOwnerOf(Stateid stateid) {
    Nfs4Status status = locate(stateid);
    if (!status.isOk()) {
      OwnerSequence closer = closed.get(stateid.otherHigh());
      return status == Nfs4Status.BAD_STATEID && closer != null
          ? new Found(Nfs4Status.OK, closer, true)
          : Found.failed(status);
    }
    if (!(stateids.find(stateid) instanceof OpenState open)) {
      return Found.failed(Nfs4Status.BAD_STATEID);
    }
    OwnerSequence owner = open.client().client40().openOwners().get(open.owner().id());
    return new Found(Nfs4Status.OK, owner, false);
  }

  /** The lock-owner of a lock stateid. */
  public Found lockOwnerOf(Stateid stateid) {
    Nfs4Status status = locate(stateid);
    if (!status.isOk()) {
      return Found.failed(status);
    }
    return stateids.find(stateid) instanceof LockState lock
        ? new Found(Nfs4Status.OK, lock.owner().sequence(), false)
        : Found.failed(Nfs4Status.BAD_STATEID);
  }

  /** An open-owner that was not confirmed begins again, without what it had open. */
  public void restart(OwnerSequence owner) {
    owner.restart();
    opens.closeAll(owner.client(), owner.owner());
  }

  /** OPEN_CONFIRM (§16.18). */
  public Opens.Outcome confirmOpen(OwnerSequence owner, Stateid stateid) {
    if (owner.isConfirmed()) {
      return Opens.Outcome.failed(Nfs4Status.BAD_STATEID);
    }
    owner.confirm();
    return new Opens.Outcome(Nfs4Status.OK, stateids.find(stateid).advance());
  }

  /** CLOSE (§16.2). Its stateid is remembered for a retransmission. */
  public Opens.Outcome close(OwnerSequence owner, Object file, Stateid stateid) {
    Opens.Outcome outcome = opens.close(owner.client(), file, stateid);
    if (outcome.status().isOk()) {
      closed.remove(owner.closedState());
      owner.closedState(stateid.otherHigh());
      closed.put(owner.closedState(), owner);
    }
    return outcome;
  }

  // --- locks ---

  /**
   * Whether a lock-owner that comes with its first lock under an open may do so under that seqid
   * (§16.10.5): any, if it is not known.
   */
  public Nfs4Status admitLockOwner(ClientRecord client, OwnerId owner, int lockSeqid) {
    LockOwner known = client.lockOwners().get(owner);
    // The retransmission of such a lock is told by its open-owner, so that here none is.
    boolean isNext =
        known == null || known.sequence().judge(lockSeqid, 0) == OwnerSequence.Verdict.NEXT;
    return isNext ? Nfs4Status.OK : Nfs4Status.BAD_SEQID;
  }

  /** After such a lock, granted or denied: the seqid is used up, if the owner is known now. */
  public void lockSeqidUsed(ClientRecord client, OwnerId owner, int lockSeqid) {
    LockOwner known = client.lockOwners().get(owner);
    if (known == null) {
      return;
    }
    if (known.sequence() == null) {
      known.sequence(new OwnerSequence(client, owner, budget));
    }
    known.sequence().use(lockSeqid);
  }

  /** RELEASE_LOCKOWNER (§16.37): LOCKS_HELD if it holds some; what is not known is released. */
  public Nfs4Status releaseLockOwner(long clientId, OwnerId owner) {
    Nfs4Status status = renew(clientId);
    if (!status.isOk()) {
      return status;
    }
    LockOwner known = clients.find(clientId).lockOwners().get(owner);
    return known == null ? Nfs4Status.OK : locks.release(known);
  }

  // --- the end ---

  private void forget(OwnerSequence owner) {
    closed.remove(owner.closedState());
    owner.release();
  }

  /** The client is discarded. Its lock-owners go with their locks. */
  void forgetOwners(ClientRecord client) {
    if (client.client40() != null) {
      client.client40().openOwners().values().forEach(this::forget);
      client.client40().openOwners().clear();
    }
  }
}
