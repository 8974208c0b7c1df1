package io.atoll.nfs4.state;

import io.atoll.nfs4.state.RecoveryJournal.RecordedClient;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The time after a start in which clients of before may reclaim what they held, and nobody may get
 * anything new (RFC 8881 §8.4.2.1). Ends when its time is over, or as soon as every recorded client
 * has said RECLAIM_COMPLETE. Clients that did not until then are forgotten: what they held may now
 * be given away, so they must not reclaim after another restart (§8.4.3). Loop-confined.
 */
final class GracePeriod {
  private final Map<OwnerId, Long> recorded = new HashMap<>();
  private final Set<OwnerId> awaited = new HashSet<>();
  private boolean active = true;

  /**
   * @param clients all that the journal knows of before the start
   */
  GracePeriod(Collection<RecordedClient> clients) {
    for (RecordedClient client : clients) {
      recorded.put(client.owner(), client.verifier());
      awaited.add(client.owner());
    }
  }

  boolean isActive() {
    return active;
  }

  /** Whether that very incarnation held state before the start. */
  boolean wasRecorded(OwnerId owner, long verifier) {
    Long known = recorded.get(owner);
    return known != null && known == verifier;
  }

  /** Whether any incarnation of the owner is recorded from before the start. */
  boolean knows(OwnerId owner) {
    return recorded.containsKey(owner);
  }

  /** RECLAIM_COMPLETE, or a new incarnation that has nothing to reclaim: no need to wait. */
  void completed(OwnerId owner) {
    awaited.remove(owner);
  }

  /** Whether nobody is waited for. */
  boolean isComplete() {
    return awaited.isEmpty();
  }

  /**
   * Ends it.
   *
   * @return the owners that did not complete their reclaim, to be forgotten
   */
  Set<OwnerId> end() {
    active = false;
    recorded.clear();
    Set<OwnerId> late = Set.copyOf(awaited);
    awaited.clear();
    return late;
  }
}
