package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.openShare;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.op.ReplyGrammar.Result;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrBytes;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Of NFSv4.1: calls within sessions and without. */
class MalformedStateTest extends MalformedCalls {
  @Override
  Supplier<MalformedScene> ordinary() {
    return StateScene::ordinary;
  }

  @Override
  Supplier<MalformedScene> inGrace() {
    return StateScene::inGrace;
  }

  @Override
  int leastThatSucceed() {
    return 30;
  }

  private StateHarness.Client client() {
    return ((StateScene) scene()).client;
  }

  @Test
  void everyWordOfAReclaimMayBeAnything() {
    begin(inGrace());
    bendWords(call -> call.name().contains("reclaim") || call.name().startsWith("RECLAIM"));
  }

  private void isAnswered(Nfs4Status expected, XdrBytes... operations) {
    byte[] message = client().prepare(true, operations);
    List<Result> results = send(message, expected + " expected");
    assertEquals(expected, results.getLast().status(), () -> results.toString());
    assertEquals(operations.length + 1, results.size(), "the last operation failed");
  }

  private void opensNot(Nfs4Status expected, XdrBytes openAndClaim) {
    isAnswered(expected, putRoot(), openAndClaim);
  }

  private static XdrBytes share() {
    return openShare(Requests.BOTH, 0, "owner");
  }

  private static XdrBytes openOf(int access, int deny) {
    return openShare(access, deny, "owner").i(0).i(0).string("file");
  }

  @Test
  void sharesThatThereAreNot() {
    for (int access : new int[] {0, 4, 8, 0x10, 0x80, 0x4_0001, Integer.MIN_VALUE}) {
      opensNot(Nfs4Status.INVAL, openOf(access, 0));
    }
    for (int deny : new int[] {4, 0xff00, -1}) {
      opensNot(Nfs4Status.INVAL, openOf(Requests.READ, deny));
    }
    end();
  }

  @Test
  void ownersAndNamesAtTheirBounds() {
    opensNot(Nfs4Status.OK, openShare(1, 0, "o".repeat(1024)).i(0).i(0).string("file"));
    opensNot(Nfs4Status.BADXDR, openShare(1, 0, "o".repeat(1025)).i(0).i(0).string("file"));
    opensNot(Nfs4Status.OK, openShare(1, 0, "").i(0).i(0).string("file"));
    opensNot(Nfs4Status.INVAL, share().i(0).i(0).string(""));
    opensNot(Nfs4Status.NAMETOOLONG, share().i(0).i(0).string("n".repeat(256)));
    opensNot(Nfs4Status.NAMETOOLONG, share().i(0).i(0).string("n".repeat(60_000)));
    opensNot(Nfs4Status.BADNAME, share().i(0).i(0).string(".."));
    opensNot(Nfs4Status.BADCHAR, share().i(0).i(0).string("a/b"));
    opensNot(Nfs4Status.NOENT, share().i(0).i(0).opaque(new byte[] {(byte) 0xff, (byte) 0xfe}));
    end();
  }

  @Test
  void formsOfOpenThatThereAreNot() {
    opensNot(Nfs4Status.BADXDR, share().i(2).i(0).string("file")); // opentype4
    opensNot(Nfs4Status.BADXDR, share().i(1, 4).i(0, 0).i(0).string("file")); // createmode4
    opensNot(Nfs4Status.BADXDR, share().i(0).i(7)); // open_claim_type4
    opensNot(Nfs4Status.BADXDR, share().i(0).i(-1));
    opensNot(Nfs4Status.BADXDR, share().i(0).i(1, 4)); // open_delegation_type4
    opensNot(Nfs4Status.INVAL, share().i(1, 0).i(0, 0).i(4)); // by handle, and to be made
    opensNot(Nfs4Status.INVAL, share().i(1, 0).i(0, 0).i(1, 0));
    opensNot(Nfs4Status.NO_GRACE, share().i(0).i(1, 0));
    opensNot(Nfs4Status.ISDIR, share().i(0).i(4));
    isAnswered(Nfs4Status.NOFILEHANDLE, share().i(0).i(4));
    end();
  }

