package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.lookup;
import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.openShare;
import static io.atoll.nfs4.op.Requests.putRoot;
import static io.atoll.nfs4.op.Requests.stateid;
import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.atoll.nfs4.op.ReplyGrammar.Result;
import io.atoll.nfs4.op.StateScene.Call;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrBytes;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever a client makes of the operations on its state: each call is answered by the grammar,
 * with an error that its operation may end with, or the connection ends. It costs bounded work and
 * memory, changes nothing unless it says so, leaves others served as before, and nothing behind
 * once the client is gone. Random, but the same each time.
 */
class MalformedStateTest {
  private static final int SEEDS = 1_500;
  private static final int CALLS_OF_A_SEED = 4;

  /** What a word of a call may be instead: counts, lengths and enumerators at and past bounds. */
  private static final int[] WORDS = {
    0, 1, 2, 3, 8, 0xff, 1024, 1025, 4097, 0x1_0000, Integer.MAX_VALUE, Integer.MIN_VALUE, -1
  };

  /** Operations of the file system that one operation may take; OPEN with a size takes six. */
  private static final int MAX_STEPS_OF_AN_OPERATION = 8;

  /** The test's own part included, which copies calls and replies. */
  private static final long MAX_HEAP_BYTES_OF_A_CALL = 256 << 10;

  private static final Set<Operation> CHANGING_STATE =
      EnumSet.of(
          Operation.CLOSE,
          Operation.CREATE_SESSION,
          Operation.DESTROY_CLIENTID,
          Operation.DESTROY_SESSION,
          Operation.EXCHANGE_ID,
          Operation.FREE_STATEID,
          Operation.LOCK,
          Operation.LOCKU,
          Operation.OPEN,
          Operation.OPEN_DOWNGRADE);

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private Supplier<StateScene> scenes = StateScene::ordinary;
  private StateScene scene;
  private ResourceLeakDetector.Level leakDetection;

  @BeforeEach
  void start() {
    // It makes much heap of each buffer; connections count their buffers' bytes here.
    leakDetection = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    scene = scenes.get();
    // The first line of a log loads half a megabyte of classes, which is no call's cost.
    scene.witness.connection.receive(Calls.record(xdr().i(1, 1).bytes()));
  }

  @AfterEach
  void stop() {
    ResourceLeakDetector.setLevel(leakDetection);
  }

  /** A call as it goes over the wire: what comes before the operations, and these. */
  private record Message(byte[] head, byte[] operations) {
    byte[] with(byte[] bent) {
      return xdr().raw(head).raw(bent).bytes();
    }
  }

  private Message message(Call call) {
    XdrBytes[] operations = call.operations().toArray(XdrBytes[]::new);
    XdrBytes body = xdr();
    call.operations().forEach(operation -> body.raw(operation.bytes()));
    byte[] bytes = body.bytes();
    byte[] whole =
        call.session()
            ? scene.client.prepare(true, operations)
            : scene.server.message(0, operations.length, body);
    return new Message(Arrays.copyOf(whole, whole.length - bytes.length), bytes);
  }

  /** Runs {@code body} on each call of a scene, in scenes that no call before has changed. */
  private void eachCall(Predicate<Call> wanted, ToIntFunction<Call> cases, CaseRun body) {
    int calls = scene.calls().size();
    for (int i = 0; i < calls; i++) {
      Call sample = scene.calls().get(i);
      int count = wanted.test(sample) ? cases.applyAsInt(sample) : 0;
      for (int number = 0; number < count; number++) {
        Call call = scene.calls().get(i);
        List<Result> results = body.run(call, message(call), number);
        if (results.isEmpty() || results.getLast().status().isOk()) {
          renew();
        }
      }
    }
    end();
  }

  private interface CaseRun {
    List<Result> run(Call call, Message message, int number);
  }

  private void renew() {
    end();
    scene = scenes.get();
  }

  /** All leases run out: no state is left, no hold, no charged byte, no buffer. */
  private void end() {
    scene.close();
    NfsState.Counts counts = scene.server.state.counts();
    assertEquals(new NfsState.Counts(0, 0, 0, 0, 0, 0, 0), counts);
    assertEquals(0, scene.server.files.totalHolds(), "files still held");
  }

