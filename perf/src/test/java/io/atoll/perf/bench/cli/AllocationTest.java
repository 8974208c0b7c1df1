package io.atoll.perf.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.atoll.perf.bench.client.ClientLoops;
import io.atoll.perf.bench.fake.FakeNfsServer;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client must not be measured by its own garbage collector. */
class AllocationTest {
  /**
   * What Netty makes for each message that it sends and receives: views of buffers for the kernel,
   * and on io_uring an object in each pass of its loop. Nothing of ours is among it.
   */
  private static final long BYTES_PER_OPERATION_MAX = 256;

  private static final long WARM_UP_OPERATIONS = 20_000;
  private static final long COUNTED_OPERATIONS = 20_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;
  private ResourceLeakDetector.Level leakDetection;

  /** It allocates for each buffer. */
  @BeforeEach
  void stopLeakDetection() {
    leakDetection = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void resumeLeakDetection() {
    ResourceLeakDetector.setLevel(leakDetection);
  }

  @Test
  void readsAndWritesAllocateNoMoreThanNettyDoes() throws IOException {
    try (FakeNfsServer server = new FakeNfsServer()) {
      server.fault().hangAtRead = WARM_UP_OPERATIONS + COUNTED_OPERATIONS + 10_000;
      CompletableFuture<BenchRun> run = CompletableFuture.supplyAsync(() -> bench(server));
      await(server::reads, WARM_UP_OPERATIONS);
      long loop = loopThread();
      long readsBefore = server.reads();
      long bytesBefore = THREADS.getThreadAllocatedBytes(loop);
      await(server::reads, readsBefore + COUNTED_OPERATIONS);
      long bytes = THREADS.getThreadAllocatedBytes(loop) - bytesBefore;
      long operations = 2 * (server.reads() - readsBefore); // as many writes as reads
      assertTrue(
          bytes / operations <= BYTES_PER_OPERATION_MAX,
          bytes + " bytes for " + operations + " operations");
      assertEquals(BenchExit.ENDED_EARLY, run.join().exitCode(), "it ends when the server hangs");
    }
  }

  private BenchRun bench(FakeNfsServer server) {
    try {
      return BenchRun.of(
          folder,
          server.url(),
          "--workload=mixed",
          "--io=nio",
          "--read-percent=50",
          "--depth=16",
          "--file-size=1m",
          "--hang-after=1s",
          "--time=5m");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(LongSupplier value, long least) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (value.getAsLong() < least) {
      assertTrue(System.nanoTime() - deadline < 0, value.getAsLong() + " of " + least);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static long loopThread() {
    for (Thread each : Thread.getAllStackTraces().keySet()) {
      if (each.getName().startsWith(ClientLoops.THREAD_NAME)) {
        return each.threadId();
      }
    }
    throw new AssertionError("no loop of the client");
  }
}
