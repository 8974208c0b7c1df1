package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrBytes;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Clients of NFSv4.0, their leases and their recovery (RFC 7530, sections 9.5, 9.6, 16.33 f). */
class ClientOperations40Test {
  private final StateHarness server = new StateHarness();

  @Test
  void clientIsOfNoUseUntilConfirmed() {
    Client40 client = new Client40(server, "a");
    client.setClientId(1).is(Nfs4Status.OK);
    client.renew().is(Nfs4Status.STALE_CLIENTID);
    client.confirm(client.clientId, client.confirm + 1).is(Nfs4Status.STALE_CLIENTID);
    client.confirm().is(Nfs4Status.OK);
    client.confirm().is(Nfs4Status.OK);
    client.renew().is(Nfs4Status.OK);
  }

  @Test
  void unknownClientIsStale() {
    Client40 client = new Client40(server, "a");
    client.clientId = 42;
    client.renew().is(Nfs4Status.STALE_CLIENTID);
    client.confirm(42, 42).is(Nfs4Status.STALE_CLIENTID);
  }

  @Test
  void callbackUpdateKeepsClientIdAndState() {
    Client40 client = Client40.confirmed(server, "a");
    long clientId = client.clientId;
    long confirm = client.confirm;
    Stateid open = client.opened("o", 1, "f");
    client.setClientId(1).is(Nfs4Status.OK);
    assertEquals(clientId, client.clientId);
    assertNotEquals(confirm, client.confirm);
    client.confirm().is(Nfs4Status.OK);
    client.close("f", open, 3).is(Nfs4Status.OK);
  }

  @Test
  void newVerifierEndsOldStateOnlyWhenConfirmed() {
    Client40 client = Client40.confirmed(server, "a");
    long clientId = client.clientId;
    Stateid open = client.opened("o", 1, "f");
    client.setClientId(2).is(Nfs4Status.OK);
    assertNotEquals(clientId, client.clientId);
    client.on("f", Requests.read(open)).ok(Operation.READ);
    client.confirm().is(Nfs4Status.OK);
    client.on("f", Requests.read(open)).next(Operation.READ, Nfs4Status.EXPIRED);
    client.clientId = clientId;
    client.renew().is(Nfs4Status.EXPIRED);
  }

  @Test
  void unconfirmedRecordIsReplaced() {
    Client40 client = new Client40(server, "a");
    client.setClientId(1).is(Nfs4Status.OK);
    long clientId = client.clientId;
    long confirm = client.confirm;
    client.setClientId(2).is(Nfs4Status.OK);
    client.confirm(clientId, confirm).is(Nfs4Status.STALE_CLIENTID);
    client.confirm().is(Nfs4Status.OK);
  }

  @Test
  void nameOfClientWithStateIsKeptFromOthers() {
    Client40 client = Client40.confirmed(server, "a");
    Client40 other = new Client40(server, "a", 99);
    client.opened("o", 1, "f");
    Reply refused = other.setClientId(9).is(Nfs4Status.CLID_INUSE);
    refused.next(Operation.SETCLIENTID, Nfs4Status.CLID_INUSE);
    assertArrayEquals("tcp".getBytes(US_ASCII), refused.opaque());
    assertArrayEquals("127.0.0.1.3.255".getBytes(US_ASCII), refused.opaque());
    refused.end();
  }

  @Test
  void nameOfClientWithoutStateIsGivenAway() {
    Client40.confirmed(server, "a");
    Client40 other = new Client40(server, "a", 99);
    other.setClientId(9).is(Nfs4Status.OK);
    other.confirm().is(Nfs4Status.OK);
  }

  @Test
  void strangerMayNotConfirm() {
    Client40 client = new Client40(server, "a");
    client.setClientId(1).is(Nfs4Status.OK);
    Client40 stranger = new Client40(server, "b", 99);
    stranger.confirm(client.clientId, client.confirm).is(Nfs4Status.CLID_INUSE);
  }

  @Test
  void sameNameInLaterMinorVersionIsAnotherClient() {
    Client40 client = Client40.confirmed(server, "a");
    StateHarness.Client later = server.mount("a");
    assertNotEquals(client.clientId, later.clientId);
    client.renew().is(Nfs4Status.OK);
    client.clientId = later.clientId;
    client.renew().is(Nfs4Status.STALE_CLIENTID);
  }

