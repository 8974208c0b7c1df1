package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.BOTH;
import static io.atoll.nfs4.op.Requests.close;
import static io.atoll.nfs4.op.Requests.lock;
import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.openCreating;
import static io.atoll.nfs4.op.Requests.openShare;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.read;
import static io.atoll.nfs4.op.Requests.stateid;
import static io.atoll.nfs4.op.Requests.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrBytes;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a client refers to that is another's, gone, cut off or made up is told so, and never reaches
 * anything; and what is longer than may be costs no more than its refusal.
 */
class BadReferencesTest {
  private static final int HANDLE_BYTES = 40;
  private static final int WRITE_LT = 2;
  private static final int OWNER_BYTES = 1024;
  private static final int THOUSANDS = 5_000;
  private static final int MAX_OPERATIONS_40 = 1024;

  private final StateHarness server = new StateHarness();
  private final StateHarness.Client client = server.mount("client");
  private final StateHarness.Client other = server.mount("other");
  private Stateid open;
  private Stateid locked;
  private byte[] handle;

  @BeforeEach
  void openAndLock() {
    server.files.makeFile("file", new byte[100]);
    server.files.makeFile("second", new byte[100]);
    open = client.open("file", BOTH, 0);
    locked =
        client
            .call(putRoot(), lookup("file"), lock(WRITE_LT, 0, 10, open, "l"))
            .ok(Operation.PUTROOTFH)
            .ok(Operation.LOOKUP)
            .ok(Operation.LOCK)
            .stateid();
    handle =
        client
            .call(putRoot(), lookup("file"), op(Operation.GETFH))
            .ok(Operation.PUTROOTFH)
            .ok(Operation.LOOKUP)
            .ok(Operation.GETFH)
            .opaque();
  }

  private static XdrBytes put(byte[] handle) {
    return op(Operation.PUTFH).opaque(handle);
  }

  @Test
  void anotherClientsStateIsBad() {
    for (Stateid theirs : new Stateid[] {open, locked, open.withSeqid(0)}) {
      other.call(put(handle), read(theirs)).is(Nfs4Status.BAD_STATEID);
      other.call(put(handle), write(theirs, "x")).is(Nfs4Status.BAD_STATEID);
      other.call(put(handle), close(theirs)).is(Nfs4Status.BAD_STATEID);
      other
          .call(put(handle), stateid(op(Operation.LOCKU).i(WRITE_LT, 0), theirs).l(0, 10))
          .is(Nfs4Status.BAD_STATEID);
      other.call(put(handle), lock(WRITE_LT, 50, 1, theirs, "l")).is(Nfs4Status.BAD_STATEID);
      other
          .call(put(handle), stateid(op(Operation.OPEN_DOWNGRADE), theirs).i(0, 1, 0))
          .is(Nfs4Status.BAD_STATEID);
      other.call(stateid(op(Operation.FREE_STATEID), theirs)).is(Nfs4Status.BAD_STATEID);
      Reply tested = other.call(stateid(op(Operation.TEST_STATEID).i(1), theirs));
      assertEquals(1, tested.ok(Operation.TEST_STATEID).i());
      assertEquals(Nfs4Status.BAD_STATEID.code(), tested.i());
    }
    client.call(put(handle), write(open, "mine")).is(Nfs4Status.OK);
  }

  @Test
  void stateOfOneFileIsBadOnAnother() {
    client.call(putRoot(), lookup("second"), read(open)).is(Nfs4Status.BAD_STATEID);
    client.call(putRoot(), lookup("second"), write(locked, "x")).is(Nfs4Status.BAD_STATEID);
    client.call(putRoot(), lookup("second"), close(open)).is(Nfs4Status.BAD_STATEID);
  }

  @Test
  void stateOfOneMinorVersionIsNoneOfTheOther() {
    Client40 old = Client40.confirmed(server, "old");
    old.on("file", write(open, "x")).next(Operation.WRITE, Nfs4Status.BAD_STATEID);
  }

