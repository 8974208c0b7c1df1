package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * All stateids of a file system (RFC 8881 §8.2). The 12 bytes that name a state are the lowest bits
 * of its client's ID, a number, and the server instance, so that one of before a restart can't be
 * taken for another. The client's bits tell whose a state was that is no more; see {@link
 * #clientOf}. Loop-confined.
 */
final class StateidTable {
  /** How many of a client ID's lowest bits a name begins with. */
  static final int CLIENT_BITS = 24;

  /** How many states may be made before a client might see a name again. */
  private static final int NUMBER_BITS = Long.SIZE - CLIENT_BITS;

  private final int instance;
  private final Long2ObjectHashMap<StateEntry> entries = new Long2ObjectHashMap<>();
  private long lastNumber;

  StateidTable(int instance) {
    this.instance = instance;
  }

  OpenState newOpen(OpenOwner owner, FileState file) {
    OpenState made = new OpenState(nameFor(owner.client()), instance, owner, file);
    entries.put(made.name(), made);
    return made;
  }

  LockState newLock(OpenState open, LockOwner owner) {
    LockState made = new LockState(nameFor(open.client()), instance, open, owner);
    entries.put(made.name(), made);
    return made;
  }

  private long nameFor(ClientRecord client) {
    long name;
    do {
      lastNumber++;
      name = (client.clientId() << NUMBER_BITS) | (lastNumber & (-1L >>> CLIENT_BITS));
    } while (entries.containsKey(name));
    return name;
  }

  /** The lowest {@link #CLIENT_BITS} bits of the ID of the client whose state it was. */
  static long clientOf(Stateid stateid) {
    return stateid.otherHigh() >>> NUMBER_BITS;
  }

  /** Whether {@code stateid} was made by this server instance. */
  boolean isOfThisInstance(Stateid stateid) {
    return stateid.otherLow() == instance;
  }

  void remove(StateEntry entry) {
    entries.remove(entry.name());
  }

  /** What {@code stateid} names, whatever its seqid, or null. */
  StateEntry find(Stateid stateid) {
    return stateid.otherLow() == instance ? entries.get(stateid.otherHigh()) : null;
  }

  /**
   * Whether {@code client} may use {@code stateid} (§8.2.4): BAD_STATEID if it is special, unknown,
   * of another or a discarded client or of the future, OLD_STATEID if its seqid is of the past.
   * NFSv4.1 has no STALE_STATEID: what is of an earlier instance is bad as well.
   */
  Nfs4Status verify(ClientRecord client, Stateid stateid) {
    StateEntry entry = find(stateid);
    if (entry == null || entry.client() != client || !client.isLive()) {
      return Nfs4Status.BAD_STATEID;
    }
    return compare(stateid.seqid(), entry.seqid());
  }

  /** As {@link #verify(ClientRecord, Stateid)}, and BAD_STATEID if it is not of {@code file}. */
  Nfs4Status verify(ClientRecord client, Stateid stateid, Object file) {
    Nfs4Status status = verify(client, stateid);
    if (status.isOk() && !find(stateid).file().file().equals(file)) {
      return Nfs4Status.BAD_STATEID;
    }
    return status;
  }

  /** Zero means the latest; else seqids are serial numbers, as they wrap (§8.2.2, RFC 1982). */
  static Nfs4Status compare(int requested, int current) {
    if (requested == 0 || requested == current) {
      return Nfs4Status.OK;
    }
    return requested - current < 0 ? Nfs4Status.OLD_STATEID : Nfs4Status.BAD_STATEID;
  }

  int size() {
    return entries.size();
  }
}
