package io.atoll.rpc;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.IoMode;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.xdr.XdrReader;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RPC over true sockets, on every transport that there is. */
class RpcServerTest {
  private static final int ECHO = 77;
  private static final int PAYLOAD_BYTES = 1 << 20;
  private static final int WAIT_SECONDS = 30;

  /** Answers with its payload, and knows where in memory that was. */
  private static final class PayloadEcho implements RpcProgram {
    long lastAddress;

    @Override
    public int number() {
      return ECHO;
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public int highestProcedure() {
      return 1;
    }

    @Override
    public void call(RpcCall call) {
      ByteBuf payload = call.reader().payload(2 * PAYLOAD_BYTES);
      int tail = call.reader().int32();
      if (payload == null || call.reader().isMalformed()) {
        call.refuse(AcceptStatus.GARBAGE_ARGS);
        return;
      }
      lastAddress = payload.memoryAddress() + payload.readerIndex();
      call.accept().payload(payload);
      call.writer().int32(tail);
      call.send();
    }
  }

  /** A payload is the argument of {@link PayloadEcho}, for offset 100 of a file. */
  private static PayloadFinder.Result find(XdrReader head, PayloadFinder.Location found) {
    for (int i = 0; i < 7; i++) {
      head.int32();
    }
    head.skipOpaque(400);
    head.int64();
    int length = head.int32();
    if (head.isMalformed()) {
      return PayloadFinder.Result.NEED_MORE;
    }
    found.index = head.consumedBytes();
    found.lengthBytes = length;
    found.fileOffsetBytes = 100;
    return PayloadFinder.Result.FOUND;
  }

  private static <T> T await(VertxLoop loop, Supplier<Future<T>> onLoop) throws Exception {
    Promise<T> promise = Promise.promise();
    loop.context().runOnContext(nothing -> onLoop.get().onComplete(promise));
    return promise
        .future()
        .toCompletionStage()
        .toCompletableFuture()
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static RpcServer serverOf(
      VertxLoop loop,
      RpcLimits limits,
      List<RpcProgram> programs,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads) {
    RpcService service = new RpcService(loop, limits, programs, payloadFinder, payloads);
    return new RpcServer(service, null, peer -> true);
  }

  private static byte[] call(Socket socket, byte[] message) throws IOException {
    socket.getOutputStream().write(Calls.record(message));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    return in.readNBytes(in.readInt() & Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource(IoMode.class)
  void largePayloadsComeIntoAlignedMemoryAndGoOutAgain(IoMode mode) throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(mode, 1, 1);
        AlignedBufferPool pool = new AlignedBufferPool(AlignedBufferPool.SLAB_BYTES)) {
      VertxLoop loop = runtime.loops().get(0);
      PayloadEcho echo = new PayloadEcho();
      RpcServer server =
          serverOf(
              loop,
              limits(2 * PAYLOAD_BYTES, 8),
              List.of(echo),
              RpcServerTest::find,
              new AlignedPayloads(pool::take));
      int port =
          server
              .listen("127.0.0.1", 0)
              .toCompletionStage()
              .toCompletableFuture()
              .get(WAIT_SECONDS, TimeUnit.SECONDS);
      byte[] payload = new byte[PAYLOAD_BYTES + 1];
      new Random(1).nextBytes(payload);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        for (int round = 0; round < 8; round++) {
          byte[] message = Calls.header(round, ECHO, 1, 1, 0).opaque(payload).i(round).bytes();
          assertArrayEquals(
              xdr().i(round, 1, 0, 0, 0, 0).opaque(payload).i(round).bytes(),
              call(socket, message));
          assertEquals(100, echo.lastAddress & (PayloadAllocator.ALIGNMENT_BYTES - 1));
        }
        long copied = await(loop, () -> Future.succeededFuture(server.copiedPayloadBytes()));
        assertTrue(copied <= 8L * RecordReceiver.RECEIVE_BYTES, copied + " bytes were copied");
        // A client that ends its sending side has its replies nevertheless, then the end.
        socket
            .getOutputStream()
            .write(Calls.record(Calls.header(9, ECHO, 1, 1, 0).opaque(new byte[3]).i(5).bytes()));
        socket.shutdownOutput();
        byte[] rest = socket.getInputStream().readAllBytes();
        assertArrayEquals(
            Calls.record(xdr().i(9, 1, 0, 0, 0, 0).opaque(new byte[3]).i(5).bytes()), rest);
      }
      await(loop, server::close);
      assertEquals(0, pool.usage().outstandingBytes());
    }
  }

