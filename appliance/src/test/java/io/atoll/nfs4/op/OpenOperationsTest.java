package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.BOTH;
import static io.atoll.nfs4.op.Requests.READ;
import static io.atoll.nfs4.op.Requests.WRITE;
import static io.atoll.nfs4.op.Requests.close;
import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.open;
import static io.atoll.nfs4.op.Requests.openCreating;
import static io.atoll.nfs4.op.Requests.openShare;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.read;
import static io.atoll.nfs4.op.Requests.stateid;
import static io.atoll.nfs4.op.Requests.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCall;
import io.atoll.fs.Principal;
import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.op.StateHarness.Client;
import io.atoll.nfs4.state.SessionId;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** OPEN, CLOSE, OPEN_DOWNGRADE and stateids, as whole compounds (RFC 8881, section 18.16). */
class OpenOperationsTest {
  private static final int USER = 1000;
  private static final long SIZE_BIT = 1L << 4;
  private static final long MODE_BIT = 1L << 33;

  private final StateHarness server = new StateHarness();
  private final Client client = server.mount("a");

  private static byte[] bytes(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  private FileHandle file(String name, String content) {
    return server.files.makeFile(name, bytes(content));
  }

  private Reply opened(Reply reply) {
    return reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN);
  }

  private static XdrBytes exclusive(String name, long verifier) {
    return openShare(BOTH, 0, "owner").i(1, 2).l(verifier).i(0).string(name);
  }

  private static XdrBytes exclusiveWithMode(String name, long verifier, int mode) {
    return openShare(BOTH, 0, "owner")
        .i(1, 3)
        .l(verifier)
        .i(2, 0, 1 << 1, 4, mode)
        .i(0)
        .string(name);
  }

  private static XdrBytes guarded(String name) {
    return openShare(BOTH, 0, "owner").i(1, 1).i(0, 0).i(0).string(name);
  }

  // --- existing files ---

  @Test
  void openSetsHandleAndCurrentStateid() {
    FileHandle file = file("file", "content");
    Reply reply =
        client.call(
            putRoot(),
            open("file", BOTH, 0),
            write(Stateid.CURRENT, "CON"),
            close(Stateid.CURRENT));
    Stateid open = opened(reply).stateid();
    assertEquals(1, open.seqid());
    assertEquals(0, reply.restOfOpen());
    reply.ok(Operation.WRITE).skip(16).ok(Operation.CLOSE);
    assertEquals(Stateid.INVALID, reply.stateid());
    reply.end();
    assertEquals("CONtent", new String(server.files.content(file), StandardCharsets.UTF_8));
    assertEquals(0, server.state.counts().opens());
  }

  @Test
  void thereIsNoCurrentStateidAfterAHandleWasSet() {
    file("file", "content");
    client
        .call(putRoot(), open("file", BOTH, 0), putRoot(), lookup("file"), read(Stateid.CURRENT))
        .is(Nfs4Status.BAD_STATEID);
  }

  @Test
  void savedHandleBringsItsStateidBack() {
    file("file", "content");
    client
        .call(
            putRoot(),
            open("file", BOTH, 0),
            op(Operation.SAVEFH),
            putRoot(),
            op(Operation.RESTOREFH),
            read(Stateid.CURRENT))
        .is(Nfs4Status.OK);
  }

  @Test
  void whatIsNoFileIsToldByItsKind() {
    client.call(putRoot(), op(Operation.CREATE).i(2).string("dir").i(0, 0)).is(Nfs4Status.OK);
    client
        .call(putRoot(), op(Operation.CREATE).i(5).string("to").string("link").i(0, 0))
        .is(Nfs4Status.OK);
    client.call(putRoot(), op(Operation.CREATE).i(7).string("fifo").i(0, 0)).is(Nfs4Status.OK);
    client.call(putRoot(), open("dir", READ, 0)).is(Nfs4Status.ISDIR);
    client.call(putRoot(), open("link", READ, 0)).is(Nfs4Status.SYMLINK);
    client.call(putRoot(), open("fifo", READ, 0)).is(Nfs4Status.WRONG_TYPE);
    client.call(putRoot(), open("nothing", READ, 0)).is(Nfs4Status.NOENT);
    file("file", "");
    client.call(putRoot(), lookup("file"), open("x", READ, 0)).is(Nfs4Status.NOTDIR);
  }

