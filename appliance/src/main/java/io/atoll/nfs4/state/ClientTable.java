package io.atoll.nfs4.state;

import io.atoll.nfs4.state.ClientRecord.Phase;
import io.atoll.nfs4.state.LapsedClients.Holding;
import io.atoll.nfs4.wire.Nfs4Status;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * All client records, and the rules by which EXCHANGE_ID, CREATE_SESSION and DESTROY_CLIENTID make,
 * confirm and end them (RFC 8881 §18.35, §18.36, §18.50); those of NFSv4.0 are in {@link
 * Clients40}. An owner has at most one confirmed and one unconfirmed record. Loop-confined.
 */
final class ClientTable {
  private final StateLimits limits;
  private final StateBudget budget;
  private final LongSupplier nanoClock;
  private final Consumer<ClientRecord> discarded;
  private final Long2ObjectHashMap<ClientRecord> byId = new Long2ObjectHashMap<>();
  private final Map<OwnerId, ClientRecord> confirmed = new HashMap<>();

  /** In the order of their making, so that the oldest gives way. */
  private final LinkedHashMap<OwnerId, ClientRecord> unconfirmed = new LinkedHashMap<>();

  private final LapsedClients lapsed = new LapsedClients();
  private long nextClientId;

  /**
   * @param instance differs from that of every earlier server: the high half of its client IDs, so
   *     that one of before a restart is not found (STALE_CLIENTID)
   * @param discarded told of each record that has ended, to take its state away
   */
  ClientTable(
      StateLimits limits,
      StateBudget budget,
      int instance,
      LongSupplier nanoClock,
      Consumer<ClientRecord> discarded) {
    this.limits = limits;
    this.budget = budget;
    this.nanoClock = nanoClock;
    this.discarded = discarded;
    this.nextClientId = ((long) instance << 32) + 1;
  }

  /** The record with this ID, confirmed or not; null if there is none. */
  ClientRecord find(long clientId) {
    return byId.get(clientId);
  }

  Iterable<ClientRecord> all() {
    return byId.values();
  }

  int size() {
    return byId.size();
  }

  // --- EXCHANGE_ID ---

  /** The nine cases of §18.35.4, by their numbers there. */
  ExchangeId.Result exchangeId(ExchangeId.Request request) {
    ClientRecord known = confirmed.get(request.owner());
    return request.update() ? update(known, request) : establish(known, request);
  }

  private ExchangeId.Result update(ClientRecord known, ExchangeId.Request request) {
    if (known == null) {
      return ExchangeId.Result.failed(Nfs4Status.NOENT); // 7: update, but no confirmed record
    }
    if (known.verifier() != request.verifier()) {
      return ExchangeId.Result.failed(Nfs4Status.NOT_SAME); // 8: wrong verifier
    }
    if (known.principal() != request.principal()) {
      return ExchangeId.Result.failed(Nfs4Status.PERM); // 9: wrong principal
    }
    touch(known);
    return ExchangeId.Result.of(known); // 6: update; nothing of the record can change
  }

  private ExchangeId.Result establish(ClientRecord known, ExchangeId.Request request) {
    if (known != null && known.principal() != request.principal()) {
      if (known.phase() == Phase.CONFIRMED && known.hasState()) {
        return ExchangeId.Result.failed(Nfs4Status.CLID_INUSE); // 3: collision
      }
      discard(known); // 3: collision with one whose lease is over or that has nothing
    } else if (known != null && known.verifier() == request.verifier()) {
      touch(known);
      return ExchangeId.Result.of(known); // 2: non-update on an existing client ID
    }
    // 1: new owner; 4: replaces an unconfirmed record; 5: client restart, beside the old record
    ClientRecord made = make(request.owner(), request.verifier(), request.principal());
    return made == null ? ExchangeId.Result.failed(Nfs4Status.DELAY) : ExchangeId.Result.of(made);
  }

  // --- records ---

  /** The owner's confirmed record, or null. */
  ClientRecord confirmedOf(OwnerId owner) {
    return confirmed.get(owner);
  }

  /** Discards the owner's unconfirmed record, if there is one. */
  void discardUnconfirmedOf(OwnerId owner) {
    ClientRecord replaced = unconfirmed.get(owner);
    if (replaced != null) {
      discard(replaced);
    }
  }

