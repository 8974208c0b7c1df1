package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.index.Index;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The volume on a real disk's ring with RocksDB, all parts as the appliance has them. */
@EitherIo
class RealVolumeTest {

  private static final long WAIT_SECONDS = 60;
  private static final long MIB = 1024 * 1024;
  private static final int MANY_UNITS = 80;
  private static final int FULL_LOG_VALUE_BYTES = 2000;

  /** More does not fit, as segments' ends stay empty; all segments are there then. */
  private static final int FULL_LOG_PERCENT = 95;

  private static final VolumeOptions OPTIONS =
      new VolumeOptions(MIB, 4, (int) MIB / 2, 16 * MIB, 4 * MIB, 1024 * MIB, MIB, MIB, 4 * MIB);

  private static EngineRuntime runtime;
  private static AlignedBufferPool pool;
  @TempDir private Path directory;
  private Disk disk;
  private LogVolume volume;
  private final AtomicInteger openIndexes = new AtomicInteger();
  private volatile int openIndexesAtEnd;

  /** While it is not null and not down, the index does not flush. */
  private volatile CountDownLatch heldFlushes;

  @BeforeAll
  static void start() throws Exception {
    runtime = IoUnderTest.start(1, 2);
    pool = new AlignedBufferPool(4L * AlignedBufferPool.SLAB_BYTES, true);
  }

  @AfterAll
  static void stop() {
    runtime.close();
    pool.close();
  }

  @AfterEach
  void close() {
    if (volume != null) {
      closeVolume();
    }
  }

  @Test
  void closedVolumeComesBackWithoutReplay() throws Exception {
    open(directory.resolve("v"));
    fill(300);
    long incarnation = volume.incarnation();
    long appended = call(done -> done.complete(volume.appendedSequence()));
    closeVolume();
    open(directory.resolve("v"));
    long recovered = call(done -> done.complete(volume.appendedSequence()));
    assertEquals(appended, recovered);
    assertTrue(volume.incarnation() > incarnation);
    verify(300);
    assertEquals(VolumeStatus.OK, verifyBlocks());
  }

  @Test
  void imageOfARunningVolumeIsReplayed() throws Exception {
    open(directory.resolve("v"));
    fill(500);
    Path image = directory.resolve("image");
    copy(directory.resolve("v"), image);
    closeVolume();
    open(image);
    verify(500);
    assertEquals(VolumeStatus.OK, verifyBlocks());
  }

  /** Whoever tries again at once finds nothing open or locked. */
  @Test
  void aRefusedOpeningHasClosedItsIndexWhenItEnds() throws Exception {
    Path folder = directory.resolve("v");
    open(folder);
    fill(10);
    closeVolume();
    Path segment = folder.resolve("log/0000");
    Files.write(segment, new byte[(int) Files.size(segment)]);
    for (int attempt = 0; attempt < 3; attempt++) {
      ExecutionException refused = assertThrows(ExecutionException.class, () -> open(folder));
      assertTrue(refused.getCause().getMessage().contains("the end of the log is lost"));
      assertEquals(0, openIndexesAtEnd);
      closeDisk();
    }
  }

  @Test
  void logComesRoundManyTimes() throws Exception {
    open(directory.resolve("v"));
    byte[] value = new byte[200_000];
    for (int round = 0; round < 120; round++) {
      value[0] = (byte) round;
      byte[] written = value.clone();
      byte[] key = key(round % 7);
      VolumeStatus status =
          call(done ->
              volume.awaitRoom(room -> {
                long sequence = volume.append(volume.newMutation().put(key, written));
                volume.awaitCommit(sequence, done::complete);
              }));
      assertEquals(VolumeStatus.OK, status);
    }
    assertTrue(volume.counters().indexFlushes() > 0, "the log was never cut");
    closeVolume();
    open(directory.resolve("v"));
    byte[] last = get(key(119 % 7));
    assertEquals((byte) 119, last[0]);
  }

  @Test
  void aLogThatIsFullIsReplayedWhole() throws Exception {
    replayFullLog(OPTIONS);
  }

  @Test
  @Tag("full")
  void aLogAsLongAsAServersIsReplayedWhole() throws Exception {
    replayFullLog(VolumeOptions.defaults());
  }

  /**
   * The most that a start can have to do: a log at its bound, and an index that knows none of it.
   */
  private void replayFullLog(VolumeOptions options) throws Exception {
    Path folder = directory.resolve("v");
    open(folder, options);
    fill(50);
    closeVolume();
    Path index = folder.resolve("index");
    Path image = directory.resolve("image");
    copy(index, image.resolve("index"));
    open(folder, options);
    assertEquals(0, volume.recovery().records());
    heldFlushes = new CountDownLatch(1);
    try {
      long bound = options.maxLogSegments() * options.logSegmentBytes();
      int records = 50;
      int batch = (int) (options.logSegmentBytes() / 64 / FULL_LOG_VALUE_BYTES);
      while (volume.counters().logBytes() < bound * FULL_LOG_PERCENT / 100) {
        append(records, batch);
        records += batch;
      }
      copy(folder, image, file -> !file.startsWith(index));
      heldFlushes.countDown();
      closeVolume();
      open(image, options);
      System.out.printf(
          "a log of %d MiB: replayed %d records in %d ms%n",
          bound / MIB, volume.recovery().records(), volume.recovery().nanos() / 1_000_000);
      assertEquals(records - 50, volume.recovery().records());
      for (int i = 50; i < records; i += 97) {
        assertArrayEquals(fullLogValue(i), get(key(i)));
      }
      assertEquals(VolumeStatus.OK, verifyBlocks());
    } finally {
      heldFlushes.countDown();
    }
  }

