package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.BOTH;
import static io.atoll.nfs4.op.Requests.close;
import static io.atoll.nfs4.op.Requests.lock;
import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.open;
import static io.atoll.nfs4.op.Requests.openCreating;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.write;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.FileLimits;
import io.atoll.nfs4.state.StateLimits;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import org.junit.jupiter.api.Test;

/** What clients are told at the limits of Amazon EFS's kind, and one before. */
class LimitsTest {
  private static final int OPENS = 3;
  private static final int LOCKS = 4;
  private static final int LOCKS_OF_FILE = 3;
  private static final int WRITE_LT = 2;

  private final StateHarness server =
      new StateHarness(StateLimits.DEFAULT.with(OPENS, LOCKS, LOCKS_OF_FILE));
  private final StateHarness.Client client = server.mount("client");

  private Stateid locked(String file, Stateid open, long offset, Nfs4Status expected) {
    Reply reply =
        client.call(putRoot(), lookup(file), lock(WRITE_LT, offset, 1, open, "o")).is(expected);
    return expected == Nfs4Status.OK
        ? reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.LOCK).stateid()
        : null;
  }

  @Test
  void opensOfAClientEndWithDquotUntilOneIsClosed() {
    Stateid[] opens = new Stateid[OPENS];
    for (int i = 0; i < OPENS; i++) {
      server.files.makeFile("f" + i, new byte[0]);
      opens[i] = client.open("f" + i, BOTH, 0);
    }
    server.files.makeFile("further", new byte[0]);
    client.call(putRoot(), open("further", BOTH, 0)).is(Nfs4Status.DQUOT);
    client.call(putRoot(), openCreating("new", BOTH, 0600, -1)).is(Nfs4Status.DQUOT);
    client.call(putRoot(), lookup("new")).is(Nfs4Status.NOENT);
    server.mount("other").open("further", BOTH, 0);
    client.call(putRoot(), lookup("f0"), close(opens[0])).is(Nfs4Status.OK);
    client.open("further", BOTH, 0);
  }

  @Test
  void locksOfAFileEndWithDquot() {
    server.files.makeFile("file", new byte[0]);
    Stateid open = client.open("file", BOTH, 0);
    for (int i = 0; i < LOCKS_OF_FILE; i++) {
      locked("file", open, 10L * i, Nfs4Status.OK);
    }
    locked("file", open, 100, Nfs4Status.DQUOT);
  }

  @Test
  void locksOfAClientEndWithDquot() {
    Stateid[] opens = new Stateid[2];
    for (int i = 0; i < 2; i++) {
      server.files.makeFile("f" + i, new byte[0]);
      opens[i] = client.open("f" + i, BOTH, 0);
    }
    for (int i = 0; i < LOCKS; i++) {
      locked("f" + i % 2, opens[i % 2], 10L * i, Nfs4Status.OK);
    }
    locked("f0", opens[0], 100, Nfs4Status.DQUOT);
  }

  @Test
  void aWriteBeyondTheLongestFileIsFbig() {
    server.files.limitFileSize(100);
    server.files.makeFile("file", new byte[0]);
    Stateid open = client.open("file", BOTH, 0);
    client.call(putRoot(), lookup("file"), write(open, 99, new byte[1])).is(Nfs4Status.OK);
    client.call(putRoot(), lookup("file"), write(open, 99, new byte[2])).is(Nfs4Status.FBIG);
  }

  @Test
  void aNameBeyondTheLongestIsNametoolong() {
    String longest = "n".repeat(FileLimits.HIGHEST.maxNameBytes());
    client.call(putRoot(), openCreating(longest, BOTH, 0600, -1)).is(Nfs4Status.OK);
    client.call(putRoot(), openCreating(longest + "n", BOTH, 0600, -1)).is(Nfs4Status.NAMETOOLONG);
    client.call(putRoot(), lookup(longest + "n")).is(Nfs4Status.NAMETOOLONG);
  }

  @Test
  void attributesTellTheLimits() {
    FileLimits limits = server.files.limits();
    int size = 1 << Attribute.MAXFILESIZE;
    int links = 1 << Attribute.MAXLINK;
    int name = 1 << Attribute.MAXNAME;
    Reply reply =
        client.call(putRoot(), op(Operation.GETATTR).i(1, size | links | name)).is(Nfs4Status.OK);
    reply.ok(Operation.PUTROOTFH).ok(Operation.GETATTR);
    assertEquals(1, reply.i());
    assertEquals(size | links | name, reply.i());
    assertEquals(16, reply.i());
    assertEquals(limits.maxFileBytes(), reply.l());
    assertEquals(limits.maxLinks(), reply.i());
    assertEquals(limits.maxNameBytes(), reply.i());
    reply.end();
  }
}
