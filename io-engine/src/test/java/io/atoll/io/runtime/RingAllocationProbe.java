package io.atoll.io.runtime;

import com.sun.management.ThreadMXBean;
import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.disk.Disk.OpenMode;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.loop.VertxLoop;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Measures what operations on a ring's file allocate on the heap of their loop. Exits with 1 if it
 * is more than {@link #MAX_BYTES_PER_OPERATION}.
 */
final class RingAllocationProbe {

  /** What one operation may cost the heap, on average, once the code is compiled. */
  private static final long MAX_BYTES_PER_OPERATION = 50;

  private static final int BLOCK = 4096;
  private static final int FILE_BLOCKS = 64;
  private static final int DEPTH = 32;
  private static final int OPERATIONS = 10_000;

  /** Rounds until the compiler has caught up; the best of them is the steady state. */
  private static final int MAX_ROUNDS = 30;

  private final VertxLoop loop;
  private final ByteBuf buffer;
  private final ByteBuf[] vector;
  private DiskFile file;
  private boolean failed;

  private RingAllocationProbe(VertxLoop loop, AlignedBufferPool pool) {
    this.loop = loop;
    buffer = pool.take(FILE_BLOCKS * BLOCK).writeZero(FILE_BLOCKS * BLOCK);
    vector = new ByteBuf[] {pool.take(BLOCK).writeZero(BLOCK), pool.take(BLOCK).writeZero(BLOCK)};
  }

  public static void main(String[] arguments) throws Exception {
    StorageFacts facts = StorageFacts.of(Path.of(arguments[0]));
    boolean failed;
    try (AlignedBufferPool pool = new AlignedBufferPool(AlignedBufferPool.SLAB_BYTES);
        EngineRuntime runtime = EngineRuntime.start(IoMode.URING, 1, 1)) {
      RingAllocationProbe probe = new RingAllocationProbe(runtime.loops().getFirst(), pool);
      probe.open(runtime, facts);
      probe.measureAll();
      failed = probe.failed;
      probe.buffer.release();
      probe.vector[0].release();
      probe.vector[1].release();
    }
    System.exit(failed ? 1 : 0);
  }

  private void open(EngineRuntime runtime, StorageFacts facts) throws Exception {
    CompletableFuture<Integer> written = new CompletableFuture<>();
    IoCompletion done = (cookie, result) -> written.complete(result);
    loop.execute(() ->
        runtime.openDisk(
            loop,
            facts,
            (disk, result) ->
                disk.open(
                    "data",
                    OpenMode.CREATE_NEW,
                    (opened, errno) -> {
                      file = opened;
                      file.write(buffer, 0, FILE_BLOCKS * BLOCK, 0, done, 0);
                    })));
    written.get(60, TimeUnit.SECONDS);
  }

  private void measureAll() throws Exception {
    measure("read", (at, done) -> file.read(buffer, at, BLOCK, at, done, at));
    measure("write", (at, done) -> file.write(buffer, at, BLOCK, at, done, at));
    measure("vectored write", (at, done) -> file.writeVectored(vector, 2, at, done, at));
    measure("data sync", (at, done) -> file.dataSync(done, at));
  }

  private void measure(String what, Operation operation) throws Exception {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && best > MAX_BYTES_PER_OPERATION; round++) {
      CompletableFuture<Long> allocated = new CompletableFuture<>();
      loop.execute(() -> new Round(operation, allocated).start());
      best = Math.min(best, allocated.get(60, TimeUnit.SECONDS) / OPERATIONS);
    }
    failed |= best > MAX_BYTES_PER_OPERATION;
    System.out.println(what + ": " + best + " bytes an operation");
  }

  /** Starts one operation at a block of the file. */
  private interface Operation {
    void start(int at, IoCompletion done);
  }

  /** Keeps some operations in flight until all are through. */
  private static final class Round implements IoCompletion {

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Operation operation;
    private final CompletableFuture<Long> allocated;
    private long before;
    private int started;
    private int ended;

    Round(Operation operation, CompletableFuture<Long> allocated) {
      this.operation = operation;
      this.allocated = allocated;
    }

    void start() {
      before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < DEPTH; i++) {
        next();
      }
    }

    private void next() {
      operation.start((started++ % (FILE_BLOCKS - 1)) * BLOCK, this);
    }

    @Override
    public void completed(long cookie, int result) {
      if (result < 0) {
        allocated.completeExceptionally(new AssertionError("result " + result));
      }
      ended++;
      if (started < OPERATIONS) {
        next();
      } else if (ended == OPERATIONS) {
        allocated.complete(threads.getCurrentThreadAllocatedBytes() - before);
      }
    }
  }
}
