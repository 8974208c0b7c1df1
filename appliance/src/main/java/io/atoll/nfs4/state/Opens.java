package io.atoll.nfs4.state;

import io.atoll.nfs4.state.LapsedClients.Holding;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What clients have open, and their share reservations (RFC 8881 §9.7, §9.11, §18.2, §18.16,
 * §18.18). Each method is one synchronous act. Loop-confined.
 */
public final class Opens {
  private final StateLimits limits;
  private final StateBudget budget;
  private final StateidTable stateids;
  private final FileTable files;
  private final Locks locks;
  private final FileHolds holds;
  private final Consumer<ClientRecord> endCourtesy;
  private final Predicate<Holding> makeRoom;
  private int openCount;

  /**
   * @param endCourtesy discards a lapsed client that is in another's way
   * @param makeRoom takes away state that nobody needs, or that of the client which lapsed longest
   *     ago of those with what is wanted; false if there is none
   */
  Opens(
      StateLimits limits,
      StateBudget budget,
      StateidTable stateids,
      FileTable files,
      Locks locks,
      FileHolds holds,
      Consumer<ClientRecord> endCourtesy,
      Predicate<Holding> makeRoom) {
    this.limits = limits;
    this.budget = budget;
    this.stateids = stateids;
    this.files = files;
    this.locks = locks;
    this.holds = holds;
    this.endCourtesy = endCourtesy;
    this.makeRoom = makeRoom;
  }

  /**
   * @param file its key
   * @param access OPEN4_SHARE_ACCESS bits, 1 to 3
   * @param deny OPEN4_SHARE_DENY bits, 0 to 3
   * @param reclaim a conflict is RECLAIM_CONFLICT, not SHARE_DENIED
   * @param principal who calls
   */
  public record Request(
      ClientRecord client,
      OwnerId owner,
      Object file,
      int access,
      int deny,
      boolean reclaim,
      long principal) {}

  /**
   * @param stateid null unless {@code status} is OK
   */
  public record Outcome(Nfs4Status status, Stateid stateid) {
    static Outcome failed(Nfs4Status status) {
      return new Outcome(status, null);
    }
  }

  /**
   * Opens, or upgrades what the owner has open. Takes over one hold of the file, which it gives
   * back if it fails or if the open is there already. DEADSESSION if the client went away while the
   * operation was on its way.
   */
  public Outcome open(Request request) {
    Outcome outcome = tryOpen(request);
    if (!outcome.status().isOk()) {
      holds.release(request.file());
    }
    return outcome;
  }

  /** As {@link #open(Request)}, with the share bits reserved before. */
  public Outcome open(Request request, ShareClaim claim) {
    FileState file = files.find(claim.file());
    file.shares().remove(claim.access(), claim.deny());
    Outcome outcome = open(request);
    file.addClaims(-1);
    files.removeIfUnused(file);
    return outcome;
  }

  private Outcome tryOpen(Request request) {
    ClientRecord client = request.client();
    if (!client.isLive()) {
      return Outcome.failed(Nfs4Status.DEADSESSION);
    }
    FileState file = files.findOrMake(request.file());
    file.addClaims(1); // ending a courtesy must not take the file's state away meanwhile
    try {
      if (conflicts(file, client, request.access(), request.deny())) {
        return Outcome.failed(
            request.reclaim() ? Nfs4Status.RECLAIM_CONFLICT : Nfs4Status.SHARE_DENIED);
      }
      return grant(request, file);
    } finally {
      file.addClaims(-1);
      files.removeIfUnused(file);
    }
  }

  private Outcome grant(Request request, FileState file) {
    ClientRecord client = request.client();
    OpenOwner owner = client.openOwners().get(request.owner());
    OpenState open = owner == null ? null : owner.opens().get(file);
    if (open != null) {
      open.add(request.access(), request.deny());
      open.principal(request.principal());
      holds.release(request.file());
      return new Outcome(Nfs4Status.OK, open.advance());
    }
    if (!hasRoomFor(client, request.owner())) {
      return Outcome.failed(Nfs4Status.DQUOT);
    }
    if (owner == null) {
      owner = new OpenOwner(client, request.owner());
      client.openOwners().put(owner.id(), owner);
    }
    open = stateids.newOpen(owner, file);
    owner.opens().put(file, open);
    file.opens().add(open);
    countOpens(client, request.owner(), 1);
    open.add(request.access(), request.deny());
    open.principal(request.principal());
    return new Outcome(Nfs4Status.OK, open.advance());
  }

  /**
   * Sets room aside for one more open state, before an OPEN does what can't be undone. To be given
   * back by {@link #unreserve}, at the latest right before {@link #open}.
   *
   * @return DQUOT if there is none, DEADSESSION if the client went away
   */
  public Nfs4Status reserve(ClientRecord client, OwnerId owner) {
    if (!client.isLive()) {
      return Nfs4Status.DEADSESSION;
    }
    if (!hasRoomFor(client, owner)) {
      return Nfs4Status.DQUOT;
    }
    countOpens(client, owner, 1);
    return Nfs4Status.OK;
  }

  /** Undoes one {@link #reserve} that was OK. */
  public void unreserve(ClientRecord client, OwnerId owner) {
    countOpens(client, owner, -1);
  }

  private void countOpens(ClientRecord client, OwnerId owner, int difference) {
    client.addOpens(difference);
    openCount += difference;
    budget.charge(client, (long) difference * StateBudget.openBytes(owner));
  }

  private boolean hasRoomFor(ClientRecord client, OwnerId owner) {
    int bytes = StateBudget.openBytes(owner);
    return client.openCount() < limits.maxOpensPerClient()
        && budget.hasRoomOf(client, bytes)
        && hasRoom(bytes);
  }