  /** Sends it, and holds the answer against all that is promised of any answer. */
  private List<Result> send(byte[] message, String what) {
    NfsState.Counts before = scene.server.state.counts();
    long steps = scene.server.steps();
    long heapBytes = threads.getCurrentThreadAllocatedBytes();
    TestConnection connection = scene.client.connection;
    connection.receive(Calls.record(message));
    List<byte[]> replies = connection.replies();
    heapBytes = threads.getCurrentThreadAllocatedBytes() - heapBytes;
    assertEquals(connection.isOpen() && isCall(message) ? 1 : 0, replies.size(), what);
    assertTrue(heapBytes < MAX_HEAP_BYTES_OF_A_CALL, what + ": heap bytes " + heapBytes);
    List<Result> results = replies.isEmpty() ? List.of() : parse(replies.getFirst(), what);
    steps = scene.server.steps() - steps;
    int mostSteps = MAX_STEPS_OF_AN_OPERATION * (results.size() + 1);
    assertTrue(steps <= mostSteps, what + ": took " + steps + " steps");
    for (Result result : results) {
      Operation operation = Operation.ofNumber(result.number());
      assertTrue(
          operation == null || ErrorSets.allow(1, operation, result.status()),
          what + ": " + operation + " ended with " + result.status());
    }
    boolean changed =
        results.stream()
            .anyMatch(result ->
                (result.status().isOk() || result.status() == Nfs4Status.DENIED) // it may wait then
                    && CHANGING_STATE.contains(Operation.ofNumber(result.number())));
    if (!changed) {
      assertEquals(before, scene.server.state.counts(), what);
    }
    scene.serves();
    return results;
  }

  /** A reply, as to a callback, or what is too short to tell, is none; it is passed over. */
  private static boolean isCall(byte[] message) {
    return message.length >= 2 * Integer.BYTES
        && ByteBuffer.wrap(message).getInt(Integer.BYTES) == 0;
  }

  private static List<Result> parse(byte[] reply, String what) {
    try {
      return ReplyGrammar.parse(reply);
    } catch (AssertionError e) {
      throw new AssertionError(what + ": " + e.getMessage(), e);
    }
  }

  /** What the others are variations of. */
  @Test
  void everyCallIsAnsweredAsItStands() {
    int[] succeeded = new int[1];
    eachCall(
        call -> true,
        call -> 1,
        (call, message, number) -> {
          List<Result> results = send(message.with(message.operations), call.name());
          assertTrue(
              results.stream().noneMatch(result -> result.status() == Nfs4Status.BADXDR),
              call.name() + " is not a valid call");
          succeeded[0] += results.getLast().status().isOk() ? 1 : 0;
          return results;
        });
    assertTrue(succeeded[0] > 30, succeeded[0] + " calls did something");
  }

  @Test
  void everyWordOfEveryCallMayBeAnything() {
    bendWords(call -> true);
  }

  @Test
  void everyWordOfAReclaimMayBeAnything() {
    begin(StateScene::inGrace);
    bendWords(call -> call.name().contains("reclaim") || call.name().startsWith("RECLAIM"));
  }

  private void begin(Supplier<StateScene> otherScenes) {
    end();
    scenes = otherScenes;
    scene = scenes.get();
  }

  private void bendWords(Predicate<Call> wanted) {
    eachCall(
        wanted,
        call -> operationBytes(call) / Integer.BYTES * WORDS.length,
        (call, message, number) -> {
          byte[] bent = message.operations.clone();
          int at = number / WORDS.length * Integer.BYTES;
          int word = WORDS[number % WORDS.length];
          put(bent, at, word);
          return send(message.with(bent), call.name() + ", byte " + at + " is " + word);
        });
  }