  @Test
  void attributesOfCreationThatCanNotBe() {
    int size = 1 << 4;
    createsNot(Nfs4Status.BADXDR, xdr().i(65).i(new int[65]).i(0));
    createsNot(Nfs4Status.BADXDR, xdr().i(-1));
    createsNot(Nfs4Status.BADXDR, xdr().i(1, size).i(8));
    createsNot(Nfs4Status.BADXDR, xdr().i(1, size).i(-1));
    createsNot(Nfs4Status.BADXDR, xdr().i(1, size).i(4).l(0));
    createsNot(Nfs4Status.BADXDR, xdr().i(1, size).i(12).l(0).i(0));
    createsNot(Nfs4Status.FBIG, xdr().i(1, size, 8).l(Long.MIN_VALUE));
    createsNot(Nfs4Status.INVAL, xdr().i(2, 0, 1 << 1, 4, 010000));
    createsNot(Nfs4Status.BADOWNER, xdr().i(2, 0, 1 << 4).opaque(xdr().string("root").bytes()));
    createsNot(Nfs4Status.ATTRNOTSUPP, xdr().i(3, 0, 0, 1 << 31).i(0));
    createsNot(Nfs4Status.INVAL, xdr().i(1, 1 << 1, 0)); // type: to be read only
    createsNot(
        Nfs4Status.INVAL, // a billion nanoseconds
        xdr().i(2, 0, 1 << 22).opaque(xdr().i(1).l(0).i(1_000_000_000).bytes()));
    end();
  }

  private void createsNot(Nfs4Status expected, XdrBytes attributes) {
    for (int mode = 0; mode < 2; mode++) {
      XdrBytes how = share().i(1, mode).raw(attributes.bytes());
      opensNot(expected, how.i(0).string("never-made"));
    }
    isAnswered(Nfs4Status.NOENT, putRoot(), lookup("never-made"));
  }

  @Test
  void stateidsThatNameNothing() {
    Stateid unknown = new Stateid(1, 0x1234_5678_9abc_def0L, 1);
    for (Stateid bad :
        new Stateid[] {Stateid.ANONYMOUS, Stateid.READ_BYPASS, Stateid.INVALID, unknown}) {
      isAnswered(Nfs4Status.BAD_STATEID, onFile(Requests.close(bad)));
      isAnswered(
          Nfs4Status.BAD_STATEID,
          onFile(stateid(op(Operation.OPEN_DOWNGRADE), bad).i(0, Requests.READ, 0)));
      isAnswered(Nfs4Status.BAD_STATEID, onFile(Requests.lock(1, 0, 1, bad, "l")));
      isAnswered(Nfs4Status.BAD_STATEID, onFile(stateid(op(Operation.LOCKU).i(1, 0), bad).l(0, 1)));
      isAnswered(Nfs4Status.BAD_STATEID, stateid(op(Operation.FREE_STATEID), bad));
    }
    isAnswered(Nfs4Status.BAD_STATEID, onFile(Requests.close(Stateid.CURRENT)));
    isAnswered(Nfs4Status.BAD_STATEID, onFile(Requests.read(unknown)));
    isAnswered(Nfs4Status.BAD_STATEID, onFile(Requests.write(unknown, "x")));
    end();
  }

  private static XdrBytes[] onFile(XdrBytes operation) {
    return new XdrBytes[] {putRoot(), lookup("file"), operation};
  }

  @Test
  void locksThatCanNotBe() {
    Stateid open = client().open("file", Requests.BOTH, 0);
    for (int type : new int[] {0, 5, -1}) {
      isAnswered(Nfs4Status.BADXDR, onFile(Requests.lock(type, 0, 1, open, "l")));
      isAnswered(Nfs4Status.BADXDR, onFile(lockTest(type, 0, 1, "l")));
    }
    long[][] ranges = {{0, 0}, {5, 0}, {-1, 2}, {-2, 3}, {2, -2}, {Long.MIN_VALUE, Long.MIN_VALUE}};
    for (long[] range : ranges) {
      boolean ends = Long.compareUnsigned(range[1], ~range[0]) <= 0 && range[1] != 0;
      Nfs4Status expected = ends ? Nfs4Status.OK : Nfs4Status.INVAL;
      isAnswered(expected, onFile(lockTest(1, range[0], range[1], "l")));
      isAnswered(expected, onFile(Requests.lock(1, range[0], range[1], open, "l")));
    }
    isAnswered(Nfs4Status.BADXDR, onFile(lockTest(1, 0, 1, "l".repeat(1025))));
    isAnswered(Nfs4Status.BADXDR, onFile(Requests.lock(1, 0, 1, open, "l".repeat(1025))));
    isAnswered(Nfs4Status.ISDIR, putRoot(), lookup("directory"), lockTest(1, 0, 1, "l"));
    end();
  }

