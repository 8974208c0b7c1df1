package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.op.ReplyGrammar.Result;
import io.atoll.nfs4.op.StateScene.Call;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrBytes;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Of NFSv4.0: calls with owners' seqids, and with client IDs. */
class MalformedState40Test extends MalformedCalls {
  @Override
  Supplier<MalformedScene> ordinary() {
    return StateScene40::ordinary;
  }

  @Override
  Supplier<MalformedScene> inGrace() {
    return StateScene40::inGrace;
  }

  @Override
  int leastThatSucceed() {
    return 20;
  }

  @Test
  void everyWordOfAReclaimMayBeAnything() {
    begin(inGrace());
    bendWords(call -> call.name().contains("reclaim"));
  }

  private void isAnswered(Nfs4Status expected, XdrBytes... operations) {
    Call call = new Call(expected + " expected", false, List.of(operations));
    MalformedScene.Message message = scene().message(call);
    List<Result> results = send(message.with(message.operations()), call.name());
    assertEquals(expected, results.getLast().status(), () -> results.toString());
    assertEquals(operations.length, results.size(), "the last operation failed");
  }

  private Client40 client() {
    return ((StateScene40) scene()).client;
  }

  @Test
  void ownersAndNamesAtTheirBounds() {
    String longest = "o".repeat(1024);
    isAnswered(Nfs4Status.OK, putRoot(), client().open(longest, 1, "file", Requests.READ, 0));
    isAnswered(
        Nfs4Status.BADXDR, putRoot(), client().open(longest + "o", 1, "file", Requests.READ, 0));
    isAnswered(
        Nfs4Status.NAMETOOLONG,
        putRoot(),
        client().open("owner", 4, "n".repeat(256), Requests.READ, 0));
    isAnswered(
        Nfs4Status.BADXDR,
        op(Operation.RELEASE_LOCKOWNER).l(client().clientId).string(longest + "o"));
    XdrBytes test = op(Operation.LOCKT).i(1).l(0, 1).l(client().clientId).string(longest + "o");
    isAnswered(Nfs4Status.BADXDR, putRoot(), lookup("file"), test);
    end();
  }

  @Test
  void stateidsThatNameNothing() {
    Stateid unknown = new Stateid(1, 0x1234_5678_9abc_def0L, 1);
    for (Stateid bad : new Stateid[] {Stateid.ANONYMOUS, Stateid.READ_BYPASS, unknown}) {
      for (XdrBytes call :
          new XdrBytes[] {
            stateid(op(Operation.CLOSE).i(4), bad),
            stateid(op(Operation.OPEN_CONFIRM), bad).i(4),
            stateid(op(Operation.OPEN_DOWNGRADE), bad).i(4, Requests.READ, 0),
            client().nextLock(bad, 1, 0, 1),
            client().unlock(bad, 1, 0, 1)
          }) {
        MalformedScene.Message message =
            scene().message(new Call("", false, List.of(putRoot(), lookup("file"), call)));
        Nfs4Status status =
            send(message.with(message.operations()), bad.toString()).getLast().status();
        assertEquals(bad.equals(unknown) ? status : Nfs4Status.BAD_STATEID, status);
        assertEquals(false, status.isOk());
      }
    }
    end();
  }

  @Test
  void strangersClientIds() {
    long stranger = client().clientId + 1;
    isAnswered(Nfs4Status.STALE_CLIENTID, op(Operation.RENEW).l(stranger));
    isAnswered(
        Nfs4Status.STALE_CLIENTID, op(Operation.SETCLIENTID_CONFIRM).l(stranger, client().confirm));
    isAnswered(
        Nfs4Status.STALE_CLIENTID,
        op(Operation.SETCLIENTID_CONFIRM).l(client().clientId, client().confirm + 1));
    isAnswered(
        Nfs4Status.STALE_CLIENTID, op(Operation.RELEASE_LOCKOWNER).l(stranger).string("locker"));
    end();
  }
}
