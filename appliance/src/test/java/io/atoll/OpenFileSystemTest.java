package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileSystem;
import io.atoll.fs.FsStatus;
import io.atoll.io.cache.GranuleMemory;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.IoCompletion;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a defect does to a file system's end, its files do not stay open unnoticed. */
@EitherIo
class OpenFileSystemTest {
  private static final int WAIT_SECONDS = 30;

  private final List<String> closed = new ArrayList<>();
  private final IllegalStateException defect = new IllegalStateException("a defect");
  private EngineRuntime runtime;
  private VertxLoop loop;
  private LoopMemory memory;

  @BeforeEach
  void start() throws Exception {
    runtime = IoUnderTest.start(1, 1);
    loop = runtime.loops().getFirst();
    memory = new LoopMemory(loop, runtime.workers(), GranuleMemory.MIN_BYTES);
  }

  @AfterEach
  void stop() {
    runtime.close();
    memory.close();
  }

  @Test
  void theVolumeOfAStoreThatThrowsIsClosed() throws Exception {
    OpenFileSystem open = open(volume(callback -> callback.done(VolumeStatus.FENCED)));
    Future<FsStatus> end = end(open);
    assertSame(defect, end.cause());
    assertEquals(List.of("volume", "disk"), closed);
    assertTrue(open.volumeClosed());
  }

  @Test
  void aVolumeThatThrowsIsKnownToBeOpen() throws Exception {
    OpenFileSystem open =
        open(
            volume(callback -> {
              throw defect;
            }));
    Future<FsStatus> end = end(open);
    assertTrue(end.failed());
    assertFalse(open.volumeClosed());
  }

  private OpenFileSystem open(Volume volume) throws Exception {
    Promise<OpenFileSystem> opened = Promise.promise();
    loop.execute(() ->
        memory
            .share(List.of())
            .map(pools ->
                new OpenFileSystem(
                    loop,
                    disk(),
                    LaneDisks.none(loop),
                    new FileSystemMemory(loop, memory),
                    pools,
                    volume,
                    throwingStore(),
                    () -> null,
                    false))
            .onComplete(opened));
    return await(opened.future()).result();
  }

  private Future<FsStatus> end(OpenFileSystem open) throws Exception {
    Promise<Future<FsStatus>> end = Promise.promise();
    loop.execute(() -> {
      Future<FsStatus> closing = open.close();
      closing.onComplete(ended -> end.complete(closing));
    });
    return await(end.future()).result();
  }

  private static <T> Future<T> await(Future<T> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    return future;
  }

  private FileSystem throwingStore() {
    return proxy(
        FileSystem.class,
        arguments -> {
          throw defect;
        });
  }

  private Volume volume(Consumer<Volume.StatusCallback> close) {
    return proxy(
        Volume.class,
        arguments -> {
          closed.add("volume");
          close.accept((Volume.StatusCallback) arguments[0]);
        });
  }

  private Disk disk() {
    return proxy(
        Disk.class,
        arguments -> {
          closed.add("disk");
          ((IoCompletion) arguments[0]).completed(0, 0);
        });
  }

  /** Of which only {@code close} is used. */
  private static <T> T proxy(Class<T> type, Consumer<Object[]> close) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              assertEquals("close", method.getName());
              close.accept(arguments);
              return null;
            }));
  }
}