  private static XdrBytes lockTest(int type, long offset, long length, String owner) {
    return op(Operation.LOCKT).i(type).l(offset, length).l(0).string(owner);
  }

  @Test
  void asManyStateidsAsTheReplyHasRoomFor() {
    isAnswered(Nfs4Status.BADXDR, op(Operation.TEST_STATEID).i(Integer.MAX_VALUE));
    isAnswered(Nfs4Status.BADXDR, op(Operation.TEST_STATEID).i(-1));
    isAnswered(Nfs4Status.BADXDR, op(Operation.TEST_STATEID).i(2).raw(new byte[31]));
    int tooMany = 2_000; // a cached reply of this session has 4,096 bytes
    XdrBytes many = op(Operation.TEST_STATEID).i(tooMany).raw(new byte[tooMany * Stateid.BYTES]);
    isAnswered(Nfs4Status.REP_TOO_BIG_TO_CACHE, many);
    isAnswered(Nfs4Status.OK, op(Operation.TEST_STATEID).i(500).raw(new byte[500 * 16]));
    end();
  }

  @Test
  void channelsAndSecuritiesThatCanNotBe() {
    XdrBytes session = op(Operation.CREATE_SESSION).l(client().clientId).i(2, 0);
    int[] channel = {0, 4096, 4096, 4096, 16, 8, 0};
    byte[] channels = xdr().i(channel).i(channel).bytes();
    byte[] arguments = session.raw(channels).i(0x4000_0000).bytes();
    for (XdrBytes securities : impossibleSecurities()) {
      isAnswered(Nfs4Status.BADXDR, xdr().raw(arguments).raw(securities.bytes()));
      isAnswered(Nfs4Status.BADXDR, op(Operation.BACKCHANNEL_CTL).i(1).raw(securities.bytes()));
    }
    int[][] tooSmall = {
      {0, 0, 4096, 4096, 16, 8, 0}, {0, 4096, 79, 4096, 16, 8, 0}, {0, 4096, 4096, 0, 0, 8, 0}
    };
    for (int[] fore : tooSmall) {
      isAnswered(
          Nfs4Status.TOOSMALL,
          op(Operation.CREATE_SESSION)
              .l(client().clientId)
              .i(2, 0)
              .i(fore)
              .i(channel)
              .i(0x4000_0000, 0));
    }
    isAnswered(
        Nfs4Status.BADXDR, // two RDMA queue depths
        op(Operation.CREATE_SESSION)
            .l(client().clientId)
            .i(2, 0)
            .i(0, 4096, 4096, 4096, 16, 8, 2, 1, 1)
            .i(channel)
            .i(0x4000_0000, 0));
    isAnswered(Nfs4Status.BADXDR, op(Operation.RECLAIM_COMPLETE).i(2));
    isAnswered(Nfs4Status.COMPLETE_ALREADY, op(Operation.RECLAIM_COMPLETE).i(0));
    end();
  }

  private static List<XdrBytes> impossibleSecurities() {
    return List.of(
        xdr().i(17).i(new int[17]),
        xdr().i(-1),
        xdr().i(1, 2), // AUTH_SHORT
        xdr().i(1, 1, 7).string("h".repeat(256)).i(0, 0, 0),
        xdr().i(1, 1, 7).string("host").i(0, 0, 17).i(new int[17]),
        xdr().i(1, 6, 4).string("from").string("to"),
        xdr().i(1, 6, 1).opaque(new byte[401]).string("to"));
  }

  @Test
  void namesOfClientsAtTheirBounds() {
    isAnswered(Nfs4Status.OK, Requests.exchangeId("o".repeat(1024), 1, 0));
    isAnswered(Nfs4Status.BADXDR, Requests.exchangeId("o".repeat(1025), 1, 0));
    isAnswered(Nfs4Status.INVAL, Requests.exchangeId("o", 1, -1));
    XdrBytes twoNames = op(Operation.EXCHANGE_ID).l(1).string("o").i(0, 0, 2);
    isAnswered(Nfs4Status.BADXDR, twoNames.string("a").string("b").l(0).i(0));
    XdrBytes longName = op(Operation.EXCHANGE_ID).l(1).string("o").i(0, 0, 1);
    isAnswered(Nfs4Status.BADXDR, longName.string("a".repeat(1025)).string("b").l(0).i(0));
    XdrBytes algorithms = op(Operation.EXCHANGE_ID).l(1).string("o").i(0, 2, 0, 0, 33);
    isAnswered(Nfs4Status.BADXDR, algorithms.i(new int[33]).i(0, 0, 0));
    end();
  }
}
