package io.atoll.io.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BoundedWorkersTest {

  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

  /** The test's own thread as a loop. */
  private final Loop loop =
      new Loop() {
        @Override
        public boolean inLoop() {
          return true;
        }

        @Override
        public void execute(Runnable task) {
          tasks.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
          throw new AssertionError("not asked for");
        }

        @Override
        public long monotonicNanos() {
          throw new AssertionError("not asked for");
        }

        @Override
        public long wallClockNanos() {
          throw new AssertionError("not asked for");
        }
      };

  private void runOneTask() throws InterruptedException {
    tasks.poll(60, TimeUnit.SECONDS).run();
  }

  @Test
  void theResultComesToTheLoop() throws Exception {
    try (BoundedWorkers workers = new BoundedWorkers("test-worker", 1, 1)) {
      CompletableFuture<String> told = new CompletableFuture<>();
      workers.run(
          loop,
          () -> Thread.currentThread().getName(),
          (result, failure) -> {
            assertNull(failure);
            told.complete(result);
          });
      runOneTask();
      assertEquals("test-worker-0", told.getNow("not told"));
    }
  }

  @Test
  void whatATaskThrowsComesToTheLoop() throws Exception {
    try (BoundedWorkers workers = new BoundedWorkers("test-worker", 1, 1)) {
      CompletableFuture<Throwable> told = new CompletableFuture<>();
      workers.run(
          loop,
          () -> {
            throw new IOException("thrown by a test, on purpose");
          },
          (result, failure) -> told.complete(failure));
      runOneTask();
      assertInstanceOf(IOException.class, told.getNow(null));
    }
  }

  @Test
  void aTaskBeyondTheBoundIsRefused() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(1);
    try (BoundedWorkers workers = new BoundedWorkers("test-worker", 1, 1)) {
      workers.run(
          loop,
          () -> {
            running.countDown();
            return release.await(60, TimeUnit.SECONDS);
          },
          (result, failure) -> {});
      running.await();
      workers.run(loop, () -> "queued", (result, failure) -> {});
      CompletableFuture<Throwable> told = new CompletableFuture<>();
      workers.run(loop, () -> "refused", (result, failure) -> told.complete(failure));
      assertEquals(1, workers.queued());
      runOneTask();
      assertInstanceOf(RejectedExecutionException.class, told.getNow(null));
      release.countDown();
    }
  }
}