  @Test
  void stateOfAnotherInstanceIsBad() {
    server.restart();
    server.advanceSeconds(StateHarness.GRACE_SECONDS + 1);
    StateHarness.Client again = server.mount("again");
    again.call(put(handle), read(open)).is(Nfs4Status.BAD_STATEID);
    again.call(put(handle), read(Stateid.ANONYMOUS)).is(Nfs4Status.OK);
  }

  @Test
  void anotherClientsIdIsNotDestroyedWhileItHasState() {
    other.call(op(Operation.DESTROY_CLIENTID).l(client.clientId)).is(Nfs4Status.CLIENTID_BUSY);
    client.call(put(handle), write(open, "mine")).is(Nfs4Status.OK);
  }

  @Test
  void aHandleThatIsCutOffOrTooLongIsNone() {
    for (int length = 0; length <= 128; length++) {
      Nfs4Status expected = length == HANDLE_BYTES ? Nfs4Status.OK : Nfs4Status.BADHANDLE;
      client.call(put(Arrays.copyOf(handle, length))).is(expected);
    }
    client.call(put(new byte[129])).is(Nfs4Status.BADXDR);
  }

  @Test
  void aForgedHandleIsNeverAnothersFile() {
    for (int bit = 0; bit < 8 * HANDLE_BYTES; bit++) {
      byte[] forged = handle.clone();
      forged[bit / 8] ^= (byte) (1 << bit % 8);
      client.call(put(forged), op(Operation.GETATTR).i(1, 1 << 4)).is(Nfs4Status.BADHANDLE);
    }
  }

  @Test
  void theHandleOfWhatIsGoneIsStaleWhateverIsAsked() {
    client.call(putRoot(), lookup("file"), close(open)).is(Nfs4Status.OK);
    client.call(putRoot(), op(Operation.REMOVE).string("file")).is(Nfs4Status.OK);
    client.call(putRoot(), openCreating("file", BOTH, 0600, 0)).is(Nfs4Status.OK);
    XdrBytes[] each = {
      op(Operation.GETATTR).i(1, 1 << 4),
      op(Operation.ACCESS).i(1),
      read(Stateid.ANONYMOUS),
      write(Stateid.ANONYMOUS, "x"),
      op(Operation.COMMIT).l(0).i(0),
      openShare(BOTH, 0, "o").i(0).i(4),
      op(Operation.READDIR).l(0).l(0).i(4096, 4096, 0),
      lookup("x")
    };
    for (XdrBytes operation : each) {
      client.call(put(handle), operation).is(Nfs4Status.STALE);
    }
  }

  @Test
  void ownersOfTheGreatestLengthAreTaken() {
    String name = "o".repeat(OWNER_BYTES);
    StateHarness.Client named = server.mount(name);
    Reply opened = named.call(putRoot(), openShare(BOTH, 0, name).i(0).i(0).string("second"));
    Stateid theirs = opened.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    named.call(putRoot(), lookup("second"), lock(WRITE_LT, 0, 1, theirs, name)).is(Nfs4Status.OK);
  }

  @Test
  void aCompoundOfThousandsIsRefusedBeforeAnythingIsDone() {
    XdrBytes[] many = new XdrBytes[THOUSANDS];
    Arrays.fill(many, putRoot());
    many[1] = op(Operation.REMOVE).string("second");
    long before = server.steps();
    new Reply(client.connection.call(client.prepare(false, many))).is(Nfs4Status.TOO_MANY_OPS);
    assertEquals(before, server.steps());
    other.open("second", BOTH, 0);
  }

  @Test
  void aCompoundOfThousandsIsBoundedInTheOldVersionToo() {
    Client40 old = Client40.confirmed(server, "old");
    XdrBytes[] many = new XdrBytes[THOUSANDS];
    Arrays.fill(many, op(Operation.GETATTR).i(1, 1 << 4));
    many[0] = putRoot();
    long before = server.steps();
    old.call(many).is(Nfs4Status.RESOURCE);
    assertTrue(server.steps() - before <= MAX_OPERATIONS_40, server.steps() - before + " steps");
  }
}
