package io.atoll.nfs4.compound;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What may stand in a compound, and how it ends (RFC 8881, sections 2.10.6 and 16.2). */
class CompoundRulesTest {
  private final NfsHarness nfs = new NfsHarness(Completions.immediate());

  @AfterEach
  void nothingLeaks() {
    nfs.close();
  }

  private static XdrBytes op(Operation operation) {
    return xdr().i(operation.number());
  }

  private NfsHarness.Result bare(int minor, int count, XdrBytes operations) {
    return NfsHarness.Result.of(nfs.connection.call(nfs.bare(minor, count, operations.bytes())));
  }

  @Test
  void replyIsByteForByteAsTheStandardHasIt() {
    byte[] reply = nfs.connection.call(nfs.inSession(1, nfs.putRootFh().bytes()));
    byte[] expected =
        xdr()
            .i(1, 1, 0, 0, 0, 0)
            .i(0)
            .string("tag")
            .i(2)
            .i(53, 0)
            .l(1, 2)
            .i(7, 0, 0, 0, 0)
            .i(24, 0)
            .bytes();
    assertArrayEquals(expected, reply);
    assertEquals(1, nfs.session.taken);
    assertEquals(1, nfs.session.finalised);
    assertEquals(2, nfs.session.lastOperationCount);
  }

  @Test
  void otherMinorVersionsAreMismatchesWithoutResults() {
    for (int minor : new int[] {2, 3, -1}) {
      NfsHarness.Result result = bare(minor, 1, nfs.putRootFh());
      assertEquals(Nfs4Status.MINOR_VERS_MISMATCH.code(), result.status());
      assertEquals(0, result.count());
      result.end();
    }
  }

  @Test
  void compoundOfNothingIsOk() {
    NfsHarness.Result result = bare(1, 0, xdr());
    assertTrue(result.isOk());
    assertEquals(0, result.count());
  }

  @Test
  void operationWithoutSequenceIsNotInSession() {
    bare(1, 1, nfs.putRootFh()).next(Operation.PUTROOTFH, Nfs4Status.OP_NOT_IN_SESSION).end();
  }

  @Test
  void secondSequenceIsMisplaced() {
    NfsHarness.Result result = nfs.run(1, NfsHarness.sequence());
    assertEquals(Nfs4Status.SEQUENCE_POS.code(), result.status());
    result.next(Operation.SEQUENCE, Nfs4Status.SEQUENCE_POS).end();
  }

  @Test
  void sessionlessOperationsStandAlone() {
    for (Operation operation :
        List.of(
            Operation.EXCHANGE_ID,
            Operation.CREATE_SESSION,
            Operation.DESTROY_SESSION,
            Operation.DESTROY_CLIENTID,
            Operation.BIND_CONN_TO_SESSION)) {
      bare(1, 2, op(operation).i(Operation.PUTROOTFH.number()))
          .next(operation, Nfs4Status.NOT_ONLY_OP)
          .end();
      // Nobody serves them here, so alone they come as far as the table.
      bare(1, 1, op(operation)).next(operation, Nfs4Status.NOTSUPP).end();
    }
  }

  @Test
  void bindingAConnectionStandsAloneInASessionToo() {
    nfs.run(1, op(Operation.BIND_CONN_TO_SESSION))
        .next(Operation.BIND_CONN_TO_SESSION, Nfs4Status.NOT_ONLY_OP)
        .end();
  }

  @Test
  void unknownOperationsAreIllegal() {
    for (int number : new int[] {0, 1, 2, 59, 75, 10044, -1, Integer.MIN_VALUE}) {
      NfsHarness.Result result = nfs.run(1, xdr().i(number));
      assertEquals(Nfs4Status.OP_ILLEGAL.code(), result.status());
      assertEquals(10044, result.i());
      assertEquals(Nfs4Status.OP_ILLEGAL.code(), result.i());
      result.end();
    }
  }

