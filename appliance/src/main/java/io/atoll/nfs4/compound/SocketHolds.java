package io.atoll.nfs4.compound;

import io.atoll.rpc.RpcConnection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which connections are not read, for requests that wait to be admitted: each may be held for its
 * client, and for the memory that the waiting requests of all hold together. That has a bound below
 * what connections may hold, so that those within their share find room to ask. Something of
 * whoever is not read waits, so that its lease does not end meanwhile. Confined to the home loop.
 */
final class SocketHolds {
  /** At so many bytes of waiting requests, whoever brings another one is read no more. */
  static final long MAX_WAITING_BYTES = 40L << 20;

  private final Map<RpcConnection, Integer> reasons = new HashMap<>();
  private final Set<RpcConnection> heldForMemory = new LinkedHashSet<>();
  private long waitingBytes;

  void hold(RpcConnection connection) {
    if (reasons.merge(connection, 1, Integer::sum) == 1) {
      connection.holdReading(true);
    }
  }

  void release(RpcConnection connection) {
    if (reasons.merge(connection, -1, Integer::sum) == 0) {
      reasons.remove(connection);
      connection.holdReading(false);
    }
  }

  /** A request of so many bytes begins to wait. */
  void began(RpcConnection connection, int bytes) {
    waitingBytes += bytes;
    if (waitingBytes > MAX_WAITING_BYTES && heldForMemory.add(connection)) {
      hold(connection);
    }
  }

  /** One waits no more; a connection some of whose requests go on may bring others. */
  void ended(RpcConnection connection, int bytes) {
    waitingBytes -= bytes;
    if (heldForMemory.remove(connection)) {
      release(connection);
    }
    if (waitingBytes <= MAX_WAITING_BYTES / 2 && !heldForMemory.isEmpty()) {
      Set<RpcConnection> drained = Set.copyOf(heldForMemory);
      heldForMemory.clear();
      drained.forEach(this::release);
    }
  }
}
