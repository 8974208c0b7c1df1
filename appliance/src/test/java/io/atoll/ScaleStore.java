package io.atoll;

import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystem;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.io.disk.IoCounters;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.index.IndexMemory;
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.volume.LogVolume;
import io.atoll.io.volume.VolumeRecovery;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A file system with all its parts as a node has them, without the network. */
final class ScaleStore implements AutoCloseable {
  static final long CACHE_BYTES = 64L << 20;

  /** As many clients' requests as are on their way at once. */
  private static final int IN_FLIGHT = 256;

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long WAIT_HOURS = 12;

  private final EngineRuntime runtime;
  private final VertxLoop loop;
  private final DataDirectory directory;
  private final LoopMemory memory;
  private final IndexMemory indexes = new IndexMemory(MemoryBounds.INDEX_BYTES);
  private final OpenFileSystem open;
  private LogVolume volume;

  ScaleStore(Path data) throws Exception {
    runtime = IoUnderTest.start(1, 2);
    loop = runtime.loops().getFirst();
    directory = DataDirectory.open(data);
    FileSystemFolder folder =
        FileSystemFolder.in(directory).stream()
            .findFirst()
            .orElseGet(() -> FileSystemFolder.of(directory, FileSystemFolder.freshId()));
    StorageFacts storage = StorageFacts.of(folder.path());
    memory = new LoopMemory(loop, runtime.workers(), CACHE_BYTES);
    open =
        onLoop(end ->
            OpenFileSystem.open(
                    runtime,
                    loop,
                    folder,
                    storage,
                    new FileSystemMemory(loop, memory),
                    indexes,
                    UnaryOperator.identity(),
                    FileLimits.HIGHEST,
                    (environment, options, opened) ->
                        LogVolume.open(
                            environment,
                            options,
                            (made, failure) -> {
                              volume = (LogVolume) made;
                              opened.opened(made, failure);
                            }),
                    () -> {})
                .onComplete(end::complete, end::completeExceptionally));
    loop.execute(fs()::graceEnded);
  }

  FileSystem fs() {
    return open.fileSystem();
  }

  VolumeRecovery recovery() {
    return open.recovery();
  }

  VertxLoop loop() {
    return loop;
  }

  ByteBuf buffer(int bytes) {
    return open.socketLoops().getLast().received().take(bytes);
  }

  IoCounters.Snapshot io() {
    return open.ioCounters().snapshot();
  }

  /** Gets and scans that the index was asked for. */
  long indexReads() throws Exception {
    return this.<Long>onLoop(end -> end.complete(volume.counters().indexReads()));
  }

  long indexFlushes() throws Exception {
    return this.<Long>onLoop(end -> end.complete(volume.counters().indexFlushes()));
  }

  /** Zeros that were written ahead of use. */
  long bytesPreWritten() throws Exception {
    return this.<Long>onLoop(end -> end.complete(volume.counters().bytesPreWritten()));
  }

  /** What {@code df} shows as used. */
  long usedBytes() throws Exception {
    FsStatistics facts = one((call, end) -> fs().statistics(call, end));
    return facts.totalBytes() - facts.freeBytes();
  }

  /** Runs one operation; its answer is durable. */
  <T> T one(Operation<T> operation) throws Exception {
    FsCall call = new FsCall(Principal.ROOT);
    return onLoop(end ->
        operation.start(
            call,
            (status, result) -> {
              if (status == FsStatus.OK) {
                fs().awaitDurable(
                        call.requiredSequence(), (durable, nothing) -> end.complete(result));
              } else {
                end.completeExceptionally(new AssertionError(status));
              }
            }));
  }

  /** Runs many, as many clients would; all their answers are durable then. */
  void many(long count, Numbered operation) throws Exception {
    this.<Void>onLoop(end -> new Pump(count, operation, end).run());
  }

  <T> T onLoop(Consumer<CompletableFuture<T>> step) throws Exception {
    CompletableFuture<T> end = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        step.accept(end);
      } catch (RuntimeException | Error e) {
        end.completeExceptionally(e);
      }
    });
    return end.get(WAIT_HOURS, TimeUnit.HOURS);
  }

  @Override
  public void close() {
    try {
      onLoop(end -> open.close().onComplete(closed -> end.complete(null)));
    } catch (Exception e) {
      throw new IllegalStateException("the file system does not close", e);
    }
    runtime.close();
    memory.close();
    indexes.close();
    directory.close();
  }

  /** Something that a client asks for. */
  interface Operation<T> {
    void start(FsCall call, FsCallback<T> end);
  }

  /** The same, of which there are many. */
  interface Numbered {
    void start(long number, FsCall call, Consumer<FsStatus> end);
  }

  /** Keeps many operations under way. On the loop. */
  private final class Pump {
    private final long count;
    private final Numbered operation;
    private final CompletableFuture<Void> end;
    private long started;
    private long ended;
    private long required;
    private boolean running;

    Pump(long count, Numbered operation, CompletableFuture<Void> end) {
      this.count = count;
      this.operation = operation;
      this.end = end;
    }

    void run() {
      if (running) {
        return; // an operation ended before its start returned
      }
      running = true;
      while (started < count && started - ended < IN_FLIGHT && !end.isDone()) {
        start(started++);
      }
      running = false;
      if (ended == count) {
        fs().awaitDurable(required, (status, nothing) -> end.complete(null));
      }
    }

    private void start(long number) {
      FsCall call = new FsCall(Principal.ROOT);
      operation.start(number, call, status -> ended(number, call, status));
    }

    private void ended(long number, FsCall call, FsStatus status) {
      if (status == FsStatus.DELAY) {
        loop.schedule(RETRY_NANOS, () -> start(number));
        return;
      }
      if (status != FsStatus.OK) {
        end.completeExceptionally(new AssertionError("operation " + number + ": " + status));
      }
      ended++;
      required = Math.max(required, call.requiredSequence());
      run();
    }
  }
}