  @Test
  void optionalOperationsAreNotSupported() {
    for (Operation operation :
        List.of(
            Operation.DELEGPURGE,
            Operation.DELEGRETURN,
            Operation.GET_DIR_DELEGATION,
            Operation.WANT_DELEGATION,
            Operation.LAYOUTGET,
            Operation.LAYOUTCOMMIT,
            Operation.LAYOUTRETURN,
            Operation.GETDEVICEINFO,
            Operation.GETDEVICELIST,
            Operation.BACKCHANNEL_CTL,
            Operation.SET_SSV,
            Operation.OPENATTR,
            Operation.SETCLIENTID,
            Operation.SETCLIENTID_CONFIRM,
            Operation.RENEW,
            Operation.OPEN_CONFIRM,
            Operation.RELEASE_LOCKOWNER)) {
      nfs.run(1, op(operation)).next(operation, Nfs4Status.NOTSUPP).end();
    }
  }

  @Test
  void operationsThatNeedAFileHandleSaySo() {
    for (Operation operation : List.of(Operation.GETFH, Operation.READ, Operation.SAVEFH)) {
      nfs.run(1, op(operation)).next(operation, Nfs4Status.NOFILEHANDLE).end();
    }
    nfs.run(1, op(Operation.RESTOREFH)).next(Operation.RESTOREFH, Nfs4Status.NOFILEHANDLE).end();
  }

  @Test
  void setattrThatNeverRanTellsItsAttributesToo() {
    NfsHarness.Result result = nfs.run(1, op(Operation.SETATTR));
    result.next(Operation.SETATTR, Nfs4Status.NOFILEHANDLE);
    assertEquals(0, result.i());
    result.end();
  }

  @Test
  void compoundEndsAtTheFirstError() {
    NfsHarness.Result result =
        nfs.run(
            3,
            nfs.putRootFh()
                .i(Operation.LOOKUP.number())
                .string("absent")
                .i(Operation.GETFH.number()));
    assertEquals(Nfs4Status.NOENT.code(), result.status());
    assertEquals(3, result.count());
    result.next(Operation.PUTROOTFH).next(Operation.LOOKUP, Nfs4Status.NOENT).end();
    assertEquals(1, nfs.session.finalised);
  }

  @Test
  void countBeyondTheRecordIsBadXdr() {
    NfsHarness.Result result = nfs.run(1000, nfs.putRootFh());
    assertEquals(Nfs4Status.BADXDR.code(), result.status());
    assertEquals(3, result.count());
  }

  @Test
  void replyIsCapturedWholeWhenTheClientWantsIt() {
    FileHandle file = nfs.fileSystem.makeFile("f", "payload".getBytes(StandardCharsets.US_ASCII));
    nfs.session.caches = true;
    byte[] reply =
        nfs.connection.call(
            nfs.inSession(2, nfs.putFh(file).raw(FileOperationsTest.read(0, 100)).bytes()));
    byte[] result = Arrays.copyOfRange(reply, 24, reply.length);
    assertArrayEquals(result, nfs.session.captured);

    nfs.session.replays = true;
    byte[] again = nfs.connection.call(nfs.inSession(1, nfs.putRootFh().bytes()));
    assertArrayEquals(result, Arrays.copyOfRange(again, 24, again.length));
    assertEquals(1, nfs.session.taken);
    assertEquals(1, nfs.session.finalised);
  }

  @Test
  void operationAfterAnUncachedRetryIsRefused() {
    nfs.session.nextRefusal = Nfs4Status.RETRY_UNCACHED_REP;
    nfs.run(2, nfs.putRootFh().i(Operation.GETFH.number()))
        .next(Operation.PUTROOTFH, Nfs4Status.RETRY_UNCACHED_REP)
        .end();
  }

  @Test
  void mutationWhoseReplyMightNotFitDoesNotRun() {
    nfs.session.maxResponseBytes = 200;
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[10]);
    NfsHarness.Result result = nfs.runOn(file, 1, FileOperationsTest.write(0, new byte[4], 2));
    result.next(Operation.PUTFH).next(Operation.WRITE, Nfs4Status.REP_TOO_BIG).end();
    assertEquals(0, nfs.fileSystem.writeCount());