  @EitherIo
  @Test
  void connectionBeyondTheBoundTakesThePlaceOfTheLongestIdle() throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(1, 1)) {
      VertxLoop loop = runtime.loops().get(0);
      RpcServer server =
          serverOf(
              loop,
              limits(1 << 20, 8),
              List.of(new PayloadEcho()),
              PayloadFinder.NONE,
              (offset, length) -> null);
      int port =
          server
              .listen("127.0.0.1", 0)
              .toCompletionStage()
              .toCompletableFuture()
              .get(WAIT_SECONDS, TimeUnit.SECONDS);
      byte[] ping = Calls.header(1, ECHO, 1, 0, 0).bytes();
      try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port);
          Socket second = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertEquals(24, call(first, ping).length);
        assertEquals(24, call(second, ping).length);
        try (Socket third = new Socket(InetAddress.getLoopbackAddress(), port)) {
          assertEquals(24, call(third, ping).length);
          first.setSoTimeout((int) TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
          assertEquals(-1, first.getInputStream().read());
          assertEquals(24, call(second, ping).length);
        }
      }
      await(loop, server::close);
    }
  }

  /** Keeps its calls until it is told to answer them. */
  private static class Holder implements RpcProgram {
    final Queue<RpcCall> held = new ConcurrentLinkedQueue<>();

    @Override
    public int number() {
      return ECHO;
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public int highestProcedure() {
      return 1;
    }

    @Override
    public void call(RpcCall call) {
      held.add(call);
    }

    void answer() {
      for (RpcCall call = held.poll(); call != null; call = held.poll()) {
        call.accept();
        call.send();
      }
    }
  }

  private static void awaitUntil(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain");
      Thread.sleep(5);
    }
  }

  /** Whether a new connection is refused by the kernel. */
  private static boolean refuses(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @EnumSource(IoMode.class)
  void stoppingListensNoMoreButAnswersWhatRuns(IoMode mode) throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(mode, 1, 1)) {
      VertxLoop loop = runtime.loops().get(0);
      Holder holder = new Holder();
      RpcServer server = server(loop, limits(1 << 20, 8), holder);
      int port = listen(server);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(Calls.record(Calls.header(1, ECHO, 1, 1, 0).bytes()));
        awaitUntil(() -> !holder.held.isEmpty());
        Promise<Void> closed = Promise.promise();
        loop.context().runOnContext(nothing -> server.close().onComplete(closed));
        awaitUntil(() -> refuses(port));
        loop.context().runOnContext(nothing -> holder.answer());
        byte[] rest = socket.getInputStream().readAllBytes();
        assertArrayEquals(Calls.record(xdr().i(1, 1, 0, 0, 0, 0).bytes()), rest);
        closed
            .future()
            .toCompletionStage()
            .toCompletableFuture()
            .get(WAIT_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void halfCloseIsNoWayAroundBackPressure() throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(IoMode.URING, 1, 1)) {
      VertxLoop loop = runtime.loops().get(0);
      Holder holder = new Holder();
      RpcServer server = server(loop, limits(1 << 20, 1), holder);
      int port = listen(server);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(Calls.record(Calls.header(1, ECHO, 1, 1, 0).bytes()));
        awaitUntil(() -> !holder.held.isEmpty());
        // More than the bound, and less than the window, so that the end arrives.
        socket.getOutputStream().write(new byte[50_000]);
        socket.shutdownOutput();
        awaitUntil(() -> {
          try {
            return await(loop, () -> Future.succeededFuture(server.connectionCount())) == 0;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
        assertEquals(1, holder.held.size());
      }
      loop.context().runOnContext(nothing -> holder.answer());
      await(loop, server::close);
    }
  }

  @EitherIo
  @Test
  void aServerThatCannotListenLeavesNothingRunning() throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(1, 1);
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      VertxLoop loop = runtime.loops().get(0);
      AtomicInteger ticks = new AtomicInteger();
      RpcServer server =
          server(
              loop,
              limits(1 << 20, 8),
              new Holder() {
                @Override
                public void tick() {
                  ticks.incrementAndGet();
                }
              });
      assertThrows(
          ExecutionException.class,
          () ->
              server
                  .listen("127.0.0.1", taken.getLocalPort())
                  .toCompletionStage()
                  .toCompletableFuture()
                  .get(WAIT_SECONDS, TimeUnit.SECONDS));
      // A timer of the same loop, behind the first tick's.
      Promise<Void> later = Promise.promise();
      loop.schedule(TimeUnit.MILLISECONDS.toNanos(1_100), later::complete);
      later.future().toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
      assertEquals(0, ticks.get());
    }
  }

  private static RpcLimits limits(int maxRecordBytes, int maxOutstandingCalls) {
    return new RpcLimits(
        maxRecordBytes,
        maxOutstandingCalls,
        8 << 20,
        8 << 20,
        64 << 20,
        64 << 20,
        64 << 20,
        2,
        30,
        300,
        120);
  }

  private static RpcServer server(VertxLoop loop, RpcLimits limits, RpcProgram program) {
    return serverOf(loop, limits, List.of(program), PayloadFinder.NONE, (offset, length) -> null);
  }

  private static int listen(RpcServer server) throws Exception {
    return server
        .listen("127.0.0.1", 0)
        .toCompletionStage()
        .toCompletableFuture()
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
  }
}