  private void append(int first, int count) throws Exception {
    VolumeStatus status =
        call(done -> {
          long sequence = 0;
          for (int i = first; i < first + count; i++) {
            sequence = volume.append(volume.newMutation().put(key(i), fullLogValue(i)));
          }
          volume.awaitCommit(sequence, done::complete);
        });
    assertEquals(VolumeStatus.OK, status);
  }

  private static byte[] fullLogValue(int number) {
    byte[] value = new byte[FULL_LOG_VALUE_BYTES];
    Arrays.fill(value, (byte) (number * 31));
    return value;
  }

  @Test
  void spaceThatStaysFreeGoesBackToTheDisk() throws Exception {
    Path folder = directory.resolve("v");
    open(folder, OPTIONS.punchingAfter(TimeUnit.MILLISECONDS.toNanos(50)));
    List<BlockRun> runs = new ArrayList<>();
    for (int i = 0; i < MANY_UNITS; i++) {
      runs.add(writeUnit());
    }
    final long full = allocatedBytes(folder);
    assertTrue(full >= MANY_UNITS * MIB, "the folder takes " + full);
    VolumeStatus freed =
        call(done -> {
          Volume.Mutation mutation = volume.newMutation();
          runs.forEach(mutation::freed);
          volume.awaitCommit(volume.append(mutation), done::complete);
        });
    assertEquals(VolumeStatus.OK, freed);
    long goal = full - MANY_UNITS * MIB + 2 * OPTIONS.growStepBytes();
    long givenUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (allocatedBytes(folder) > goal && System.nanoTime() < givenUpAt) {
      Thread.onSpinWait();
    }
    assertTrue(allocatedBytes(folder) <= goal, "of " + full + " bytes too many are still taken");
    closeVolume();
    open(folder);
    for (int i = 0; i < MANY_UNITS; i++) {
      writeUnit();
    }
    assertTrue(volume.counters().unitsRefilled() > 0, "no hole is reused");
    assertTrue(allocatedBytes(folder) <= full + 2 * OPTIONS.growStepBytes());
  }

  /** Writes 1 MiB of blocks, waiting for space. */
  private BlockRun writeUnit() throws Exception {
    int blocks = (int) (MIB / Volume.BLOCK_BYTES);
    this.<VolumeStatus>call(
        done -> volume.awaitSpace(blocks, Volume.AllocationClass.DATA, done::complete));
    return call(done -> {
      BlockRun run = volume.allocate(blocks, Volume.AllocationClass.DATA).getFirst();
      ByteBuf data = volume.buffer(blocks * Volume.BLOCK_BYTES);
      volume.writeBlocks(
          run,
          data,
          0,
          written -> {
            int[] crcs = new int[blocks];
            new BlockChecksums().ofBlocks(data, 0, blocks, crcs, 0);
            data.release();
            Volume.Mutation mutation = volume.newMutation().allocated(run, crcs, 0);
            volume.awaitCommit(volume.append(mutation), status -> done.complete(run));
          });
    });
  }