  @Test
  void openByHandleIsServed() {
    file("file", "content");
    XdrBytes byHandle = openShare(READ, 0, "owner").i(0).i(4);
    Reply reply = client.call(putRoot(), lookup("file"), byHandle).is(Nfs4Status.OK);
    Stateid open = reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.OPEN).stateid();
    client.call(putRoot(), lookup("file"), read(open)).is(Nfs4Status.OK);
    XdrBytes creating = openShare(READ, 0, "owner").i(1, 1).i(0, 0).i(4);
    client.call(putRoot(), lookup("file"), creating).is(Nfs4Status.INVAL);
  }

  @Test
  void claimsOfDelegationsAreNotSupported() {
    file("file", "");
    XdrBytes current = stateid(openShare(READ, 0, "o").i(0).i(2), Stateid.ANONYMOUS);
    client.call(putRoot(), current.string("file")).is(Nfs4Status.NOTSUPP);
    client.call(putRoot(), openShare(READ, 0, "o").i(0).i(3).string("file")).is(Nfs4Status.NOTSUPP);
    client.call(putRoot(), openShare(READ, 0, "o").i(0).i(6)).is(Nfs4Status.NOTSUPP);
  }

  @Test
  void wantedDelegationIsExplainedAway() {
    file("file", "");
    Reply reply = opened(client.call(putRoot(), open("file", READ | 0x0100, 0)));
    reply.stateid();
    reply.skip(24);
    assertEquals(0, reply.i());
    assertEquals(3, reply.i(), "OPEN_DELEGATE_NONE_EXT");
    assertEquals(2, reply.i(), "WND4_RESOURCE");
    assertEquals(0, reply.i());
    reply.end();
    reply = opened(client.call(putRoot(), open("file", READ | 0x0400, 0)));
    reply.stateid();
    reply.skip(28);
    assertEquals(3, reply.i());
    assertEquals(0, reply.i(), "WND4_NOT_WANTED");
    reply.end();
  }

  @Test
  void shareBitsMustBeSome() {
    file("file", "");
    for (int[] share : new int[][] {{0, 0}, {4, 0}, {1, 4}, {0x100, 0}}) {
      client.call(putRoot(), open("file", share[0], share[1])).is(Nfs4Status.INVAL);
    }
  }

  @Test
  void sharesOfAnotherClientDeny() {
    file("file", "content");
    Stateid open = client.open("file", READ, WRITE);
    Client other = server.mount("b");
    other.call(putRoot(), open("file", WRITE, 0)).is(Nfs4Status.SHARE_DENIED);
    other.call(putRoot(), lookup("file"), write(Stateid.ANONYMOUS, "x")).is(Nfs4Status.LOCKED);
    other.call(putRoot(), lookup("file"), read(Stateid.ANONYMOUS)).is(Nfs4Status.OK);
    client.call(putRoot(), lookup("file"), close(open)).is(Nfs4Status.OK);
    other.call(putRoot(), open("file", WRITE, 0)).is(Nfs4Status.OK);
  }

  // --- permission ---

  @Test
  void permissionIsCheckedAtOpening() {
    Reply made = client.call(putRoot(), openCreating("file", BOTH, 0600, -1)).is(Nfs4Status.OK);
    opened(made);
    client.callAs(USER, putRoot(), open("file", READ, 0)).is(Nfs4Status.ACCESS);
    client.callAs(USER, putRoot(), open("file", WRITE, 0)).is(Nfs4Status.ACCESS);
  }

  @Test
  void leaveToExecuteIsEnoughToRead() {
    opened(client.call(putRoot(), openCreating("program", BOTH, 0711, -1)));
    client.callAs(USER, putRoot(), open("program", READ, 0)).is(Nfs4Status.OK);
    client.callAs(USER, putRoot(), open("program", BOTH, 0)).is(Nfs4Status.ACCESS);
  }

  @Test
  void creatorWritesWhateverTheModeThatItGave() {
    Reply reply = client.callAs(USER, putRoot(), openCreating("file", BOTH, 0444, -1));
    Stateid open = opened(reply).stateid();
    client.callAs(USER, putRoot(), lookup("file"), write(open, "x")).is(Nfs4Status.OK);
    client.callAs(USER, putRoot(), open("file", WRITE, 0)).is(Nfs4Status.ACCESS);
    XdrBytes byHandle = openShare(WRITE, 0, "p").i(0).i(4);
    client.callAs(USER, putRoot(), lookup("file"), byHandle).is(Nfs4Status.OK);
  }

  // --- creating ---

  @Test
  void uncheckedMakesOrTakesTheFile() {
    Reply made = opened(client.call(putRoot(), openCreating("file", BOTH, 0640, 0)));
    made.stateid();
    assertEquals(MODE_BIT, made.restOfOpen() & MODE_BIT);
    Reply taken = opened(client.call(putRoot(), openCreating("file", BOTH, 0600, -1)));
    assertEquals(2, taken.stateid().seqid());
    assertEquals(0, taken.restOfOpen(), "nothing of it was changed");
  }

  @Test
  void uncheckedTruncatesOnlyToZeroAndOnlyWithLeave() {
    FileHandle file = file("file", "content");
    Client other = server.mount("b");
    Stateid denying = other.open("file", READ, WRITE);
    client.call(putRoot(), openCreating("file", WRITE, 0600, 0)).is(Nfs4Status.SHARE_DENIED);
    assertEquals(7, server.files.content(file).length);
    other.call(putRoot(), lookup("file"), close(denying)).is(Nfs4Status.OK);

    opened(client.call(putRoot(), openCreating("file", WRITE, 0600, 3)));
    assertEquals(7, server.files.content(file).length, "not a size but zero");
    Reply reply = opened(client.call(putRoot(), openCreating("file", WRITE, 0600, 0)));
    reply.stateid();
    assertEquals(SIZE_BIT, reply.restOfOpen());
    assertEquals(0, server.files.content(file).length);
  }

  @Test
  void truncationByAReaderRespectsDenialOfWriting() {
    FileHandle file = file("file", "content");
    server.mount("b").open("file", READ, WRITE);
    client.call(putRoot(), openCreating("file", READ, 0600, 0)).is(Nfs4Status.SHARE_DENIED);
    assertEquals(7, server.files.content(file).length);
  }

  @Test
  void openWithoutRoomForItsStateMakesAndTruncatesNothing() {
    StateHarness tight = new StateHarness(StateHarness.limitsOfOpens(1));
    FileHandle file = tight.files.makeFile("file", bytes("content"));
    tight.files.makeFile("held", bytes(""));
    Client only = tight.mount("a");
    only.open("held", READ, 0);
    only.call(putRoot(), openCreating("file", WRITE, 0600, 0)).is(Nfs4Status.DQUOT);
    assertEquals(7, tight.files.content(file).length);
    only.call(putRoot(), guarded("new")).is(Nfs4Status.DQUOT);
    only.call(putRoot(), lookup("new")).is(Nfs4Status.NOENT);
    assertEquals(1, tight.state.counts().opens());
  }

  @Test
  void failedOpenGivesItsRoomBack() {
    client.call(putRoot(), openCreating("file", BOTH, 0600, 3)).is(Nfs4Status.OK);
    client.call(putRoot(), guarded("file")).is(Nfs4Status.EXIST);
    client.callAs(USER, putRoot(), openCreating("file", READ, 0600, 0)).is(Nfs4Status.ACCESS);
    client.call(putRoot(), op(Operation.CREATE).i(2).string("dir").i(0, 0)).is(Nfs4Status.OK);
    client.call(putRoot(), openCreating("dir", READ, 0600, -1));
    assertEquals(1, server.state.counts().opens());
  }

  @Test
  void holdThatComesAfterItsOpenWasGivenUpIsReleased() {
    Completions completions = Completions.shuffled(1);
    StateHarness slow = new StateHarness(completions);
    FileHandle file = slow.files.makeFile("file", bytes("content"));
    Client opener = slow.new Client("a", 1);
    slow.state.reclaimComplete(
        slow.state.session(new SessionId(opener.sessionHigh, opener.sessionLow)).client());
    slow.files.failAfterHold();
    byte[] request = opener.prepare(true, putRoot(), openCreating("file", WRITE, 0600, 0));
    opener.connection.receive(Calls.record(request));
    completions.releaseAll();
    assertEquals(0, slow.files.holds(file));
    assertEquals(0, slow.state.counts().opens(), "room set aside");
    assertEquals(0, slow.state.counts().files(), "share bits reserved");
    opener.connection.discardSent();
  }

  @Test
  void reclaimThatGraceEndsUnderIsTooLate() {
    Completions completions = Completions.shuffled(1);
    StateHarness slow = new StateHarness(completions);
    FileHandle file = slow.files.makeFile("file", bytes("x"));
    for (String name : new String[] {"a", "b"}) {
      Client before = slow.new Client(name, 1);
      slow.state.reclaimComplete(
          slow.state.session(new SessionId(before.sessionHigh, before.sessionLow)).client());
    }
    slow.restart();
    Client after = slow.new Client("a", 1);
    XdrBytes lookup = lookup("file");
    byte[] request =
        after.prepare(true, putRoot(), lookup, openShare(BOTH, 0, "owner").i(0).i(1, 0));
    after.connection.receive(Calls.record(request));
    completions.releaseOne();
    completions.releaseOne();
    slow.advanceSeconds(4 * StateHarness.GRACE_SECONDS);
    assertEquals(false, slow.state.isInGrace());
    completions.releaseAll();
    new Reply(after.connection.replies().getFirst()).is(Nfs4Status.NO_GRACE);
    assertEquals(0, slow.state.counts().opens());
    assertEquals(0, slow.files.holds(file));
  }

  @Test
  void truncationNeedsLeaveToWrite() {
    opened(client.call(putRoot(), openCreating("file", BOTH, 0644, 5)));
    client.callAs(USER, putRoot(), openCreating("file", READ, 0644, 0)).is(Nfs4Status.ACCESS);
    client.callAs(USER, putRoot(), openCreating("file", READ, 0644, -1)).is(Nfs4Status.OK);
  }

  @Test
  void newFileHasTheSizeAskedFor() {
    Reply reply = opened(client.call(putRoot(), openCreating("file", BOTH, 0644, 5)));
    reply.stateid();
    assertEquals(SIZE_BIT | MODE_BIT, reply.restOfOpen());
    Reply attributes = client.call(putRoot(), lookup("file"), op(Operation.GETATTR).i(1, 1 << 4));
    attributes.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.GETATTR).skip(12);
    assertEquals(5, attributes.l());
  }

  @Test
  void guardedWantsANewFile() {
    opened(client.call(putRoot(), guarded("file")));
    client.call(putRoot(), guarded("file")).is(Nfs4Status.EXIST);
  }

  @Test
  void exclusiveKnowsItsOwnRetry() {
    Reply first = opened(client.call(putRoot(), exclusive("file", 77)));
    Stateid open = first.stateid();
    assertEquals(0, first.restOfOpen());
    Reply again = opened(client.call(putRoot(), exclusive("file", 77)));
    assertEquals(open.withSeqid(2), again.stateid());
    client.call(putRoot(), exclusive("file", 78)).is(Nfs4Status.EXIST);
  }

  @Test
  void exclusiveTellsTwoClientsOfOneVerifierApart() {
    opened(client.call(putRoot(), exclusive("file", 77)));
    server.mount("b").call(putRoot(), exclusive("file", 77)).is(Nfs4Status.EXIST);
  }

  @Test
  void exclusiveWithAttributesSetsThem() {
    Reply reply = opened(client.call(putRoot(), exclusiveWithMode("file", 77, 0604)));
    reply.stateid();
    assertEquals(MODE_BIT, reply.restOfOpen());
    XdrBytes unsupported =
        openShare(BOTH, 0, "o").i(1, 3).l(7).i(1, 1 << 12, 0).i(0).string("other");
    client.call(putRoot(), unsupported).is(Nfs4Status.INVAL);
  }

  // --- between the steps ---

  @Test
  void openOfAClientThatGoesAwayMeanwhileLeavesNothing() {
    for (long seed = 0; seed < 20; seed++) {
      Completions completions = Completions.shuffled(seed);
      StateHarness slow = new StateHarness(completions);
      FileHandle file = slow.files.makeFile("file", bytes("x"));
      Client slowClient = slow.new Client("a", 1);
      slow.state.reclaimComplete(
          slow.state
              .session(new SessionId(slowClient.sessionHigh, slowClient.sessionLow))
              .client());
      byte[] request = slowClient.prepare(true, putRoot(), openCreating("file", WRITE, 0600, 0));
      slowClient.connection.receive(Calls.record(request));
      for (long step = 0; step < seed % 5; step++) {
        completions.releaseOne();
      }
      Client restarted = slow.new Client("a", 2);
      completions.releaseAll();
      byte[] reply = slowClient.connection.replies().getFirst();
      new Reply(reply);
      assertEquals(0, slow.state.counts().opens(), "seed " + seed);
      assertEquals(0, slow.state.counts().files(), "seed " + seed);
      assertEquals(0, slow.files.holds(file), "seed " + seed);
      assertNotEquals(restarted.clientId, slowClient.clientId);
    }
  }

  @Test
  void fileRemovedBetweenTheStepsIsToComeAgainFor() {
    // Found, access checked, truncated: only once it is held does it live on without a name.
    for (int steps = 0; steps <= 3; steps++) {
      Completions completions = Completions.shuffled(steps);
      StateHarness slow = new StateHarness(completions);
      slow.files.makeFile("file", bytes("x"));
      Client slowClient = slow.new Client("a", 1);
      slow.state.reclaimComplete(
          slow.state
              .session(new SessionId(slowClient.sessionHigh, slowClient.sessionLow))
              .client());
      byte[] request = slowClient.prepare(true, putRoot(), openCreating("file", WRITE, 0600, 0));
      slowClient.connection.receive(Calls.record(request));
      for (int step = 0; step < steps; step++) {
        completions.releaseOne();
      }
      slow.files.remove(
          new FsCall(Principal.ROOT), slow.files.root(), bytes("file"), (status, change) -> {});
      completions.releaseAll();
      boolean held = steps == 3;
      new Reply(slowClient.connection.replies().getFirst())
          .is(held ? Nfs4Status.OK : Nfs4Status.DELAY);
      assertEquals(held ? 1 : 0, slow.state.counts().files(), "after " + steps + " steps");
    }
  }

  // --- downgrade, stateids ---

  @Test
  void downgradeAnswersTheNewStateid() {
    file("file", "content");
    client.open("file", READ, 0);
    Stateid open = client.open("file", BOTH, 0);
    XdrBytes downgrade = stateid(op(Operation.OPEN_DOWNGRADE), open).i(0, READ, 0);
    Reply reply = client.call(putRoot(), lookup("file"), downgrade).is(Nfs4Status.OK);
    reply.ok(Operation.PUTROOTFH).ok(Operation.LOOKUP).ok(Operation.OPEN_DOWNGRADE);
    Stateid down = reply.stateid();
    assertEquals(open.withSeqid(3), down);
    client.call(putRoot(), lookup("file"), write(down, "x")).is(Nfs4Status.OPENMODE);
    XdrBytes none = stateid(op(Operation.OPEN_DOWNGRADE), down).i(0, 0, 0);
    client.call(putRoot(), lookup("file"), none).is(Nfs4Status.INVAL);
  }

  @Test
  void testAndFreeStateid() {
    file("file", "content");
    Stateid open = client.open("file", READ, 0);
    XdrBytes test = op(Operation.TEST_STATEID).i(3);
    stateid(stateid(stateid(test, open), open.withSeqid(9)), Stateid.ANONYMOUS);
    Reply reply = client.call(test).is(Nfs4Status.OK).ok(Operation.TEST_STATEID);
    assertEquals(3, reply.i());
    assertEquals(Nfs4Status.OK.code(), reply.i());
    assertEquals(Nfs4Status.BAD_STATEID.code(), reply.i());
    assertEquals(Nfs4Status.BAD_STATEID.code(), reply.i());
    reply.end();
    client.call(stateid(op(Operation.FREE_STATEID), open)).is(Nfs4Status.LOCKS_HELD);
    client.call(op(Operation.TEST_STATEID).i(0x7fffffff)).is(Nfs4Status.BADXDR);
  }

  @Test
  void delegationsWereNeverGranted() {
    client
        .call(putRoot(), stateid(op(Operation.DELEGRETURN), new Stateid(1, 5, 5)))
        .is(Nfs4Status.BAD_STATEID);
    client.call(op(Operation.DELEGPURGE).l(client.clientId)).is(Nfs4Status.NOTSUPP);
  }

  @Test
  void operationsOfTheOldMinorVersionAreNotSupported() {
    client.call(op(Operation.RENEW).l(1)).is(Nfs4Status.NOTSUPP);
    client.call(op(Operation.SETCLIENTID)).is(Nfs4Status.NOTSUPP);
    client.call(op(Operation.OPEN_CONFIRM)).is(Nfs4Status.NOTSUPP);
    client.call(op(Operation.RELEASE_LOCKOWNER)).is(Nfs4Status.NOTSUPP);
  }
}
