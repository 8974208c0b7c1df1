package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.loop.Loop;
import io.atoll.io.loop.Workers;
import io.atoll.rpc.ManualLoop;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The file systems of a loop share its memory, and what is out when one ends is given to nobody.
 */
class FileSystemMemoryTest {
  private static final int BLOCK_BYTES = 4096;
  private static final int MIB = 1 << 20;

  private final ManualLoop loop = new ManualLoop();
  private final LoopMemory shared = new LoopMemory(loop, new OneWorker(), GranuleMemory.MIN_BYTES);
  private final FileSystemMemory memory = new FileSystemMemory(loop, shared);
  private final FileSystemMemory others = new FileSystemMemory(loop, shared);

  @AfterEach
  void free() {
    loop.advance(2 * FileSystemMemory.CHECK_NANOS);
    shared.close();
  }

  private BufferPools take(FileSystemMemory from) {
    Future<BufferPools> taken = from.take();
    loop.advance(1);
    return taken.result();
  }

  private static List<ByteBuf> takeAll(BufferPools pools) {
    List<ByteBuf> taken = new ArrayList<>();
    for (ByteBuf next = pools.received().take(MIB);
        next != null;
        next = pools.received().take(MIB)) {
      taken.add(next);
    }
    return taken;
  }

  @Test
  void memoryIsMadeByAWorker() {
    Future<BufferPools> first = memory.take();
    assertFalse(first.isComplete(), "it was made on the loop");
    loop.advance(1);
    assertTrue(memory.giveBack(first.result()));
  }

  @Test
  void oneThatIsAloneMayHaveAll() {
    BufferPools pools = take(memory);
    List<ByteBuf> all = takeAll(pools);
    assertEquals(MemoryBounds.RECEIVE_BUFFER_BYTES / MIB, all.size());
    all.forEach(ByteBuf::release);
    assertTrue(memory.giveBack(pools));
  }

  @Test
  void howeverMuchOneHoldsTheOtherGetsItsPart() {
    BufferPools greedy = take(memory);
    BufferPools modest = take(others);
    List<ByteBuf> taken = takeAll(greedy);
    List<ByteBuf> part = takeAll(modest);
    assertTrue(part.size() >= MemoryBounds.RECEIVE_BUFFER_BYTES / MIB / 4, part.size() + " MiB");
    assertEquals(MemoryBounds.RECEIVE_BUFFER_BYTES / MIB, taken.size() + part.size());
    taken.forEach(ByteBuf::release);
    part.forEach(ByteBuf::release);
    assertTrue(memory.giveBack(greedy));
    assertTrue(others.giveBack(modest));
  }

  @Test
  void whatIsOutAtAnEndCountsUntilItIsBack() {
    BufferPools first = take(memory);
    List<ByteBuf> out = takeAll(first);
    assertFalse(memory.giveBack(first));
    BufferPools second = take(memory);
    assertNull(second.received().take(BLOCK_BYTES), "the same memory was given twice");
    out.forEach(ByteBuf::release);
    ByteBuf again = second.received().take(BLOCK_BYTES);
    assertNotNull(again);
    again.release();
    assertTrue(memory.giveBack(second));
  }

  @Test
  void whileTwoOpeningsMemoryIsOutThereIsNoThird() {
    ByteBuf[] out = new ByteBuf[FileSystemMemory.MAX_INCOMPLETE];
    for (int i = 0; i < out.length; i++) {
      BufferPools pools = take(memory);
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
