package io.atoll;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.rpc.ManualLoop;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One opening's memory serves the next; what is out when it ends is not lost, nor given twice. */
class FileSystemMemoryTest {
  private static final int BLOCK_BYTES = 4096;

  private final ManualLoop loop = new ManualLoop();
  private final OneWorker worker = new OneWorker();
  private final FileSystemMemory memory =
      new FileSystemMemory(loop, worker, GranuleMemory.MIN_BYTES);

  @AfterEach
  void free() {
    loop.advance(2 * FileSystemMemory.CHECK_NANOS);
    memory.close();
  }

  private BufferPools take() {
    Future<BufferPools> taken = memory.take();
    loop.advance(1);
    return taken.result();
  }

  @Test
  void memoryIsMadeByAWorkerAndUsedAgain() {
    Future<BufferPools> first = memory.take();
    assertFalse(first.isComplete(), "it was made on the loop");
    loop.advance(1);
    BufferPools pools = first.result();
    assertTrue(memory.giveBack(pools));
    assertSame(pools, take());
    memory.giveBack(pools);
  }

  @Test
  void memoryThatIsOutServesAgainWhenItIsBack() {
    BufferPools pools = take();
    ByteBuf out = pools.received().take(BLOCK_BYTES);
    assertFalse(memory.giveBack(pools));
    loop.advance(FileSystemMemory.CHECK_NANOS);
    out.release();
    loop.advance(FileSystemMemory.CHECK_NANOS);
    assertSame(pools, take());
    memory.giveBack(pools);
  }

  @Test
  void memoryThatComesBackTooLateIsFreed() {
    BufferPools pools = take();
    ByteBuf out = pools.received().take(BLOCK_BYTES);
    memory.giveBack(pools);
    BufferPools others = take();
    assertNotSame(pools, others);
    memory.giveBack(others);
    out.release();
    loop.advance(2 * FileSystemMemory.CHECK_NANOS);
    assertThrows(IllegalStateException.class, () -> pools.received().take(BLOCK_BYTES));
    assertSame(others, take());
    memory.giveBack(others);
  }

  @Test
  void thereIsNeverAThirdSet() {
    ByteBuf[] out = new ByteBuf[FileSystemMemory.MAX_SETS];
    for (int i = 0; i < out.length; i++) {
      BufferPools pools = take();
      out[i] = pools.received().take(BLOCK_BYTES);
      memory.giveBack(pools);
    }
    Future<BufferPools> refused = memory.take();
    assertTrue(refused.failed());
    assertTrue(refused.cause().getMessage().contains("still in use"), refused.cause().toString());
    out[0].release();
    assertTrue(memory.take().map(memory::giveBack).result());
    out[1].release();
  }

  /** Runs a task in a later turn of the loop. */
  private static final class OneWorker implements Workers {
    @Override
    public <T> void run(Loop loop, Callable<T> task, WorkCompletion<T> completion) {
      loop.execute(() -> {
        T result;
        try {
          result = task.call();
        } catch (Exception e) {
          completion.done(null, e);
          return;
        }
        completion.done(result, null);
      });
    }
  }
}
