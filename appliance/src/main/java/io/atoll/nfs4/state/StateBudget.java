package io.atoll.nfs4.state;

import io.atoll.io.buffer.FairShares;

/**
 * The heap that client state may take, of each client and in all, by what the objects and the names
 * in them cost. Loop-confined.
 */
final class StateBudget {
  /** A client record with its maps, timer and CREATE_SESSION slot, without its owner's name. */
  static final int CLIENT_BYTES = 1024;

  /** An open state, its owner without its name, its file's state, and their places in tables. */
  static final int OPEN_BYTES = 1024;

  /** A lock state, its owner without its name, and their places in tables. */
  static final int LOCK_STATE_BYTES = 640;

  /** What is kept of an owner of NFSv4.0, without its name and its last reply's result. */
  static final int OWNER_SEQUENCE_BYTES = 320;

  /** A locked range, and its places in two trees. */
  static final int RANGE_BYTES = 144;

  private final FairShares.Member share;
  private final long capacityOfClientBytes;
  private long usedBytes;

  /**
   * @param share of what there is
   */
  StateBudget(FairShares.Member share, long capacityOfClientBytes) {
    this.share = share;
    this.capacityOfClientBytes = capacityOfClientBytes;
  }

  /** An open's cost, as if it had its owner to itself. */
  static int openBytes(OwnerId owner) {
    return OPEN_BYTES + owner.bytes().length;
  }

  /** A lock state's cost, as if it had its owner to itself. */
  static int lockStateBytes(OwnerId owner) {
    return LOCK_STATE_BYTES + owner.bytes().length;
  }

  static int clientBytes(OwnerId owner) {
    return CLIENT_BYTES + owner.bytes().length;
  }

  /** Whether all clients' state may grow by {@code bytes}. */
  boolean hasRoom(long bytes) {
    return share.room() >= bytes;
  }

  /** Whether one client's state may grow by {@code bytes}. */
  boolean hasRoomOf(ClientRecord client, long bytes) {
    return client.stateBytes() + bytes <= capacityOfClientBytes;
  }

  /** Counts what a client's state grew by; negative if it shrank. */
  void charge(ClientRecord client, long bytes) {
    client.addStateBytes(bytes);
    usedBytes += bytes;
    share.add(bytes);
    assert usedBytes >= 0 && client.stateBytes() >= 0 : "more given back than charged: " + client;
  }

  long usedBytes() {
    return usedBytes;
  }
}
