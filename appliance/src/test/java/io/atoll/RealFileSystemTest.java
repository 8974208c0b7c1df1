package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.CreateRequest;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.index.IndexMemory;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.testing.IoUnderTest;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file system with all its parts, on the real ring, log and index, and its operations one by one.
 */
abstract class RealFileSystemTest {
  static final int MIB = 1 << 20;
  static final int BLOCK_BYTES = 4096;

  private static final long CACHE_BYTES = 32L << 20;
  private static final long STEP_SECONDS = 60;

  /** Long enough for the pre-writer to have filled what it keeps ahead, and be still. */
  private static final int MAX_SETTLING_CHECKS = 2_000;

  private static final int SETTLED_CHECKS = 5;
  private static final long SETTLING_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  @TempDir private Path data;

  private EngineRuntime runtime;
  VertxLoop loop;
  private DataDirectory directory;
  private LoopMemory memory;
  private IndexMemory indexes;
  OpenFileSystem open;
  FileSystem fileSystem;

  @BeforeEach
  void start() throws Exception {
    runtime = IoUnderTest.start(1, 2);
    loop = runtime.loops().getFirst();
    directory = DataDirectory.open(data);
    FileSystemFolder folder =
        FileSystemFolder.in(directory).stream()
            .findFirst()
            .orElseGet(() -> FileSystemFolder.of(directory, FileSystemFolder.freshId()));
    StorageFacts storage = StorageFacts.of(folder.path());
    memory = new LoopMemory(loop, runtime.workers(), CACHE_BYTES);
    indexes = new IndexMemory(MemoryBounds.INDEX_BYTES);
    open =
        onLoop(end ->
            OpenFileSystem.open(
                    runtime,
                    loop,
                    folder,
                    storage,
                    new FileSystemMemory(loop, memory),
                    indexes,
                    () -> {})
                .onComplete(end::complete, end::completeExceptionally));
    fileSystem = open.fileSystem();
    settle();
  }

  @AfterEach
  void stop() throws Exception {
    close();
  }

  final void close() throws Exception {
    onLoop(end -> open.close().onComplete(end::complete, end::completeExceptionally));
    runtime.close();
    memory.close();
    indexes.close();
    directory.close();
  }

  /** Waits until nothing goes on in the background: the disk's counters stand still. */
  final void settle() throws Exception {
    IoCounters.Snapshot last = open.ioCounters().snapshot();
    int still = 0;
    for (int i = 0; i < MAX_SETTLING_CHECKS && still < SETTLED_CHECKS; i++) {
      onLoop(end -> loop.schedule(SETTLING_CHECK_NANOS, () -> end.complete(null)));
      IoCounters.Snapshot now = open.ioCounters().snapshot();
      still = now.equals(last) ? still + 1 : 0;
      last = now;
    }
    assertEquals(SETTLED_CHECKS, still, "the disk never came to rest");
  }

  final FileHandle create(String name) throws Exception {
    return this.<FileSystem.CreateResult>durably((call, callback) -> create(call, name, callback))
        .attributes()
        .handle();
  }

  private void create(FsCall call, String name, FsCallback<FileSystem.CreateResult> callback) {
    CreateRequest request =
        new CreateRequest(
            FileType.REGULAR, Disposition.GUARDED, new AttributeChanges(), 0, null, 0, 0);
    fileSystem.create(
        call, fileSystem.root(), name.getBytes(StandardCharsets.UTF_8), request, callback);
  }

  /** Begins to make so many files in one turn of the loop, and waits until all are durable. */
  final void createAtOnce(int files) throws Exception {
    this.<Void>onLoop(end -> {
      int[] left = {files};
      for (int i = 0; i < files; i++) {
        FsCall call = new FsCall(Principal.ROOT);
        create(
            call,
            "at-once-" + i,
            (status, result) -> {
              if (status != FsStatus.OK) {
                end.completeExceptionally(new AssertionError(status));
                return;
              }
              fileSystem.awaitDurable(
                  call.requiredSequence(),
                  (durable, nothing) -> {
                    if (--left[0] == 0) {
                      end.complete(null);
                    }
                  });
            });
      }
    });
  }

  final void write(FileHandle file, long offsetBytes, int bytes) throws Exception {
    write(file, offsetBytes, bytes, Stability.FILE_SYNC);
  }

  final void write(FileHandle file, long offsetBytes, int bytes, Stability stability)
      throws Exception {
    this.<FileSystem.WriteResult>durably((call, callback) -> {
      ByteBuf payload = open.socketLoops().getLast().received().take(bytes);
      payload.writeZero(bytes);
      fileSystem.write(call, file, false, offsetBytes, payload, stability, callback);
    });
  }

  final void commit(FileHandle file) throws Exception {
    this.<Void>durably((call, callback) -> fileSystem.commit(call, file, callback));
  }

  final void read(FileHandle file, long offsetBytes, int bytes) throws Exception {
    this.<Integer>durably((call, callback) ->
        fileSystem.read(
            call,
            file,
            false,
            offsetBytes,
            bytes,
            (status, result) -> {
              int count = status == FsStatus.OK ? result.bytes() : 0;
              if (status == FsStatus.OK) {
                result.release();
              }
              assertEquals(bytes, count);
              callback.done(status, count);
            }));
  }

  /** Runs an operation on the loop and waits until what it says is durable. */
  final <T> T durably(Operation<T> operation) throws Exception {
    FsCall call = new FsCall(Principal.ROOT);
    return onLoop(end ->
        operation.start(
            call,
            (status, result) -> {
              if (status != FsStatus.OK) {
                end.completeExceptionally(new AssertionError(status));
                return;
              }
              fileSystem.awaitDurable(
                  call.requiredSequence(), (durable, nothing) -> end.complete(result));
            }));
  }

  final <T> T onLoop(Consumer<CompletableFuture<T>> step) throws Exception {
    CompletableFuture<T> end = new CompletableFuture<>();
    loop.execute(() -> step.accept(end));
    return end.get(STEP_SECONDS, TimeUnit.SECONDS);
  }

  interface Operation<T> {
    void start(FsCall call, FsCallback<T> callback);
  }
}