  @Test
  void laterOperationsAreIllegal() {
    Client40 client = new Client40(server, "a");
    Reply reply = client.call(op(Operation.RECLAIM_COMPLETE).i(0)).is(Nfs4Status.OP_ILLEGAL);
    assertEquals(Operation.ILLEGAL_NUMBER, reply.i());
    Client40 other = new Client40(server, "b");
    other.call(op(Operation.DELEGPURGE).l(0)).is(Nfs4Status.NOTSUPP);
  }

  @Test
  void usingStateidRenewsLease() {
    Client40 client = Client40.confirmed(server, "a");
    Stateid open = client.opened("o", 1, "f");
    Client40 other = Client40.confirmed(server, "b");
    for (int i = 0; i < 4; i++) {
      server.advanceSeconds(StateHarness.LEASE_SECONDS * 0.6);
      client.on("f", Requests.read(open)).ok(Operation.READ);
      other.renew().is(Nfs4Status.OK);
    }
    other
        .call(putRoot(), other.open("o", 1, "f", Requests.READ, Requests.WRITE))
        .is(Nfs4Status.SHARE_DENIED);
  }

  @Test
  void stateGoesWhenLeaseIsOverAndClientIsToldSo() {
    Client40 client = Client40.confirmed(server, "a");
    Stateid open = client.opened("o", 1, "f");
    Client40 other = Client40.confirmed(server, "b");
    server.advanceSeconds(StateHarness.LEASE_SECONDS * 0.6);
    other.renew().is(Nfs4Status.OK);
    server.advanceSeconds(StateHarness.LEASE_SECONDS * 0.6);
    other.call(putRoot(), other.open("o", 1, "f", Requests.READ, Requests.WRITE)).is(Nfs4Status.OK);
    client.renew().is(Nfs4Status.EXPIRED);
    client.on("f", Requests.read(open)).next(Operation.READ, Nfs4Status.EXPIRED);
    client.close("f", open, 3).is(Nfs4Status.EXPIRED);
  }

  // --- restarts ---

  @Test
  void clientReclaimsInGraceWhatItHad() {
    Client40 client = Client40.confirmed(server, "a");
    Stateid open = client.opened("o", 1, "f");
    server.restart();
    client.reconnect();
    client.renew().is(Nfs4Status.STALE_CLIENTID);
    client.on("f", Requests.read(open)).next(Operation.READ, Nfs4Status.STALE_STATEID);
    client.setClientId(1).is(Nfs4Status.OK);
    client.confirm().is(Nfs4Status.OK);
    client.call(putRoot(), client.open("o", 1, "f", Requests.READ, 0)).is(Nfs4Status.GRACE);
    Reply reclaimed = client.on("f", client.reclaim("o", 2)).is(Nfs4Status.OK);
    Stateid again = reclaimed.ok(Operation.OPEN).stateid();
    client.on("f", Requests.read(again)).ok(Operation.READ);
    server.advanceSeconds(StateHarness.GRACE_SECONDS * 0.6);
    client.renew().is(Nfs4Status.OK);
    server.advanceSeconds(StateHarness.GRACE_SECONDS * 0.5);
    client.call(putRoot(), client.openCreating("o", 3, "g")).is(Nfs4Status.OK);
    client.on("f", client.reclaim("o", 4)).is(Nfs4Status.NO_GRACE);
  }

  @Test
  void whoReclaimedMayReclaimAfterAnotherRestart() {
    Client40 client = Client40.confirmed(server, "a");
    client.opened("o", 1, "f");
    for (int restarts = 0; restarts < 3; restarts++) {
      server.restart();
      client.reconnect();
      client.setClientId(1).is(Nfs4Status.OK);
      client.confirm().is(Nfs4Status.OK);
      client.on("f", client.reclaim("o", 1)).is(Nfs4Status.OK);
      if (restarts == 1) {
        server.advanceSeconds(StateHarness.GRACE_SECONDS * 0.5);
        client.renew().is(Nfs4Status.OK);
        server.advanceSeconds(StateHarness.GRACE_SECONDS * 0.6);
      }
    }
  }

