package io.atoll.io.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.Disk.OpenMode;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.testing.OpenDescriptors;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingShutdownTest {

  private static final int MIB = 1 << 20;

  /** More than go to the kernel at once, so that some are queued. */
  private static final int OPERATIONS = Disk.MAX_FILE_OPERATIONS_IN_FLIGHT + 20;

  @TempDir private Path directory;

  @Test
  void everyOperationEndsOnceWhenTheLoopShutsDownUnderIt() throws Exception {
    ConcurrentLinkedQueue<Integer> results = new ConcurrentLinkedQueue<>();
    CountDownLatch submitted = new CountDownLatch(1);
    AlignedBufferPool pool = new AlignedBufferPool(AlignedBufferPool.SLAB_BYTES);
    ByteBuf buffer = pool.take(MIB).writeZero(MIB);
    EngineRuntime runtime = IoUnderTest.start(IoMode.URING, 1, 1);
    VertxLoop loop = runtime.loops().getFirst();
    StorageFacts facts = StorageFacts.of(directory);
    loop.execute(() ->
        runtime.openDisk(
            loop,
            facts,
            (disk, result) ->
                disk.open(
                    "data",
                    OpenMode.CREATE_NEW,
                    (file, opened) -> {
                      for (int i = 0; i < OPERATIONS; i++) {
                        file.write(
                            buffer, 0, MIB, (long) i * MIB, (cookie, end) -> results.add(end), i);
                      }
                      submitted.countDown();
                    })));
    assertTrue(submitted.await(60, TimeUnit.SECONDS));
    runtime.close();
    assertEquals(OPERATIONS, results.size());
    List<Integer> odd =
        results.stream().filter(end -> end != MIB && end != -Errno.ECANCELED).toList();
    assertEquals(List.of(), odd);
    assertEquals(List.of(), OpenDescriptors.below(directory));
    buffer.release();
    pool.close();
  }
}
