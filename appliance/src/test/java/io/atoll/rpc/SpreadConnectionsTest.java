package io.atoll.rpc;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.xdr.XdrReader;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service whose programs are on one loop, and the sockets of whose connections are on three. */
@EitherIo
class SpreadConnectionsTest {
  private static final int PROGRAM = 77;
  private static final int LOOPS = 3;
  private static final int WAIT_SECONDS = 30;
  private static final int MAX_CONNECTIONS = 12;
  private static final int LARGE_REPLY_BYTES = 1 << 20;
  private static final int MAX_OUTBOUND_BYTES = 4 * LARGE_REPLY_BYTES;
  private static final int NUMBER = 1;

  private EngineRuntime runtime;
  private VertxLoop home;
  private final List<AlignedBufferPool> pools = new ArrayList<>();
  private final Program program = new Program();
  private RpcService service;
  private RpcServer server;
  private Predicate<InetSocketAddress> access = peer -> true;
  private int port;
  private final List<Socket> sockets = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    runtime = IoUnderTest.start(LOOPS, 1);
    home = runtime.loops().getFirst();
    List<RpcService.Place> places = new ArrayList<>();
    for (VertxLoop loop : runtime.loops()) {
      AlignedBufferPool pool = new AlignedBufferPool(AlignedBufferPool.SLAB_BYTES);
      pools.add(pool);
      places.add(
          new RpcService.Place(
              loop,
              SpreadConnectionsTest::find,
              new AlignedPayloads(bytes -> {
                assertTrue(loop.inLoop(), "another loop's memory was taken");
                return pool.take(bytes);
              })));
    }
    RpcLimits limits =
        new RpcLimits(
            2 << 20,
            32,
            32 << 20,
            MAX_OUTBOUND_BYTES,
            64 << 20,
            64 << 20,
            64 << 20,
            MAX_CONNECTIONS,
            30,
            300,
            120);
    service =
        new RpcService(home, limits, new RpcBudgets(limits).share(), List.of(program), places);
    server = new RpcServer(service, null, peer -> access.test(peer));
    port = get(server.listen("127.0.0.1", 0));
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    atHome(() -> {
      program.answersAtOnce();
      return server.abort();
    });
    runtime.close();
    pools.forEach(AlignedBufferPool::close);
  }

  /** A payload is the second argument. */
  private static PayloadFinder.Result find(XdrReader head, PayloadFinder.Location found) {
    for (int i = 0; i < 7; i++) {
      head.int32();
    }
    head.skipOpaque(400);
    head.int64();
    head.int32();
    int length = head.int32();
    if (head.isMalformed()) {
      return PayloadFinder.Result.NEED_MORE;
    }
    found.index = head.consumedBytes();
    found.lengthBytes = length;
    found.fileOffsetBytes = 0;
    return PayloadFinder.Result.FOUND;
  }

  /** Answers with the number that it is given, at once or when it is told to. */
  private final class Program implements RpcProgram {
    final Queue<Integer> numbers = new ConcurrentLinkedQueue<>();
    final AtomicInteger elsewhere = new AtomicInteger();
    final Queue<RpcCall> held = new ConcurrentLinkedQueue<>();
    volatile boolean holds;
    volatile int expectedReplyBytes;
    volatile Consumer<RpcConnection> onCall = connection -> {};

    @Override
    public int number() {
      return PROGRAM;
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public int highestProcedure() {
      return NUMBER;
    }

    @Override
    public void call(RpcCall call) {
      if (!home.inLoop()) {
        elsewhere.incrementAndGet();
      }
      onCall.accept(call.connection());
      if (expectedReplyBytes > 0) {
        call.expectReply(expectedReplyBytes);
      }
      held.add(call);
      if (!holds) {
        answer();
      }
    }

    void answersAtOnce() {
      holds = false;
      answer();
    }

    void answer() {
      for (RpcCall call = held.poll(); call != null; call = held.poll()) {
        int number = call.reader().int32();
        ByteBuf payload = call.reader().payload(2 << 20);
        numbers.add(number);
        call.accept().int32(number);
        if (payload == null) {
          call.writer().opaque(new byte[0]);
        } else {
          call.writer().payload(payload);
        }
        call.send();
      }
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private <T> T atHome(Supplier<Future<T>> step) throws Exception {
    Promise<T> end = Promise.promise();
    home.execute(() -> step.get().onComplete(end));
    return get(end.future());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
    sockets.add(socket);
    return socket;
  }

  private static byte[] request(int number, byte... payload) {
    return Calls.record(
        Calls.header(number, PROGRAM, 1, NUMBER, 0).i(number).opaque(payload).bytes());
  }

  private static byte[] reply(int number, byte... payload) {
    return xdr().i(number, 1, 0, 0, 0, 0, number).opaque(payload).bytes();
  }

  private static byte[] read(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    return in.readNBytes(in.readInt() & Integer.MAX_VALUE);
  }

  private static void call(Socket socket, int number, byte... payload) throws IOException {
    socket.getOutputStream().write(request(number, payload));
    assertArrayEquals(reply(number, payload), read(socket));
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void awaitUntil(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < end, "waited in vain");
      Thread.sleep(5);
    }
  }

  private List<Integer> connectionsByLoop() throws Exception {
    return atHome(() ->
        Future.succeededFuture(
            service.loads().stream().map(RpcService.Load::connections).toList()));
  }

  @Test
  void socketsAreWhereThereAreFewestAndProgramsAtHome() throws Exception {
    List<Socket> nine = new ArrayList<>();
    for (int i = 0; i < 3 * LOOPS; i++) {
      nine.add(connect());
      call(nine.get(i), i);
    }
    assertEquals(List.of(3, 3, 3), connectionsByLoop());
    // The first of each round is on the first loop: three of it go, and the next three come there.
    for (int i = 0; i < 3 * LOOPS; i += LOOPS) {
      nine.get(i).close();
    }
    awaitUntil(() -> connectionsByLoop().equals(List.of(0, 3, 3)));
    for (int i = 0; i < 3; i++) {
      call(connect(), 100 + i);
    }
    assertEquals(List.of(3, 3, 3), connectionsByLoop());
    assertEquals(0, program.elsewhere.get());
  }

  @Test
  void callsOfAConnectionBeginInTheirOrder() throws Exception {
    List<Socket> all = List.of(connect(), connect(), connect());
    for (Socket socket : all) {
      program.numbers.clear();
      List<Integer> sent = new ArrayList<>();
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int number = 0; number < 2_000; number++) {
                    socket.getOutputStream().write(request(number));
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      for (int number = 0; number < 2_000; number++) {
        sent.add(number);
        assertArrayEquals(reply(number), read(socket));
      }
      writer.join();
      assertEquals(sent, List.copyOf(program.numbers));
    }
  }

  @Test
  void payloadsComeIntoTheSocketsLoopsMemoryAndGoBackThere() throws Exception {
    byte[] payload = new byte[300_000];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (i * 31);
    }
    for (int i = 0; i < LOOPS; i++) {
      Socket socket = connect();
      for (int round = 0; round < 20; round++) {
        call(socket, round, payload);
      }
    }
    for (AlignedBufferPool pool : pools) {
      assertEquals(20, pool.usage().given());
      awaitUntil(() -> pool.usage().outstandingBytes() == 0);
    }
  }

  @Test
  void connectionThatVanishesLetsItsCallsEndAndTellsItsProgramAtHome() throws Exception {
    AtomicInteger closedAtHome = new AtomicInteger();
    program.onCall =
        connection ->
            connection.onClose(() -> {
              if (home.inLoop()) {
                closedAtHome.incrementAndGet();
              }
            });
    program.holds = true;
    for (int i = 0; i < LOOPS; i++) {
      Socket socket = connect();
      socket.getOutputStream().write(request(i));
    }
    awaitUntil(() -> program.held.size() == LOOPS);
    for (Socket socket : sockets) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
    awaitUntil(() -> closedAtHome.get() == LOOPS);
    assertEquals(List.of(0, 0, 0), connectionsByLoop());
    assertEquals(LOOPS, program.held.size(), "what had begun goes on");
    atHome(() -> {
      program.answersAtOnce();
      return Future.succeededFuture();
    });
    call(connect(), 9);
  }

  @Test
  void stoppingAnswersWhatRunsOnAllLoops() throws Exception {
    program.holds = true;
    for (int i = 0; i < LOOPS; i++) {
      connect().getOutputStream().write(request(i));
    }
    awaitUntil(() -> program.held.size() == LOOPS);
    Promise<Void> closed = Promise.promise();
    home.execute(() -> server.close().onComplete(closed));
    atHome(() -> {
      program.answersAtOnce();
      return Future.succeededFuture();
    });
    for (int i = 0; i < LOOPS; i++) {
      assertArrayEquals(reply(i), read(sockets.get(i)));
      assertEquals(-1, sockets.get(i).getInputStream().read());
    }
    get(closed.future());
  }

  @Test
  void nothingBeginsAfterACutThatHasEndedAndItEndsAfterWhatRuns() throws Exception {
    program.holds = true;
    for (int i = 0; i < 2 * LOOPS; i++) {
      Socket socket = connect();
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              for (int number = 0; ; number++) {
                socket.getOutputStream().write(request(number));
              }
            } catch (IOException e) {
              // cut
            }
          });
    }
    awaitUntil(() -> program.held.size() >= 2 * LOOPS);
    Promise<Void> cut = Promise.promise();
    home.execute(() -> server.abort().onComplete(cut));
    awaitUntil(() -> connectionsByLoop().equals(List.of(0, 0, 0)));
    assertTrue(!cut.future().isComplete(), "it ended before what ran");
    int begun = program.held.size();
    atHome(() -> {
      assertEquals(begun, program.held.size());
      program.answer();
      return Future.succeededFuture();
    });
    get(cut.future());
    assertEquals(0, program.held.size());
  }

  @Test
  void whoIsNotAdmittedAnyMoreIsCutOnEachLoop() throws Exception {
    for (int i = 0; i < LOOPS; i++) {
      call(connect(), i);
    }
    int spared = sockets.get(1).getLocalPort();
    atHome(() -> {
      server.admit(peer -> peer.getPort() == spared);
      return Future.succeededFuture();
    });
    assertEquals(-1, sockets.get(0).getInputStream().read());
    assertEquals(-1, sockets.get(2).getInputStream().read());
    call(sockets.get(1), 5);
    Socket late = connect();
    assertEquals(-1, late.getInputStream().read());
  }

  @Test
  void nothingBeginsThatThereIsNoRoomForTheReplyOf() throws Exception {
    program.holds = true;
    program.expectedReplyBytes = LARGE_REPLY_BYTES;
    for (int i = 0; i < LOOPS; i++) {
      Socket socket = connect();
      ByteArrayOutputStream burst = new ByteArrayOutputStream();
      for (int number = 0; number < 20; number++) {
        burst.writeBytes(request(number));
      }
      socket.getOutputStream().write(burst.toByteArray());
    }
    int most = MAX_OUTBOUND_BYTES / LARGE_REPLY_BYTES;
    awaitUntil(() -> program.held.size() == LOOPS * most);
    atHome(() -> {
      assertEquals(LOOPS * most, program.held.size());
      program.holds = false;
      program.answer();
      return Future.succeededFuture();
    });
    for (Socket socket : sockets) {
      for (int number = 0; number < 20; number++) {
        assertArrayEquals(reply(number), read(socket));
      }
    }
  }

  @Test
  void aHeldConnectionBeginsNothingMoreUntilItIsReleased() throws Exception {
    List<RpcConnection> held = new ArrayList<>();
    program.onCall =
        connection -> {
          connection.holdReading(true);
          held.add(connection);
        };
    for (int i = 0; i < LOOPS; i++) {
      Socket socket = connect();
      for (int number = 0; number < 3; number++) {
        socket.getOutputStream().write(request(number));
      }
      assertArrayEquals(reply(0), read(socket));
    }
    assertEquals(LOOPS, program.numbers.size());
    atHome(() -> {
      program.onCall = connection -> {};
      held.forEach(connection -> connection.holdReading(false));
      return Future.succeededFuture();
    });
    for (Socket socket : sockets) {
      assertArrayEquals(reply(1), read(socket));
      assertArrayEquals(reply(2), read(socket));
    }
  }

  @Test
  void theNodesOwnCallsGoOutAndTheirAnswersComeHome() throws Exception {
    Queue<String> answers = new ConcurrentLinkedQueue<>();
    program.onCall =
        connection ->
            connection.callBack(
                new BackCall(
                    0x40000000,
                    1,
                    3,
                    RpcCredential.AUTH_NONE,
                    new byte[0],
                    writer -> writer.int32(42),
                    (end, results) ->
                        answers.add(end + " " + results.int32() + " " + home.inLoop())));
    for (int i = 0; i < LOOPS; i++) {
      Socket socket = connect();
      socket.getOutputStream().write(request(i));
      assertArrayEquals(xdr().i(1, 0, 2, 0x40000000, 1, 3, 0, 0, 0, 0, 42).bytes(), read(socket));
      assertArrayEquals(reply(i), read(socket));
      socket.getOutputStream().write(Calls.record(xdr().i(1, 1, 0, 0, 0, 0, 7).bytes()));
    }
    awaitUntil(() -> answers.size() == LOOPS);
    answers.forEach(answer -> assertEquals("ANSWERED 7 true", answer));
  }

  @Test
  void theLongestIdleOfAllLoopsGoesForANewOne() throws Exception {
    for (int i = 0; i < MAX_CONNECTIONS; i++) {
      call(connect(), i);
    }
    for (int i = 0; i < MAX_CONNECTIONS; i++) {
      if (i != 7) {
        call(sockets.get(i), i);
      }
    }
    call(connect(), 99);
    assertEquals(-1, sockets.get(7).getInputStream().read());
    awaitUntil(
        () -> atHome(() -> Future.succeededFuture(service.connectionCount())) == MAX_CONNECTIONS);
  }
}
