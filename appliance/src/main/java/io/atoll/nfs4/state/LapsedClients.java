package io.atoll.nfs4.state;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The clients whose lease is over and whose state is kept as a courtesy, in the order in which they
 * lapsed, by what they hold: so that for want of something the one is found at once that has kept
 * some of it for the longest. What a lapsed client holds does not grow. Loop-confined.
 */
final class LapsedClients {
  /** What there may be too little of. */
  enum Holding {
    /** Client records and bytes: every client has some. */
    ANYTHING,
    SESSIONS,
    OPENS,
    LOCKS
  }

  private final Map<Holding, LinkedHashSet<ClientRecord>> byHolding = new EnumMap<>(Holding.class);

  LapsedClients() {
    for (Holding each : Holding.values()) {
      byHolding.put(each, new LinkedHashSet<>());
    }
  }

  void add(ClientRecord client) {
    byHolding.get(Holding.ANYTHING).add(client);
    addIf(!client.sessions().isEmpty(), Holding.SESSIONS, client);
    addIf(client.openCount() > 0, Holding.OPENS, client);
    addIf(client.lockStateCount() > 0, Holding.LOCKS, client);
  }

  private void addIf(boolean holds, Holding what, ClientRecord client) {
    if (holds) {
      byHolding.get(what).add(client);
    }
  }

  /** One has revived, or is discarded. */
  void remove(ClientRecord client) {
    byHolding.values().forEach(clients -> clients.remove(client));
  }

  /** The one that lapsed first of those that hold {@code what}; null if none does. */
  ClientRecord longest(Holding what) {
    Set<ClientRecord> clients = byHolding.get(what);
    return clients.isEmpty() ? null : clients.iterator().next();
  }
}