  @Test
  void everyCallMayEndAnywhere() {
    eachCall(
        call -> true,
        this::operationBytes,
        (call, message, length) -> {
          byte[] cut = Arrays.copyOf(message.operations, length);
          String what = call.name() + ", cut after " + length;
          List<Result> results = send(message.with(cut), what);
          assertTrue(isRefusedAsCut(results.getLast()), what + ": " + results);
          return results;
        });
  }

  /** Of an operation that there is not, or not there, the arguments are not looked at. */
  private static boolean isRefusedAsCut(Result last) {
    return last.status() == Nfs4Status.BADXDR
        || last.status() == Nfs4Status.NOTSUPP
        || last.status() == Nfs4Status.NOT_ONLY_OP;
  }

  private int operationBytes(Call call) {
    return call.operations().stream().mapToInt(operation -> operation.bytes().length).sum();
  }

  @Test
  void randomChangesOfCalls() {
    for (long seed = 0; seed < SEEDS; seed++) {
      begin(seed % 4 == 3 ? StateScene::inGrace : StateScene::ordinary);
      Random random = new Random(seed);
      for (int i = 0; i < CALLS_OF_A_SEED && scene.client.connection.isOpen(); i++) {
        List<Call> calls = scene.calls();
        Call call = calls.get(random.nextInt(calls.size()));
        Message message = message(call);
        byte[] bent = message.operations;
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
          bent = bend(bent, random);
        }
        send(message.with(bent), call.name() + ", seed " + seed + ", call " + i);
      }
    }
    end();
  }

  /** Anything of the call, its RPC header and SEQUENCE included. */
  @Test
  void randomChangesOfWholeMessages() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<Call> calls = scene.calls();
      Call call = calls.get(random.nextInt(calls.size()));
      Message message = message(call);
      byte[] bent = bend(message.with(message.operations), random);
      send(bent, call.name() + ", whole, seed " + seed);
      renew();
    }
    end();
  }

  private static byte[] bend(byte[] bytes, Random random) {
    if (bytes.length < 2 * Integer.BYTES) {
      return bytes;
    }
    byte[] bent = bytes.clone();
    int at = random.nextInt(bytes.length);
    int word = random.nextInt(bytes.length / Integer.BYTES) * Integer.BYTES;
    switch (random.nextInt(7)) {
      case 0 -> bent[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bent[at] = (byte) random.nextInt();
      case 2 -> put(bent, word, WORDS[random.nextInt(WORDS.length)]);
      case 3 -> bent = Arrays.copyOf(bytes, at);
      case 4 -> bent = extended(bytes, random);
      case 5 -> bent = replaced(bytes, word, Integer.BYTES, new byte[0]);
      default -> {
        byte[] again = Arrays.copyOfRange(bytes, word, Math.min(word + 16, bytes.length));
        bent = replaced(bytes, random.nextInt(bytes.length / 4) * 4, 0, again);
      }
    }
    return bent;
  }

  private static byte[] extended(byte[] bytes, Random random) {
    byte[] tail = new byte[1 + random.nextInt(5_000)];
    random.nextBytes(tail);
    return xdr().raw(bytes).raw(tail).bytes();
  }

  /** With {@code by} in place of {@code length} bytes. */
  private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
    return xdr()
        .raw(Arrays.copyOf(bytes, at))
        .raw(by)
        .raw(Arrays.copyOfRange(bytes, at + length, bytes.length))
        .bytes();
  }

  private static void put(byte[] bytes, int at, int word) {
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[at + i] = (byte) (word >>> (24 - 8 * i));
    }
  }

  // --- by hand ---

  private void isAnswered(Nfs4Status expected, XdrBytes... operations) {
    byte[] message = scene.client.prepare(true, operations);
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
    Stateid open = scene.client.open("file", Requests.BOTH, 0);
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
    XdrBytes session = op(Operation.CREATE_SESSION).l(scene.client.clientId).i(2, 0);
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
              .l(scene.client.clientId)
              .i(2, 0)
              .i(fore)
              .i(channel)
              .i(0x4000_0000, 0));
    }
    isAnswered(
        Nfs4Status.BADXDR, // two RDMA queue depths
        op(Operation.CREATE_SESSION)
            .l(scene.client.clientId)
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
