package io.atoll.nfs4.state;

import io.atoll.nfs4.state.ClientRecord.Phase;
import io.atoll.nfs4.wire.Nfs4Status;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The rules of SETCLIENTID and SETCLIENTID_CONFIRM over the {@link ClientTable} (RFC 7530 §16.33.5
 * and §16.34.5). There an unconfirmed record may have the client ID of a confirmed one, when only
 * the callback address changes; here that is a proposal within the confirmed record. Loop-confined.
 */
final class Clients40 {
  private final ClientTable clients;
  private final RandomGenerator random;
  private final Consumer<ClientRecord> confirm;

  /**
   * @param random not to be guessed: makes the verifiers
   * @param confirm confirms a record, and ends its owner's old one
   */
  Clients40(ClientTable clients, RandomGenerator random, Consumer<ClientRecord> confirm) {
    this.clients = clients;
    this.random = random;
    this.confirm = confirm;
  }

  SetClientId.Result setClientId(SetClientId.Request request) {
    ClientRecord known = clients.confirmedOf(request.owner());
    if (known != null && known.principal() != request.principal()) {
      if (known.phase() == Phase.CONFIRMED && known.hasState()) {
        return SetClientId.Result.inUse(known.client40().callback());
      }
      clients.discard(known); // its lease is over, or it has nothing
      known = null;
    }
    long verifier = newVerifier();
    if (known != null && known.verifier() == request.verifier()) {
      clients.discardUnconfirmedOf(request.owner());
      known.client40().propose(verifier, request.callback());
      return SetClientId.Result.of(known.clientId(), verifier);
    }
    if (known != null) {
      known.client40().withdraw();
    }
    ClientRecord made = clients.make(request.owner(), request.verifier(), request.principal());
    if (made == null) {
      return SetClientId.Result.failed(Nfs4Status.DELAY);
    }
    made.client40().begin(verifier, request.callback());
    return SetClientId.Result.of(made.clientId(), verifier);
  }

  /** Zero stands for none in clients that never asked. */
  private long newVerifier() {
    long verifier;
    do {
      verifier = random.nextLong();
    } while (verifier == 0);
    return verifier;
  }

  /**
   * SETCLIENTID_CONFIRM. A retransmission changes nothing.
   *
   * @return OK, STALE_CLIENTID if no record has both numbers, CLID_INUSE for a stranger
   */
  Nfs4Status confirm(long clientId, long verifier, long principal) {
    ClientRecord client = clients.find(clientId);
    if (client == null || client.minorVersion() != 0) {
      return Nfs4Status.STALE_CLIENTID;
    }
    Client40 client40 = client.client40();
    boolean isUpdate = client40.isProposed(verifier);
    if (!isUpdate && !client40.isConfirmedBy(verifier)) {
      return Nfs4Status.STALE_CLIENTID;
    }
    if (client.principal() != principal) {
      return Nfs4Status.CLID_INUSE;
    }
    if (isUpdate) {
      client40.adopt();
    } else if (client.phase() == Phase.UNCONFIRMED) {
      confirm.accept(client);
    }
    clients.touch(client);
    return Nfs4Status.OK;
  }

  /** OK if {@code clientId} is that of a confirmed client of NFSv4.0; else STALE or EXPIRED. */
  Nfs4Status check(long clientId) {
    ClientRecord client = clients.find(clientId);
    if (client == null) {
      // A client that was discarded had state that others may have got since (§9.6.3.1).
      return clients.wasGivenOut(clientId) ? Nfs4Status.EXPIRED : Nfs4Status.STALE_CLIENTID;
    }
    boolean isGood = client.minorVersion() == 0 && client.isLive();
    return isGood ? Nfs4Status.OK : Nfs4Status.STALE_CLIENTID;
  }
}
