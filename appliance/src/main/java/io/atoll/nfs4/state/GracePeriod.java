package io.atoll.nfs4.state;

import io.atoll.nfs4.state.RecoveryJournal.RecordedClient;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The time after a start in which clients of before may reclaim what they held, and nobody may get
 * anything new (RFC 8881 §8.4.2.1). Ends when its time is over, though not under a client that is
 * busy reclaiming unless even twice the lease is over, and a tenth of a second for each that was
 * there before, or as soon as every recorded client has said RECLAIM_COMPLETE. Clients that did not
 * until then are forgotten: what they held may now be given away, so they must not reclaim after
 * another restart (§8.4.3). Loop-confined.
 */
final class GracePeriod {
  /** Who reclaims at all comes again within this; the end waits as long for it. */
  static final long RECLAIM_GAP_NANOS = 5_000_000_000L;

  /** Many may come one after the other, each of which opens and locks files. */
  static final long CLIENT_NANOS = 100_000_000L;

  private final long latestEndNanos;
  private final Map<OwnerId, RecordedClient> recorded = new HashMap<>();
  private final Set<OwnerId> awaited = new HashSet<>();

  /** Of those that are awaited, the ones to remember though they never say that they are done. */
  private final Set<OwnerId> kept = new HashSet<>();

  private long lastReclaimNanos;
  private boolean active = true;

  /**
   * @param clients all that the journal knows of before the start
   * @param nowNanos on the loop's clock
   * @param longestNanos how long reclaims of a few clients may hold off the end, from now on
   */
  GracePeriod(Collection<RecordedClient> clients, long nowNanos, long longestNanos) {
    this.latestEndNanos = nowNanos + Math.max(longestNanos, clients.size() * CLIENT_NANOS);
    this.lastReclaimNanos = nowNanos - RECLAIM_GAP_NANOS;
    for (RecordedClient client : clients) {
      recorded.put(client.owner(), client);
      awaited.add(client.owner());
    }
  }

  boolean isActive() {
    return active;
  }

  /** Whether that very incarnation held state before the start. */
  boolean wasRecorded(ClientRecord client) {
    RecordedClient known = recorded.get(client.owner());
    return known != null
        && known.verifier() == client.verifier()
        && known.principal() == client.principal();
  }

  /** Whether the owner's name is kept for another principal, which may come to reclaim. */
  boolean isKeptFromPrincipal(OwnerId owner, long principal) {
    return awaited.contains(owner) && recorded.get(owner).principal() != principal;
  }

  /** A reclaim was admitted. */
  void reclaimed(long nowNanos) {
    lastReclaimNanos = nowNanos;
  }

  /** For how much longer the end waits for who is reclaiming; not positive if it does not. */
  long extensionNanos(long nowNanos) {
    long gapEndsInNanos = lastReclaimNanos + RECLAIM_GAP_NANOS - nowNanos;
    return Math.min(gapEndsInNanos, latestEndNanos - nowNanos);
  }

  /** Whether any incarnation of the owner is recorded from before the start. */
  boolean knows(OwnerId owner) {
    return recorded.containsKey(owner);
  }

  /** RECLAIM_COMPLETE, or a new incarnation that has nothing to reclaim: no need to wait. */
  void completed(OwnerId owner) {
    awaited.remove(owner);
  }

  /**
   * The owner has reclaimed something. In NFSv4.0 no client says that it is done: grace goes on for
   * it, and it is remembered then.
   */
  void keep(OwnerId owner) {
    kept.add(owner);
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
    awaited.removeAll(kept);
    Set<OwnerId> late = Set.copyOf(awaited);
    awaited.clear();
    kept.clear();
    return late;
  }
}