  @Test
  void whoMissedGraceMayNotReclaimAfterAnotherRestart() {
    Client40 client = Client40.confirmed(server, "a");
    client.opened("o", 1, "f");
    server.restart();
    server.advanceSeconds(StateHarness.GRACE_SECONDS * 1.1);
    Client40 other = Client40.confirmed(server, "b");
    other.opened("o", 1, "g");
    server.restart();
    client.reconnect();
    client.setClientId(1).is(Nfs4Status.OK);
    client.confirm().is(Nfs4Status.OK);
    client.on("f", client.reclaim("o", 1)).is(Nfs4Status.RECLAIM_BAD);
  }

  @Test
  void whoLostItsStateMayNotReclaimIt() {
    Client40 client = Client40.confirmed(server, "a");
    client.opened("o", 1, "f");
    server.advanceSeconds(StateHarness.LEASE_SECONDS * 1.2);
    Client40 other = Client40.confirmed(server, "b");
    other.call(putRoot(), other.open("o", 1, "f", Requests.READ, Requests.WRITE)).is(Nfs4Status.OK);
    server.restart();
    client.reconnect();
    client.setClientId(1).is(Nfs4Status.OK);
    client.confirm().is(Nfs4Status.OK);
    client.on("f", client.reclaim("o", 1)).is(Nfs4Status.RECLAIM_BAD);
  }

  @Test
  void clientThatRestartedHasNothingToReclaim() {
    Client40 client = Client40.confirmed(server, "a");
    client.opened("o", 1, "f");
    server.restart();
    client.reconnect();
    client.setClientId(2).is(Nfs4Status.OK);
    client.confirm().is(Nfs4Status.OK);
    // Nobody else is waited for, so that grace has ended.
    client.on("f", client.reclaim("o", 1)).is(Nfs4Status.NO_GRACE);
    client.call(putRoot(), client.openCreating("o", 2, "f")).is(Nfs4Status.OK);
  }

  // --- retransmissions ---

  @Test
  void retransmissionOverAnotherConnectionIsNotDoneTwice() {
    Client40 client = new Client40(server, "a");
    byte[] create = client.message(putRoot(), op(Operation.CREATE).i(2).string("d").i(0, 0));
    Reply first = new Reply(client.connection.call(create)).is(Nfs4Status.OK);
    client.reconnect();
    Reply again = new Reply(client.connection.call(create));
    assertArrayEquals(first.result(), again.result());
    client.call(putRoot(), op(Operation.CREATE).i(2).string("d").i(0, 0)).is(Nfs4Status.EXIST);
  }

  @Test
  void strangersStateidDoesNotStandForPermission() {
    Client40 client = Client40.confirmed(server, "a");
    Stateid open = client.opened("o", 1, "f");
    client
        .on("f", Requests.stateid(op(Operation.SETATTR), Stateid.ANONYMOUS).i(2, 0, 2, 4, 0))
        .is(Nfs4Status.OK);
    Client40 stranger = new Client40(server, "b", 99);
    client.on("f", Requests.write(open, "mine")).ok(Operation.WRITE);
    stranger.on("f", Requests.write(open, "not mine")).next(Operation.WRITE, Nfs4Status.ACCESS);
  }

  @Test
  void otherCallUnderTheSameXidIsDone() {
    Client40 client = new Client40(server, "a");
    byte[] one = client.message(5, putRoot(), op(Operation.CREATE).i(2).string("d").i(0, 0));
    byte[] two = client.message(5, putRoot(), op(Operation.CREATE).i(2).string("e").i(0, 0));
    new Reply(client.connection.call(one)).is(Nfs4Status.OK);
    new Reply(client.connection.call(two)).is(Nfs4Status.OK);
    client.on("e", op(Operation.GETFH)).is(Nfs4Status.OK);
  }

  @Test
  void compoundIsBounded() {
    Client40 client = new Client40(server, "a");
    XdrBytes[] operations = new XdrBytes[2000];
    Arrays.setAll(operations, i -> putRoot());
    Reply reply = client.call(operations).is(Nfs4Status.RESOURCE);
    assertEquals(1025, reply.count());
  }
}
