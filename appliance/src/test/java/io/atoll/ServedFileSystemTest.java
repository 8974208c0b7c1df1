package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.atoll.fs.FileSystem;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.volume.Volume;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of an attempt to open a file system that does not end as a future. */
@EitherIo
class ServedFileSystemTest {
  private static final int WAIT_SECONDS = 30;
  private static final int LEASE_SECONDS = 30;

  @Test
  void anAttemptThatThrowsHasFailed() throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(1, 1)) {
      VertxLoop loop = runtime.loops().getFirst();
      Promise<ServedFileSystem> started = Promise.promise();
      loop.execute(() ->
          ServedFileSystem.start(
                  loop,
                  0,
                  (mayCreate, fenced) -> {
                    throw new IllegalStateException("no memory");
                  },
                  opened -> Future.failedFuture("no ledger"),
                  new NodeBudgets(),
                  new ServingSettings(LEASE_SECONDS, ClientRules.DEFAULT),
                  () -> {})
              .onComplete(started));
      ExecutionException failure =
          assertThrows(
              ExecutionException.class,
              () ->
                  started
                      .future()
                      .toCompletionStage()
                      .toCompletableFuture()
                      .get(WAIT_SECONDS, TimeUnit.SECONDS));
      assertEquals("no memory", failure.getCause().getMessage());
    }
  }

  /** They may still be written to: nothing else may open them. */
  @Test
  void whoseFilesCanNotBeClosedIsLost() throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(1, 1)) {
      VertxLoop loop = runtime.loops().getFirst();
      FileSystemMemory memory =
          new FileSystemMemory(
              loop, new LoopMemory(loop, runtime.workers(), GranuleMemory.MIN_BYTES));
      Promise<ServedFileSystem> started = Promise.promise();
      AtomicInteger lost = new AtomicInteger();
      loop.execute(() ->
          ServedFileSystem.start(
                  loop,
                  0,
                  (mayCreate, fenced) ->
                      memory
                          .take()
                          .map(pools ->
                              new OpenFileSystem(
                                  loop,
                                  defective(Disk.class),
                                  LaneDisks.none(loop),
                                  memory,
                                  pools,
                                  defective(Volume.class),
                                  defective(FileSystem.class),
                                  () -> null,
                                  false)),
                  opened -> Future.failedFuture("no ledger"),
                  new NodeBudgets(),
                  new ServingSettings(LEASE_SECONDS, ClientRules.DEFAULT),
                  lost::incrementAndGet)
              .onComplete(started));
      assertThrows(
          ExecutionException.class,
          () ->
              started
                  .future()
                  .toCompletionStage()
                  .toCompletableFuture()
                  .get(WAIT_SECONDS, TimeUnit.SECONDS));
      assertEquals(1, lost.get());
    }
  }

  private static <T> T defective(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              throw new IllegalStateException("a defect");
            }));
  }
}
