package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.IoMode;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of an attempt to open a file system that does not end as a future. */
class ServedFileSystemTest {
  private static final int WAIT_SECONDS = 30;
  private static final int LEASE_SECONDS = 30;

  @Test
  void anAttemptThatThrowsHasFailed() throws Exception {
    try (EngineRuntime runtime = EngineRuntime.start(IoMode.NIO, 1, 1)) {
      VertxLoop loop = runtime.loops().getFirst();
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      Promise<ServedFileSystem> started = Promise.promise();
      loop.execute(() ->
          ServedFileSystem.start(
                  loop,
                  (mayCreate, fenced) -> {
                    throw new IllegalStateException("no memory");
                  },
                  any,
                  LEASE_SECONDS,
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
}
