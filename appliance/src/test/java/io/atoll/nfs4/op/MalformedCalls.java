package io.atoll.nfs4.op;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.atoll.nfs4.op.MalformedScene.Message;
import io.atoll.nfs4.op.ReplyGrammar.Result;
import io.atoll.nfs4.op.StateScene.Call;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.Calls;
import io.atoll.rpc.TestConnection;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
 *
 * <p>What calls there are, a scene of a minor version says.
 */
abstract class MalformedCalls {
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

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private Supplier<MalformedScene> scenes = ordinary();
  private MalformedScene scene;
  private ResourceLeakDetector.Level leakDetection;

  @BeforeEach
  void start() {
    // It makes much heap of each buffer; connections count their buffers' bytes here.
    leakDetection = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    scene = scenes.get();
    // The first line of a log loads half a megabyte of classes, which is no call's cost.
    scene.witness().receive(Calls.record(xdr().i(1, 7).bytes()));
  }

  @AfterEach
  void stop() {
    ResourceLeakDetector.setLevel(leakDetection);
  }

  /** Scenes in which everything may be opened. */
  abstract Supplier<MalformedScene> ordinary();

  /** Scenes in which only what was held before may be. */
  abstract Supplier<MalformedScene> inGrace();

  /** Of the calls of an ordinary scene, as they stand. */
  abstract int leastThatSucceed();

  /** The scene that is on. */
  MalformedScene scene() {
    return scene;
  }

  /** Runs {@code body} on each call of a scene, in scenes that no call before has changed. */
  private void eachCall(Predicate<Call> wanted, ToIntFunction<Call> cases, CaseRun body) {
    int calls = scene.calls().size();
    for (int i = 0; i < calls; i++) {
      Call sample = scene.calls().get(i);
      int count = wanted.test(sample) ? cases.applyAsInt(sample) : 0;
      for (int number = 0; number < count; number++) {
        Call call = scene.calls().get(i);
        List<Result> results = body.run(call, scene.message(call), number);
        if (results.isEmpty() || scene.isChangedBy(results)) {
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
  void end() {
    scene.close();
    NfsState.Counts counts = scene.server().state.counts();
    assertEquals(new NfsState.Counts(0, 0, 0, 0, 0, 0, 0), counts);
    assertEquals(0, scene.server().files.totalHolds(), "files still held");
  }

  /** Sends it, and holds the answer against all that is promised of any answer. */
  List<Result> send(byte[] message, String what) {
    NfsState.Counts before = scene.server().state.counts();
    long steps = scene.server().steps();
    long heapBytes = threads.getCurrentThreadAllocatedBytes();
    TestConnection connection = scene.connection();
    connection.receive(Calls.record(message));
    List<byte[]> replies = connection.replies();
    heapBytes = threads.getCurrentThreadAllocatedBytes() - heapBytes;
    assertEquals(connection.isOpen() && isCall(message) ? 1 : 0, replies.size(), what);
    assertTrue(heapBytes < MAX_HEAP_BYTES_OF_A_CALL, what + ": heap bytes " + heapBytes);
    List<Result> results = replies.isEmpty() ? List.of() : parse(replies.getFirst(), what);
    steps = scene.server().steps() - steps;
    int mostSteps = MAX_STEPS_OF_AN_OPERATION * (results.size() + 1);
    assertTrue(steps <= mostSteps, what + ": took " + steps + " steps");
    for (Result result : results) {
      Operation operation = Operation.ofNumber(result.number());
      assertTrue(
          operation == null || scene.allows(operation, result.status()),
          what + ": " + operation + " ended with " + result.status());
    }
    if (!scene.mayHaveChanged(results)) {
      assertEquals(before, scene.server().state.counts(), what);
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
          List<Result> results = send(message.with(message.operations()), call.name());
          assertTrue(
              results.stream().noneMatch(result -> result.status() == Nfs4Status.BADXDR),
              call.name() + " is not a valid call");
          succeeded[0] += results.getLast().status().isOk() ? 1 : 0;
          return results;
        });
    assertTrue(succeeded[0] > leastThatSucceed(), succeeded[0] + " calls did something");
  }

  @Test
  void everyWordOfEveryCallMayBeAnything() {
    bendWords(call -> true);
  }

  void begin(Supplier<MalformedScene> otherScenes) {
    end();
    scenes = otherScenes;
    scene = scenes.get();
  }

  void bendWords(Predicate<Call> wanted) {
    eachCall(
        wanted,
        call -> operationBytes(call) / Integer.BYTES * WORDS.length,
        (call, message, number) -> {
          byte[] bent = message.operations().clone();
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
          byte[] cut = Arrays.copyOf(message.operations(), length);
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
      begin(seed % 4 == 3 ? inGrace() : ordinary());
      Random random = new Random(seed);
      for (int i = 0; i < CALLS_OF_A_SEED && scene.connection().isOpen(); i++) {
        List<Call> calls = scene.calls();
        Call call = calls.get(random.nextInt(calls.size()));
        Message message = scene.message(call);
        byte[] bent = message.operations();
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
      Message message = scene.message(call);
      byte[] bent = bend(message.with(message.operations()), random);
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
}
