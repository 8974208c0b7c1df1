package io.atoll.io.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.disk.Disk.OpenMode;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.testing.OpenDescriptors;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EngineRuntimeTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(IoMode.class)
  void loopsRunOnThreadsOfTheirOwn(IoMode mode) throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(mode, 2, 1)) {
      assertEquals(2, runtime.loops().size());
      Thread first = threadOf(runtime.loops().get(0));
      Thread second = threadOf(runtime.loops().get(1));
      assertNotSame(first, second);
      assertEquals(mode == IoMode.URING, runtime.vertx().isNativeTransportEnabled());
      assertEquals(mode == IoMode.URING, runtime.describe().contains("io_uring"));
    }
  }

  @ParameterizedTest
  @EnumSource(IoMode.class)
  void readersAndDisksDoNotWaitForACheckpoint(IoMode mode) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (EngineRuntime runtime = IoUnderTest.start(mode, 1, 1)) {
      VertxLoop loop = runtime.loops().getFirst();
      for (int i = 0; i < 8; i++) {
        runtime
            .checkpointWorkers()
            .run(loop, () -> release.await(60, TimeUnit.SECONDS), (result, failure) -> {});
      }
      CompletableFuture<String> read = new CompletableFuture<>();
      runtime.workers().run(loop, () -> "read", (result, failure) -> read.complete(result));
      assertEquals("read", read.get(60, TimeUnit.SECONDS));
      CompletableFuture<Integer> opened = new CompletableFuture<>();
      StorageFacts facts = StorageFacts.of(directory);
      loop.execute(() -> runtime.openDisk(loop, facts, (disk, result) -> opened.complete(result)));
      assertEquals(0, opened.get(60, TimeUnit.SECONDS));
      release.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource(IoMode.class)
  void whatDisksHaveLeftOpenIsClosedAtTheEnd(IoMode mode) throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(mode, 1, 1)) {
      VertxLoop loop = runtime.loops().getFirst();
      StorageFacts facts = StorageFacts.of(directory);
      CompletableFuture<Integer> opened = new CompletableFuture<>();
      loop.execute(() ->
          runtime.openDisk(
              loop,
              facts,
              (disk, result) ->
                  disk.open("data", OpenMode.CREATE_NEW, (file, end) -> opened.complete(end))));
      assertEquals(0, opened.get(60, TimeUnit.SECONDS));
      assertEquals(2, OpenDescriptors.below(directory).size());
    }
    assertEquals(List.of(), OpenDescriptors.below(directory));
  }

  @Test
  void itSaysHowManyLoopsThereAre() throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(IoMode.URING, 1, 1)) {
      assertEquals("io_uring: 1 event loop, sockets and disks on its ring", runtime.describe());
    }
    try (EngineRuntime runtime = IoUnderTest.start(IoMode.NIO, 2, 1)) {
      assertEquals("NIO: 2 event loops, disks on threads of their own", runtime.describe());
    }
  }

  private static Thread threadOf(VertxLoop loop) throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    loop.execute(() -> thread.complete(Thread.currentThread()));
    return thread.get(60, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(IoMode.class)
  void aRequestIsReceivedStoredAndAnsweredOnOneThread(IoMode mode) throws Exception {
    CompletableFuture<String> reply = new CompletableFuture<>();
    CompletableFuture<Boolean> oneThread = new CompletableFuture<>();
    try (EngineRuntime runtime = IoUnderTest.start(mode, 2, 1)) {
      VertxLoop loop = runtime.loops().getFirst();
      StorageFacts facts = StorageFacts.of(directory);
      loop.context().runOnContext(started -> serve(runtime, loop, facts, reply, oneThread));
      assertEquals("stored", reply.get(60, TimeUnit.SECONDS));
      assertTrue(oneThread.get(60, TimeUnit.SECONDS));
    }
  }

  private static void serve(
      EngineRuntime runtime,
      VertxLoop loop,
      StorageFacts facts,
      CompletableFuture<String> reply,
      CompletableFuture<Boolean> oneThread) {
    NetServer server =
        runtime.vertx().createNetServer(new NetServerOptions().setHost("127.0.0.1").setPort(0));
    server.connectHandler(socket ->
        socket.handler(request ->
            runtime.openDisk(
                loop,
                facts,
                (disk, opened) ->
                    disk.open(
                        request.toString(),
                        OpenMode.CREATE_NEW,
                        (file, result) -> {
                          oneThread.complete(loop.inLoop());
                          socket.write(result == 0 ? "stored" : "errno " + result);
                        }))));
    server
        .listen()
        .compose(up -> runtime.vertx().createNetClient().connect(up.actualPort(), "127.0.0.1"))
        .onFailure(reply::completeExceptionally)
        .onSuccess(socket -> {
          socket.handler(answer -> reply.complete(answer.toString()));
          socket.write("request");
        });
  }
}