    nfs.session.maxResponseBytes = 1 << 20;
    nfs.session.maxCachedResponseBytes = 200;
    nfs.session.caches = true;
    nfs.runOn(file, 1, FileOperationsTest.write(0, new byte[4], 2))
        .next(Operation.PUTFH)
        .next(Operation.WRITE, Nfs4Status.REP_TOO_BIG_TO_CACHE)
        .end();
    assertEquals(0, nfs.fileSystem.writeCount());
  }

  @Test
  void readWhoseReplyDoesNotFitIsTooBig() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[1000]);
    nfs.session.maxResponseBytes = 500;
    nfs.runOn(file, 1, xdr().raw(FileOperationsTest.read(0, 1000)))
        .next(Operation.PUTFH)
        .next(Operation.READ, Nfs4Status.REP_TOO_BIG)
        .end();
    nfs.runOn(file, 1, xdr().raw(FileOperationsTest.read(0, 100)))
        .next(Operation.PUTFH)
        .next(Operation.READ);
  }

  @Test
  void replyWaitsUntilWhatItSaysIsDurable() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[10]);
    nfs.fileSystem.holdDurability();
    nfs.session.caches = true;
    nfs.connection.receive(
        Calls.record(
            nfs.inSession(
                2,
                nfs.putFh(file).raw(FileOperationsTest.write(0, new byte[4], 2).bytes()).bytes())));
    assertEquals(0, nfs.connection.replies().size());
    assertEquals(0, nfs.session.finalised);
    assertNull(nfs.session.captured);
    nfs.fileSystem.makeDurable();
    assertEquals(1, nfs.connection.replies().size());
    assertEquals(1, nfs.session.finalised);
  }

  @Test
  void errorThatTellsOfAnUndurableNameWaitsToo() {
    nfs.fileSystem.holdDurability();
    byte[] create = nfs.putRootFh().i(Operation.CREATE.number(), 2).string("d").i(0, 0).bytes();
    nfs.connection.receive(Calls.record(nfs.inSession(2, create)));
    nfs.connection.receive(Calls.record(nfs.inSession(2, create)));
    assertEquals(0, nfs.connection.replies().size());
    nfs.fileSystem.makeDurable();
    List<byte[]> replies = nfs.connection.replies();
    assertEquals(Nfs4Status.EXIST.code(), NfsHarness.Result.of(replies.get(1)).status());
  }

  @Test
  void fencedFileSystemLetsNoReplyOut() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[10]);
    nfs.fileSystem.holdDurability();
    nfs.session.caches = true;
    nfs.connection.receive(
        Calls.record(
            nfs.inSession(
                2,
                nfs.putFh(file).raw(FileOperationsTest.write(0, new byte[4], 2).bytes()).bytes())));
    nfs.fileSystem.fence();
    assertEquals(0, nfs.connection.replies().size());
    assertFalse(nfs.connection.isOpen());
    assertEquals(1, nfs.session.finalised);
    assertNull(nfs.session.captured);
  }

  @Test
  void failingOperationIsAServerFaultAndFreesItsSlot() {
    NfsHarness broken = new NfsHarness(Completions.immediate());
    broken.stateidStatus = null;
    FileHandle file = broken.fileSystem.makeFile("f", new byte[10]);
    broken
        .runOn(file, 1, xdr().raw(FileOperationsTest.read(0, 1)))
        .next(Operation.PUTFH)
        .next(Operation.READ, Nfs4Status.SERVERFAULT)
        .end();
    assertEquals(1, broken.session.finalised);
    broken.close();
  }

  @Test
  void failureInACallbackFreesTheSlotAndClosesTheConnection() {
    List<FsCallback<Void>> pending = new ArrayList<>();
    nfs.odd =
        call ->
            pending.add(
                call.guarded((status, nothing) -> {
                  throw new IllegalStateException("meant to fail");
                }));
    nfs.connection.receive(Calls.record(nfs.inSession(1, op(Operation.DELEGPURGE).bytes())));
    assertEquals(0, nfs.session.finalised);
    pending.get(0).done(FsStatus.OK, null);
    assertEquals(1, nfs.session.finalised);
    assertFalse(nfs.connection.isOpen());
    assertEquals(0, nfs.connection.replies().size());
  }

  @Test
  void failureAtTheEndFreesTheSlotAndClosesTheConnection() {
    nfs.session.caches = true;
    nfs.session.failsToCapture = true;
    nfs.connection.receive(Calls.record(nfs.inSession(1, nfs.putRootFh().bytes())));
    assertEquals(1, nfs.session.finalised);
    assertFalse(nfs.connection.isOpen());
    assertEquals(0, nfs.connection.replies().size());
  }

  @Test
  void lateEndOfAnOperationThatWasGivenUpEndsNoOther() {
    List<FsCallback<Void>> pending = new ArrayList<>();
    nfs.odd =
        call -> {
          pending.add(call.guarded((status, nothing) -> call.done(status)));
          if (pending.size() == 1) {
            throw new IllegalStateException("meant to fail");
          }
        };
    byte[] purge = op(Operation.DELEGPURGE).bytes();
    nfs.run(1, op(Operation.DELEGPURGE)).next(Operation.DELEGPURGE, Nfs4Status.SERVERFAULT).end();
    nfs.connection.receive(Calls.record(nfs.inSession(1, purge)));
    pending.get(0).done(FsStatus.OK, null);
    assertEquals(0, nfs.connection.replies().size());
    pending.get(1).done(FsStatus.OK, null);
    assertEquals(1, nfs.connection.replies().size());
    assertEquals(2, nfs.session.finalised);
  }

  @Test
  void errorAfterAResultThatJustFitsKeepsToTheLimit() {
    FileHandle file = nfs.fileSystem.makeFile("f", new byte[1000]);
    XdrBytes operations =
        nfs.putFh(file)
            .raw(FileOperationsTest.read(0, 1000))
            .i(Operation.LOOKUP.number())
            .string("absent");
    for (int limit = 1060; limit < 1200; limit += 4) {
      nfs.session.maxResponseBytes = limit;
      byte[] reply = nfs.connection.call(nfs.inSession(3, operations.bytes()));
      assertTrue(reply.length <= limit, reply.length + " bytes of " + limit);
    }
  }

  @Test
  void readdirThatTheSessionHasNoRoomForIsTooBig() {
    nfs.fileSystem.makeFile("a-name-of-some-length", new byte[1]);
    XdrBytes readDirectory =
        nfs.putRootFh().i(Operation.READDIR.number()).l(0, 0).i(4096, 4096, 1, 1 << 4);
    for (int limit : new int[] {110, 140}) {
      nfs.session.maxResponseBytes = limit;
      nfs.run(2, readDirectory)
          .next(Operation.PUTROOTFH)
          .next(Operation.READDIR, Nfs4Status.REP_TOO_BIG)
          .end();
    }
  }

  @Test
  void readdirFailsOnAnUnreadableEntryUnlessItCanTellItsError() {
    nfs.fileSystem.makeUnreadable(nfs.fileSystem.makeFile("f", new byte[1]));
    int size = 1 << 4;
    int readableError = 1 << 11;
    nfs.run(2, nfs.putRootFh().i(Operation.READDIR.number()).l(0, 0).i(4096, 4096, 1, size))
        .next(Operation.PUTROOTFH)
        .next(Operation.READDIR, Nfs4Status.IO)
        .end();
    nfs.run(
            2,
            nfs.putRootFh()
                .i(Operation.READDIR.number())
                .l(0, 0)
                .i(4096, 4096, 1, size | readableError))
        .next(Operation.PUTROOTFH)
        .next(Operation.READDIR);
  }

  @Test
  void connectionThatDiesLeavesItsCompoundToFinish() {
    Completions completions = Completions.shuffled(1);
    NfsHarness slow = new NfsHarness(completions);
    FileHandle file = slow.fileSystem.makeFile("f", new byte[10]);
    slow.connection.receive(
        Calls.record(
            slow.inSession(
                2,
                slow.putFh(file)
                    .raw(FileOperationsTest.write(0, new byte[] {9}, 2).bytes())
                    .bytes())));
    slow.connection.disconnect();
    assertEquals(0, slow.session.finalised);
    completions.releaseAll();
    assertEquals(1, slow.session.finalised);
    assertEquals(9, slow.fileSystem.content(file)[0]);
    slow.close();
  }

  @Test
  void thousandsOfOperationsNeedNoStack() {
    int count = 20_000;
    XdrBytes operations = xdr();
    for (int i = 0; i < count; i++) {
      operations.i(Operation.PUTROOTFH.number());
    }
    NfsHarness.Result result = nfs.run(count, operations);
    assertTrue(result.isOk());
    assertEquals(count + 1, result.count());
  }
}