  /** A new unconfirmed record in place of the owner's unconfirmed one; null if there's no room. */
  ClientRecord make(OwnerId owner, long verifier, long principal) {
    discardUnconfirmedOf(owner);
    if (!makeRoom(owner)) {
      return null;
    }
    ClientRecord made =
        new ClientRecord(nextClientId++, owner, verifier, principal, nanoClock.getAsLong());
    budget.charge(made, StateBudget.clientBytes(owner));
    byId.put(made.clientId(), made);
    unconfirmed.put(owner, made);
    return made;
  }

  /** Whether {@code clientId} was given out by this server, be its record here or gone. */
  boolean wasGivenOut(long clientId) {
    return clientId >>> Integer.SIZE == nextClientId >>> Integer.SIZE
        && Long.compareUnsigned(clientId, nextClientId) < 0;
  }

  /** Whether some client ID that ends in {@code number} was given out by this server. */
  boolean wasGivenOutNumber(long number) {
    return number > 0 && wasGivenOut(nextClientId >>> Integer.SIZE << Integer.SIZE | number);
  }

  /**
   * Whether a live client has an ID that ends in the lowest {@code bits} bits of {@code number}.
   * Client IDs are given out in order, so that there are few such until very many were.
   */
  boolean isLiveNumber(long number, int bits) {
    long instance = nextClientId >>> Integer.SIZE << Integer.SIZE;
    for (long id = instance | number; wasGivenOut(id); id += 1L << bits) {
      ClientRecord client = find(id);
      if (client != null && client.isLive()) {
        return true;
      }
    }
    return false;
  }

  /** Ends the oldest unconfirmed or, after those, the longest lapsed record if at a bound. */
  private boolean makeRoom(OwnerId owner) {
    if (unconfirmed.size() >= limits.maxUnconfirmedClients()) {
      discard(unconfirmed.firstEntry().getValue());
    }
    if (byId.size() < limits.maxClients() && budget.hasRoom(StateBudget.clientBytes(owner))) {
      return true;
    }
    if (unconfirmed.isEmpty()) {
      return endLongestCourtesy(Holding.ANYTHING);
    }
    discard(unconfirmed.firstEntry().getValue());
    return true;
  }

  /** Discards the record that lapsed first of those that hold {@code what}; false if none does. */
  boolean endLongestCourtesy(Holding what) {
    ClientRecord victim = lapsed.longest(what);
    if (victim != null) {
      discard(victim);
    }
    return victim != null;
  }

  // --- confirmation and life ---

  /** CREATE_SESSION's phase 3, SETCLIENTID_CONFIRM: confirmed, and its owner's old one ends. */
  void confirm(ClientRecord record, boolean recordedBeforeRestart) {
    ClientRecord old = confirmed.get(record.owner());
    if (old != null) {
      discard(old);
    }
    unconfirmed.remove(record.owner());
    record.confirm(recordedBeforeRestart);
    confirmed.put(record.owner(), record);
  }

  /** Renews the lease; what lapsed as nobody wanted it lives again. */
  void touch(ClientRecord record) {
    if (record.phase() == Phase.LAPSED) {
      lapsed.remove(record);
      record.revive();
    }
    record.renew(nanoClock.getAsLong());
  }

  /** Its lease is over; what it holds is kept until it is wanted. */
  void lapse(ClientRecord record) {
    record.lapse();
    lapsed.add(record);
  }

  /** DESTROY_CLIENTID (§18.50.3). */
  Nfs4Status destroy(long clientId) {
    ClientRecord record = find(clientId);
    if (record == null || record.minorVersion() == 0) {
      return Nfs4Status.STALE_CLIENTID;
    }
    if (record.hasState()) {
      return Nfs4Status.CLIENTID_BUSY;
    }
    discard(record);
    return Nfs4Status.OK;
  }

  void discard(ClientRecord record) {
    byId.remove(record.clientId());
    confirmed.remove(record.owner(), record);
    unconfirmed.remove(record.owner(), record);
    lapsed.remove(record);
    record.discard();
    budget.charge(record, -StateBudget.clientBytes(record.owner()));
    discarded.accept(record);
  }
}
