package io.atoll.control.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.atoll.control.network.Network;
import io.atoll.control.resource.Resource;
import io.atoll.control.store.ResourceChange;
import io.atoll.control.store.ResourceStore;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of the control plane, also on a disk that hangs. */
class ControlThreadTest {
  @TempDir private Path folder;
  private volatile boolean closed;
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private ControlPlane start(long endTimeoutMillis) {
    ResourceStore store =
        new ResourceStore() {
          @Override
          public void load(Consumer<Resource> visitor) {}

          @Override
          public void commit(List<ResourceChange> changes) {}

          @Override
          public void close() {
            closed = true;
          }
        };
    ControlPlane plane =
        new ControlPlane(
            store,
            new FakeHost(),
            new ControlPlane.Settings(
                folder.resolve("control.key"),
                Network.ofDefaults(),
                2049,
                ControlLimits.DEFAULT,
                Clock.systemUTC()),
            new ControlThread(endTimeoutMillis));
    join(plane.start());
    return plane;
  }

  @Test
  void aStoreThatARequestIsAtWorkInIsNotClosed() throws Exception {
    ControlPlane plane = start(1);
    Future<Void> request =
        plane.call(() -> {
          hanging.countDown();
          released.await();
          return null;
        });
    hanging.await();
    plane.close();
    assertFalse(closed, "closed under a request");
    released.countDown();
    join(request);
  }

  @Test
  void whatWasAskedForBeforeTheEndIsDoneAndNothingAfterIt() {
    ControlPlane plane = start(60_000);
    Future<Integer> before = plane.call(() -> 1);
    plane.refuseRequests();
    CompletionException refused =
        assertThrows(CompletionException.class, () -> join(plane.call(() -> 2)));
    assertEquals("the node is being stopped", refused.getCause().getMessage());
    plane.close();
    assertEquals(1, join(before));
    assertEquals(true, closed);
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