  private boolean hasRoom(int bytes) {
    while (openCount >= limits.maxOpens()) {
      if (!makeRoom.test(Holding.OPENS)) {
        return false;
      }
    }
    return makeBytes(bytes);
  }

  /** Whether there is room for so many more bytes of state, made if need be. */
  boolean makeBytes(int bytes) {
    while (!budget.hasRoom(bytes)) {
      if (!makeRoom.test(Holding.ANYTHING)) {
        return false;
      }
    }
    return true;
  }

  /** Reserves share bits; DEADSESSION if the client went away, SHARE_DENIED at a conflict. */
  public ShareClaim claim(ClientRecord client, Object key, int access, int deny) {
    if (!client.isLive()) {
      return new ShareClaim(Nfs4Status.DEADSESSION, key, access, deny);
    }
    FileState file = files.findOrMake(key);
    file.addClaims(1);
    if (conflicts(file, client, access, deny)) {
      file.addClaims(-1);
      files.removeIfUnused(file);
      return new ShareClaim(Nfs4Status.SHARE_DENIED, key, access, deny);
    }
    file.shares().add(access, deny);
    return new ShareClaim(Nfs4Status.OK, key, access, deny);
  }

  /** Gives a claim up; only one whose status is OK. */
  public void cancel(ShareClaim claim) {
    FileState file = files.find(claim.file());
    file.shares().remove(claim.access(), claim.deny());
    file.addClaims(-1);
    files.removeIfUnused(file);
  }

  /**
   * Whether share bits conflict, once lapsed clients that are in the way have been ended, and what
   * a discarded one still had open there is gone.
   */
  private boolean conflicts(FileState file, ClientRecord client, int access, int deny) {
    if (!file.shares().conflicts(access, deny)) {
      return false;
    }
    for (OpenState open : List.copyOf(file.opens())) {
      ClientRecord holder = open.client();
      boolean inTheWay = ((open.access() & deny) | (open.deny() & access)) != 0;
      if (inTheWay && holder != client && holder.phase() == ClientRecord.Phase.LAPSED) {
        endCourtesy.accept(holder);
      }
      if (inTheWay && !holder.isLive() && file.opens().contains(open)) {
        remove(open);
      }
    }
    return file.shares().conflicts(access, deny);
  }

  /**
   * LOCKED if someone denies what an access without an open wants (§9.1.2: anonymous stateid).
   *
   * @param access share access bits
   */
  Nfs4Status checkUnopened(ClientRecord client, Object key, int access) {
    FileState file = files.find(key);
    if (file == null) {
      return Nfs4Status.OK;
    }
    return conflicts(file, client, access, 0) ? Nfs4Status.LOCKED : Nfs4Status.OK;
  }

  /** OPEN_DOWNGRADE (§18.18.3): INVAL unless the bits are the union of some earlier OPENs'. */
  public Outcome downgrade(
      ClientRecord client, Object file, Stateid stateid, int access, int deny) {
    Nfs4Status status = stateids.verify(client, stateid, file);
    if (!status.isOk()) {
      return Outcome.failed(status);
    }
    if (!(stateids.find(stateid) instanceof OpenState open)) {
      return Outcome.failed(Nfs4Status.BAD_STATEID);
    }
    if (!open.reduce(access, deny)) {
      return Outcome.failed(Nfs4Status.INVAL);
    }
    return new Outcome(Nfs4Status.OK, open.advance());
  }

  /**
   * CLOSE (§18.2.3): locks got under the open go with it, as they may. Returns the invalid stateid,
   * as a server should: the state's own is gone.
   */
  public Outcome close(ClientRecord client, Object file, Stateid stateid) {
    Nfs4Status status = stateids.verify(client, stateid, file);
    if (!status.isOk()) {
      return Outcome.failed(status);
    }
    if (!(stateids.find(stateid) instanceof OpenState open)) {
      return Outcome.failed(Nfs4Status.BAD_STATEID);
    }
    remove(open);
    return new Outcome(Nfs4Status.OK, Stateid.INVALID);
  }

  /** Closes all that an owner has open. */
  void closeAll(ClientRecord client, OwnerId ownerId) {
    OpenOwner owner = client.openOwners().get(ownerId);
    if (owner != null) {
      List.copyOf(owner.opens().values()).forEach(this::remove);
    }
  }

  /**
   * Takes away some of what a client has open or locked.
   *
   * @param maxStates how many open and lock states at most
   * @return whether nothing is left
   */
  boolean removeSome(ClientRecord client, int maxStates) {
    for (int removed = 0; removed < maxStates && !client.openOwners().isEmpty(); removed++) {
      OpenOwner owner = client.openOwners().firstEntry().getValue();
      OpenState open = owner.opens().firstEntry().getValue();
      if (open.lockStates().isEmpty()) {
        remove(open);
      } else {
        locks.remove(open.lockStates().firstEntry().getValue());
      }
    }
    return client.openOwners().isEmpty();
  }

  private void remove(OpenState open) {
    List.copyOf(open.lockStates().values()).forEach(locks::remove);
    locks.closed(open);
    FileState file = open.file();
    OpenOwner owner = open.owner();
    open.clear();
    stateids.remove(open);
    file.opens().remove(open);
    owner.opens().remove(file);
    if (owner.opens().isEmpty()) {
      owner.client().openOwners().remove(owner.id());
    }
    countOpens(owner.client(), owner.id(), -1);
    files.removeIfUnused(file);
    holds.release(file.file());
  }

  /** Open states of all clients, and room that is set aside for some. */
  public int count() {
    return openCount;
  }
}
