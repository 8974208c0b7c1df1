package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever a client of NFSv4.0 makes of its calls: each is answered, with an error that NFSv4.0
 * has, and when the client is gone nothing is left of it.
 */
class MalformedState40Test {
  private static final int[] WORDS = {
    0, 1, 2, 3, 7, 0xff, 1024, 1025, 4097, Integer.MAX_VALUE, Integer.MIN_VALUE, -1
  };

  private StateHarness server;
  private Client40 client;
  private List<byte[]> calls;

  @BeforeEach
  void begin() {
    server = new StateHarness();
    client = Client40.confirmed(server, "client");
    Stateid open = client.opened("o", 1, "f");
    Stateid lock =
        client.on("f", client.firstLock(3, open, 0, "l", 0, 9)).ok(Operation.LOCK).stateid();
    var file = Requests.lookup("f");
    calls =
        List.of(
            client.message(client.setClientIdOf(2)),
            client.message(op(Operation.SETCLIENTID_CONFIRM).l(client.clientId, client.confirm)),
            client.message(op(Operation.RENEW).l(client.clientId)),
            client.message(putRoot(), client.openCreating("o", 4, "g")),
            client.message(putRoot(), client.openCreating("p", 1, "g")),
            client.message(putRoot(), client.open("o", 4, "f", Requests.READ, Requests.WRITE)),
            client.message(putRoot(), file, client.reclaim("o", 4)),
            client.message(putRoot(), file, stateid(op(Operation.OPEN_CONFIRM), open).i(4)),
            client.message(putRoot(), file, stateid(op(Operation.OPEN_DOWNGRADE), open).i(4, 3, 0)),
            client.message(putRoot(), file, stateid(op(Operation.CLOSE).i(4), open)),
            client.message(putRoot(), file, client.firstLock(4, open, 0, "m", 20, 9)),
            client.message(putRoot(), file, client.nextLock(lock, 1, 20, 9)),
            client.message(putRoot(), file, client.unlock(lock, 1, 0, 5)),
            client.message(
                putRoot(), file, op(Operation.LOCKT).i(2).l(0, 9).l(client.clientId).string("x")),
            client.message(op(Operation.RELEASE_LOCKOWNER).l(client.clientId).string("l")),
            client.message(putRoot(), file, Requests.read(open)),
            client.message(putRoot(), file, Requests.write(open, "content")),
            client.message(putRoot(), file, stateid(op(Operation.DELEGRETURN), open)));
  }

  private void send(byte[] message) {
    client.connection.receive(Calls.record(message));
    List<byte[]> replies = client.connection.replies();
    assertEquals(1, replies.size(), "replies");
    ByteBuffer reply = ByteBuffer.wrap(replies.get(0));
    boolean isResult = reply.capacity() > 24 && reply.getInt(8) == 0 && reply.getInt(20) == 0;
    if (isResult) {
      int status = new Reply(replies.get(0)).status();
      assertTrue(status <= Nfs4Status.CB_PATH_DOWN.code(), "status " + status);
      assertTrue(status != Nfs4Status.SERVERFAULT.code(), "a defect");
    }
    if (!client.connection.isOpen()) {
      client.reconnect();
    }
  }

  /** Every lease runs out: nothing is left. */
  private void end() {
    server.advanceSeconds(StateHarness.LEASE_SECONDS * 2.5);
    assertEquals(new NfsState.Counts(0, 0, 0, 0, 0, 0, 0), server.state.counts());
    assertEquals(0, server.files.totalHolds());
  }

  @Test
  void eachWordMayBeAnything() {
    int count = calls.size();
    for (int number = 0; number < count; number++) {
      int headBytes = client.message().length;
      for (int at = headBytes; at < calls.get(number).length; at += Integer.BYTES) {
        for (int word : WORDS) {
          byte[] bent = calls.get(number).clone();
          ByteBuffer.wrap(bent).putInt(at, word);
          send(bent);
        }
        begin();
      }
    }
    end();
  }

  @Test
  void eachCallMayBeCut() {
    int count = calls.size();
    for (int number = 0; number < count; number++) {
      byte[] whole = calls.get(number);
      for (int length = client.message().length; length < whole.length; length += 4) {
        send(Arrays.copyOf(whole, length));
      }
    }
    end();
  }
}