  /** What {@code du} says. */
  private static long allocatedBytes(Path folder) throws Exception {
    Process du =
        new ProcessBuilder("du", "-s", "--block-size=1", folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String line = new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    du.waitFor();
    return Long.parseLong(line.substring(0, line.indexOf('	')));
  }

  private void fill(int records) throws Exception {
    for (int i = 0; i < records; i += 50) {
      int from = i;
      VolumeStatus status =
          call(done -> {
            long sequence = 0;
            for (int each = from; each < from + 50; each++) {
              sequence =
                  volume.append(
                      volume.newMutation().put(key(each), value(each)).delete(key(each + 5000)));
            }
            volume.awaitCommit(sequence, done::complete);
          });
      assertEquals(VolumeStatus.OK, status);
    }
    assertEquals(VolumeStatus.OK, writeBlocks());
  }

  private void verify(int records) throws Exception {
    for (int i = 0; i < records; i += 7) {
      assertArrayEquals(value(i), get(key(i)));
    }
    List<Volume.Entry> entries =
        call(done -> volume.scan(key(0), key(records), 4096, (s, found) -> done.complete(found)));
    assertEquals(records, entries.size());
    assertArrayEquals(key(3), entries.get(3).key());
  }

  /** Writes 300 blocks and stores where they are. */
  private VolumeStatus writeBlocks() throws Exception {
    return call(done -> {
      List<BlockRun> runs = volume.allocate(300, Volume.AllocationClass.DATA);
      assertEquals(1, runs.size());
      ByteBuf data = volume.buffer(300 * Volume.BLOCK_BYTES);
      int[] crcs = new int[300];
      for (int i = 0; i < data.capacity() / 8; i++) {
        data.setLong(i * 8, i * 0x9e3779b97f4a7c15L);
      }
      new BlockChecksums().ofBlocks(data, 0, 300, crcs, 0);
      volume.writeBlocks(
          runs.getFirst(),
          data,
          0,
          status -> {
            data.release();
            Volume.Mutation mutation = volume.newMutation();
            mutation.allocated(runs.getFirst(), crcs, 0);
            mutation.put(key(-1), encode(runs.getFirst(), crcs));
            volume.awaitCommit(volume.append(mutation), done::complete);
          });
    });
  }

  private VolumeStatus verifyBlocks() throws Exception {
    byte[] place = get(key(-1));
    assertNotNull(place);
    java.nio.ByteBuffer in = java.nio.ByteBuffer.wrap(place);
    BlockRun run = new BlockRun(in.getLong(), in.getInt());
    int[] crcs = new int[run.blocks()];
    for (int i = 0; i < crcs.length; i++) {
      crcs[i] = in.getInt();
    }
    return call(done -> {
      ByteBuf into = volume.buffer(run.blocks() * Volume.BLOCK_BYTES);
      volume.readBlocks(
          run,
          crcs,
          0,
          into,
          0,
          status -> {
            into.release();
            done.complete(status);
          });
    });
  }

  private static byte[] encode(BlockRun run, int[] crcs) {
    java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(12 + 4 * crcs.length);
    out.putLong(run.address()).putInt(run.blocks());
    for (int crc : crcs) {
      out.putInt(crc);
    }
    return out.array();
  }

  private byte[] get(byte[] key) throws Exception {
    return call(done -> volume.get(key, (status, value) -> done.complete(value)));
  }

  private static byte[] key(int number) {
    return String.format("key %08d", number).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] value(int number) {
    return ("value " + number * 31).repeat(1 + number % 9).getBytes(StandardCharsets.ISO_8859_1);
  }

  private void open(Path folder) throws Exception {
    open(folder, OPTIONS);
  }

  private void open(Path folder, VolumeOptions options) throws Exception {
    Files.createDirectories(folder);
    StorageFacts facts = StorageFacts.of(folder);
    disk =
        call(done ->
            runtime.openDisk(
                runtime.loops().getFirst(),
                facts,
                (opened, result) -> {
                  assertEquals(0, result);
                  done.complete(opened);
                }));
    VolumeEnvironment environment =
        new VolumeEnvironment(
            runtime.loops().getFirst(),
            runtime.workers(),
            runtime.checkpointWorkers(),
            disk,
            fresh -> counted(RocksDbIndex.open(folder.resolve("index"), fresh, 16 * MIB)),
            pool::take,
            () -> folder.toFile().getUsableSpace(),
            facts.overwritesInPlace(),
            RandomGenerator.getDefault());
    Volume opened =
        call(done ->
            LogVolume.open(
                environment,
                options,
                (made, failure) -> {
                  openIndexesAtEnd = openIndexes.get();
                  if (failure == null) {
                    done.complete(made);
                  } else {
                    done.completeExceptionally(failure);
                  }
                }));
    volume = (LogVolume) opened;
  }

  private void closeVolume() {
    try {
      assertEquals(VolumeStatus.OK, this.<VolumeStatus>call(done -> volume.close(done::complete)));
      closeDisk();
    } catch (Exception e) {
      throw new AssertionError("cannot close", e);
    }
    volume = null;
  }

  private void closeDisk() throws Exception {
    assertEquals(
        0, this.<Integer>call(done -> disk.close((cookie, result) -> done.complete(result), 0)));
  }

  private Index counted(Index index) {
    openIndexes.incrementAndGet();
    return (Index)
        Proxy.newProxyInstance(
            Index.class.getClassLoader(),
            new Class<?>[] {Index.class},
            (self, method, arguments) -> {
              try {
                if (method.getName().equals("flush") && heldFlushes != null) {
                  heldFlushes.await();
                }
                return method.invoke(index, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              } finally {
                if (method.getName().equals("close")) {
                  openIndexes.decrementAndGet();
                }
              }
            });
  }

  private <T> T call(Consumer<CompletableFuture<T>> task) throws Exception {
    CompletableFuture<T> future = new CompletableFuture<>();
    runtime
        .loops()
        .getFirst()
        .execute(() -> {
          try {
            task.accept(future);
          } catch (Throwable e) {
            future.completeExceptionally(e);
          }
        });
    return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static void copy(Path from, Path to) throws IOException {
    copy(from, to, file -> true);
  }

  private static void copy(Path from, Path to, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(wanted).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!file.getFileName().toString().equals("LOCK")) {
          Files.copy(file, target);
        }
      }
    }
  }
}
