package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.IoMode;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What durable operations ask of the disk, on the real ring, log and index: writes and flushes,
 * counted. A change that costs one more of either fails here, whatever the clock says.
 */
class DurableCostTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCK_BYTES = 4096;
  private static final long STEP_SECONDS = 60;

  /** Long enough for the pre-writer to have filled what it keeps ahead, and be still. */
  private static final int MAX_SETTLING_CHECKS = 2_000;

  private static final int SETTLED_CHECKS = 5;
  private static final long SETTLING_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int STREAM_MEBIBYTES = 16;

  /** One of the write that reserves, one of the commit. */
  private static final int STREAM_FLUSHES = 2;

  /** A record that nobody waits for is committed by itself after this, however slow the machine. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final double MAX_STREAM_AMPLIFICATION = 1.05;
  private static final double MAX_RANDOM_AMPLIFICATION = 3.0;
  private static final int RANDOM_WRITES = 1_000;

  @TempDir private Path data;

  private static final long CACHE_BYTES = 32L << 20;
  private static final int STREAM_BYTES = 64 * MIB;
  private static final int STREAM_READ_BYTES = 64 * 1024;

  /** One for each MiB, and some until the stream is known and at its end. */
  private static final long STREAM_DISK_READS = STREAM_BYTES / MIB + 8;

  private static final int RANDOM_READS = 500;

  private EngineRuntime runtime;
  private VertxLoop loop;
  private DataDirectory directory;
  private OpenFileSystem open;
  private FileSystem fileSystem;

  @BeforeEach
  void start() throws Exception {
    runtime = EngineRuntime.start(IoMode.URING, 1, 2);
    loop = runtime.loops().getFirst();
    directory = DataDirectory.open(data);
    FileSystemFolder folder = FileSystemFolder.in(directory);
    StorageFacts storage = StorageFacts.of(folder.path());
    open =
        onLoop(end ->
            OpenFileSystem.open(runtime, loop, folder, storage, CACHE_BYTES, () -> {})
                .onComplete(end::complete, end::completeExceptionally));
    fileSystem = open.fileSystem();
    settle();
  }

  @AfterEach
  void stop() throws Exception {
    close();
  }

  private void close() throws Exception {
    onLoop(end -> open.close().onComplete(closed -> end.complete(null)));
    runtime.close();
    directory.close();
  }

  @Test
  void aDurableCreateIsOneLogWrite() throws Exception {
    create("first"); // reserves a run of inode numbers
    IoCounters.Snapshot cost = costOf(() -> create("second"));
    assertEquals(1, cost.durableWrites(), cost.toString());
    assertEquals(0, cost.writes(), cost.toString());
    assertEquals(0, cost.dataSyncs(), cost.toString());
    assertEquals(BLOCK_BYTES, cost.writtenBytes(), cost.toString());
  }

  @Test
  void aFileSyncWriteOfABlockIsOneDataWriteAndOneLogWrite() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    IoCounters.Snapshot cost = costOf(() -> write(file, 0, BLOCK_BYTES));
    assertEquals(1, cost.writes(), cost.toString());
    assertEquals(1, cost.durableWrites(), cost.toString());
    assertEquals(0, cost.dataSyncs(), cost.toString());
    assertEquals(0, cost.reads(), cost.toString());
  }

  @Test
  void aMebibyteIsOneDataWriteAndOneLogWrite() throws Exception {
    FileHandle file = create("file");
    write(file, 0, BLOCK_BYTES);
    IoCounters.Snapshot cost = costOf(() -> write(file, 0, MIB));
    assertEquals(1, cost.writes(), cost.toString());
    assertEquals(1, cost.durableWrites(), cost.toString());
    assertEquals(0, cost.dataSyncs(), cost.toString());
    assertTrue(cost.writtenBytes() <= MIB + 4 * BLOCK_BYTES, cost.toString());
  }

  @Test
  void aStreamOfUnstableMebibytesIsTwoFlushesWithItsCommit() throws Exception {
    FileHandle file = create("file");
    stream(file);
    commit(file);
    FileHandle other = create("other");
    long begin = System.nanoTime();
    IoCounters.Snapshot cost =
        costOf(() -> {
          stream(other);
          commit(other);
        });
    long lingered = (System.nanoTime() - begin) / LINGER_NANOS;
    assertTrue(cost.durableWrites() <= STREAM_FLUSHES + lingered, cost.toString());
    System.out.println("16 unstable MiB and a commit: " + cost);
  }

  @Test
  void anUnstableWriteIsNotFlushedForItsAnswer() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB, Stability.UNSTABLE);
    long begin = System.nanoTime();
    IoCounters.Snapshot cost = costOf(() -> write(file, 0, MIB, Stability.UNSTABLE));
    long lingered = (System.nanoTime() - begin) / LINGER_NANOS;
    assertTrue(cost.durableWrites() <= lingered, cost.toString());
  }

  /** With log, index and an orderly end, as the kernel counts it for the process. */
  @Test
  void aStreamWritesLittleMoreThanItsPayload() throws Exception {
    FileHandle file = create("file");
    for (int pass = 0; pass < 3; pass++) {
      stream(file);
      commit(file);
    }
    settle();
    long before = bytesWrittenByProcess();
    int passes = 4;
    for (int pass = 0; pass < passes; pass++) {
      stream(file);
      commit(file);
    }
    close();
    double amplification =
        (bytesWrittenByProcess() - before) / (double) (passes * STREAM_MEBIBYTES * MIB);
    System.out.println("bytes written for a byte of a 1 MiB stream: " + amplification);
    assertTrue(amplification <= MAX_STREAM_AMPLIFICATION, "amplification " + amplification);
    start();
  }

  @Test
  void durableWritesOfABlockAtRandomWriteAtMostThreeTimesAsMuch() throws Exception {
    FileHandle file = create("file");
    for (int pass = 0; pass < 3; pass++) {
      stream(file);
      commit(file);
    }
    settle();
    Random random = new Random(1);
    long before = bytesWrittenByProcess();
    for (int i = 0; i < RANDOM_WRITES; i++) {
      int block = random.nextInt(STREAM_MEBIBYTES * MIB / BLOCK_BYTES);
      write(file, (long) block * BLOCK_BYTES, BLOCK_BYTES);
    }
    close();
    double amplification =
        (bytesWrittenByProcess() - before) / (double) (RANDOM_WRITES * BLOCK_BYTES);
    System.out.println("bytes written for a byte of a random block: " + amplification);
    assertTrue(amplification <= MAX_RANDOM_AMPLIFICATION, "amplification " + amplification);
    start();
  }

  private static long bytesWrittenByProcess() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
      if (line.startsWith("write_bytes: ")) {
        return Long.parseLong(line.substring("write_bytes: ".length()));
      }
    }
    throw new AssertionError("the kernel does not count what the process writes");
  }

  private void stream(FileHandle file) throws Exception {
    for (int i = 0; i < STREAM_MEBIBYTES; i++) {
      write(file, (long) i * MIB, MIB, Stability.UNSTABLE);
    }
  }

  private void commit(FileHandle file) throws Exception {
    this.<Void>durably((call, callback) -> fileSystem.commit(call, file, callback));
  }

  @Test
  void aSmallFileRidesInItsRecord() throws Exception {
    FileHandle file = create("file");
    IoCounters.Snapshot cost = costOf(() -> write(file, 0, 100));
    assertEquals(0, cost.writes(), cost.toString());
    assertEquals(1, cost.durableWrites(), cost.toString());
  }

  @Test
  void aReadIsOneDiskRead() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    IoCounters.Snapshot cost = costOf(() -> read(file, 0, MIB));
    assertEquals(1, cost.reads(), cost.toString());
    assertEquals(0, cost.flushes(), cost.toString());
  }

  @Test
  void anUnalignedReadOfAMebibyteIsOneDiskRead() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    write(file, MIB, BLOCK_BYTES);
    IoCounters.Snapshot cost = costOf(() -> read(file, 100, MIB));
    assertTrue(cost.reads() <= 2, cost.toString());
    assertEquals(MIB + BLOCK_BYTES, cost.readBytes(), cost.toString());
  }

  @Test
  void aReadOfWhatWasReadIsNoDiskRead() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    read(file, 0, MIB);
    assertEquals(0, costOf(() -> read(file, 0, MIB)).reads());
    assertEquals(0, costOf(() -> read(file, 12_345, BLOCK_BYTES)).reads());
  }

  @Test
  void aReadOfABlockReadsNothingElse() throws Exception {
    FileHandle file = create("file");
    write(file, 0, MIB);
    IoCounters.Snapshot cost = costOf(() -> read(file, 50 * BLOCK_BYTES, BLOCK_BYTES));
    assertEquals(1, cost.reads(), cost.toString());
    assertEquals(BLOCK_BYTES, cost.readBytes(), cost.toString());
  }

  @Test
  void aSequentialStreamIsReadByTheMebibyte() throws Exception {
    FileHandle file = create("file");
    for (int at = 0; at < STREAM_BYTES; at += MIB) {
      write(file, at, MIB);
    }
    IoCounters.Snapshot cost =
        costOf(() -> {
          for (int at = 0; at < STREAM_BYTES; at += STREAM_READ_BYTES) {
            read(file, at, STREAM_READ_BYTES);
          }
        });
    assertTrue(cost.reads() <= STREAM_DISK_READS, cost.toString());
    assertEquals(STREAM_BYTES, cost.readBytes(), "nothing is read twice: " + cost);
  }

  @Test
  void randomReadsReadNothingAhead() throws Exception {
    FileHandle file = create("file");
    for (int at = 0; at < 8 * MIB; at += MIB) {
      write(file, at, MIB);
    }
    IoCounters.Snapshot cost =
        costOf(() -> {
          for (int i = 0; i < RANDOM_READS; i++) {
            // Each block once, far from the one before.
            read(file, (i * 613L % (8 * MIB / BLOCK_BYTES)) * BLOCK_BYTES, BLOCK_BYTES);
          }
        });
    assertEquals(RANDOM_READS, cost.reads(), cost.toString());
    assertEquals((long) RANDOM_READS * BLOCK_BYTES, cost.readBytes(), cost.toString());
  }

  private IoCounters.Snapshot costOf(Step step) throws Exception {
    settle();
    IoCounters.Snapshot before = open.ioCounters().snapshot();
    step.run();
    return open.ioCounters().snapshot().since(before);
  }

  /** Waits until nothing goes on in the background: the disk's counters stand still. */
  private void settle() throws Exception {
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

  private FileHandle create(String name) throws Exception {
    CreateRequest request =
        new CreateRequest(
            FileType.REGULAR, Disposition.GUARDED, new AttributeChanges(), 0, null, 0, 0);
    return this.<FileSystem.CreateResult>durably((call, callback) ->
            fileSystem.create(
                call, fileSystem.root(), name.getBytes(StandardCharsets.UTF_8), request, callback))
        .attributes()
        .handle();
  }

  private void write(FileHandle file, long offsetBytes, int bytes) throws Exception {
    write(file, offsetBytes, bytes, Stability.FILE_SYNC);
  }

  private void write(FileHandle file, long offsetBytes, int bytes, Stability stability)
      throws Exception {
    this.<FileSystem.WriteResult>durably((call, callback) -> {
      ByteBuf payload = open.receiveBuffers().take(bytes);
      payload.writeZero(bytes);
      fileSystem.write(call, file, false, offsetBytes, payload, stability, callback);
    });
  }

  private void read(FileHandle file, long offsetBytes, int bytes) throws Exception {
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
  private <T> T durably(Operation<T> operation) throws Exception {
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

  private <T> T onLoop(Consumer<CompletableFuture<T>> step) throws Exception {
    CompletableFuture<T> end = new CompletableFuture<>();
    loop.execute(() -> step.accept(end));
    return end.get(STEP_SECONDS, TimeUnit.SECONDS);
  }

  private interface Step {
    void run() throws Exception;
  }

  private interface Operation<T> {
    void start(FsCall call, FsCallback<T> callback);
  }
}
