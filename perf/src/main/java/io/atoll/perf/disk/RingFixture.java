package io.atoll.perf.disk;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.Disk.OpenMode;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.IoMode;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One loop with a disk on its ring, and blocking calls on it for the benchmark's own thread. */
final class RingFixture implements AutoCloseable {

  private static final int CHUNK_BYTES = 1 << 20;
  private static final long WAIT_SECONDS = 300;

  private final EngineRuntime runtime;
  private final StorageFacts facts;
  private final Disk disk;
  private final AlignedBufferPool pool = new AlignedBufferPool(8L * AlignedBufferPool.SLAB_BYTES);

  RingFixture(Path directory) throws Exception {
    runtime = EngineRuntime.start(IoMode.URING, 1, 1);
    facts = StorageFacts.of(directory);
    CompletableFuture<Disk> opening = new CompletableFuture<>();
    loop()
        .execute(() ->
            runtime.openDisk(
                loop(),
                facts,
                (opened, result) -> {
                  if (result < 0) {
                    opening.completeExceptionally(failure("opening " + directory, result));
                  } else {
                    opening.complete(opened);
                  }
                }));
    disk = await(opening);
  }

  VertxLoop loop() {
    return runtime.loops().getFirst();
  }

  Disk disk() {
    return disk;
  }

  StorageFacts facts() {
    return facts;
  }

  /** A buffer with random contents, readable as a whole. */
  ByteBuf buffer(int bytes) {
    ByteBuf buffer = pool.take(bytes);
    byte[] random = new byte[bytes];
    new Random(bytes).nextBytes(random);
    return buffer.writeBytes(random);
  }

  /** A new file in place of what had its name. */
  DiskFile create(String name) throws Exception {
    CompletableFuture<Integer> removed = new CompletableFuture<>();
    loop().execute(() -> disk.remove(name, (cookie, result) -> removed.complete(result), 0));
    int result = await(removed);
    if (result < 0 && result != -Errno.ENOENT) {
      throw failure("removing " + name, result);
    }
    CompletableFuture<DiskFile> opening = new CompletableFuture<>();
    loop()
        .execute(() ->
            disk.open(
                name,
                OpenMode.CREATE_NEW,
                (file, errno) -> {
                  if (errno < 0) {
                    opening.completeExceptionally(failure("creating " + name, errno));
                  } else {
                    opening.complete(file);
                  }
                }));
    return await(opening);
  }

  /** A new file, written once from end to end and synced. */
  DiskFile createWritten(String name, long bytes) throws Exception {
    DiskFile file = create(name);
    result(done -> file.allocate(0, bytes, done, 0));
    ByteBuf chunk = buffer(CHUNK_BYTES);
    for (long at = 0; at < bytes; at += CHUNK_BYTES) {
      long offset = at;
      result(done -> file.write(chunk, 0, CHUNK_BYTES, offset, done, 0));
    }
    chunk.release();
    result(done -> file.dataSync(done, 0));
    return file;
  }

  /** A new file of allocated space that was never written. */
  DiskFile createAllocated(String name, long bytes) throws Exception {
    DiskFile file = create(name);
    result(done -> file.allocate(0, bytes, done, 0));
    result(done -> file.dataSync(done, 0));
    return file;
  }

  void closeFile(DiskFile file) throws Exception {
    result(done -> file.close(done, 0));
  }

  /** Starts {@code operation} on the loop and waits for its end, which must be good. */
  int result(Consumer<IoCompletion> operation) throws Exception {
    CompletableFuture<Integer> end = new CompletableFuture<>();
    loop().execute(() -> operation.accept((cookie, result) -> end.complete(result)));
    int result = await(end);
    if (result < 0) {
      throw failure("a disk operation", result);
    }
    return result;
  }

  <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static IllegalStateException failure(String what, int result) {
    return new IllegalStateException(what + " failed with errno " + -result);
  }

  @Override
  public void close() {
    try {
      result(done -> disk.close(done, 0));
    } catch (Exception e) {
      throw new IllegalStateException("the disk could not be closed", e);
    } finally {
      runtime.close();
    }
    pool.close();
  }
}
