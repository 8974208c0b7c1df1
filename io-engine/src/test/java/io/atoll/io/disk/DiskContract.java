package io.atoll.io.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.disk.Disk.OpenMode;
import io.atoll.io.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Disk} keeps to. A subclass gives the loop, the disk, and a way to wait. */
public abstract class DiskContract {

  private static final int BLOCK = 4096;

  private final AlignedBufferPool pool =
      new AlignedBufferPool(2L * AlignedBufferPool.SLAB_BYTES, true);
  private final List<ByteBuf> taken = new ArrayList<>();
  private Disk disk;
  private boolean closed;

  /** The loop that the disk is bound to. */
  protected abstract Loop loop();

  /** Called on the loop: opens a disk that is empty. */
  protected abstract void openDisk(OpenedDisk opened);

  /** Waits for {@code future}, within a bound, while the loop runs. */
  protected abstract <T> T await(CompletableFuture<T> future);

  @BeforeEach
  void open() {
    CompletableFuture<Disk> opening = new CompletableFuture<>();
    loop()
        .execute(() ->
            openDisk((opened, result) -> {
              assertEquals(0, result);
              opening.complete(opened);
            }));
    disk = await(opening);
  }

  @AfterEach
  void close() {
    if (!closed) {
      assertEquals(0, closeDisk());
    }
    taken.forEach(ByteBuf::release);
    pool.close();
  }

  @Test
  void whatIsWrittenIsRead() {
    DiskFile file = create("data");
    ByteBuf written = filled(3 * BLOCK, 7);
    assertEquals(3 * BLOCK, write(file, written, 0, 3 * BLOCK, BLOCK));
    ByteBuf read = empty(3 * BLOCK);
    assertEquals(3 * BLOCK, read(file, read, 0, 3 * BLOCK, BLOCK));
    assertEquals(written, read.writerIndex(3 * BLOCK));
    assertEquals(4 * BLOCK, file.lengthBytes());
  }

  @Test
  void aPartOfABufferIsWrittenAndRead() {
    DiskFile file = create("data");
    ByteBuf written = filled(4 * BLOCK, 3);
    assertEquals(BLOCK, write(file, written, 2 * BLOCK, BLOCK, 0));
    ByteBuf read = filled(3 * BLOCK, 90);
    ByteBuf before = read.copy();
    taken.add(before);
    assertEquals(BLOCK, read(file, read, BLOCK, BLOCK, 0));
    assertEquals(before.slice(0, BLOCK), read.slice(0, BLOCK));
    assertEquals(written.slice(2 * BLOCK, BLOCK), read.slice(BLOCK, BLOCK));
    assertEquals(before.slice(2 * BLOCK, BLOCK), read.slice(2 * BLOCK, BLOCK));
    assertEquals(0, read.readerIndex());
    assertEquals(3 * BLOCK, read.writerIndex());
  }

  @Test
  void readingIsShortAtTheEndOfTheFile() {
    DiskFile file = create("data");
    write(file, filled(BLOCK, 1), 0, BLOCK, 0);
    assertEquals(BLOCK, read(file, empty(4 * BLOCK), 0, 4 * BLOCK, 0));
    assertEquals(0, read(file, empty(BLOCK), 0, BLOCK, 8 * BLOCK));
  }

  @Test
  void whatWasNeverWrittenReadsAsZero() {
    DiskFile file = create("data");
    write(file, filled(BLOCK, 1), 0, BLOCK, 2 * BLOCK);
    ByteBuf read = filled(2 * BLOCK, 1);
    assertEquals(2 * BLOCK, read(file, read, 0, 2 * BLOCK, 0));
    assertZero(read, 0, 2 * BLOCK);
  }

  @Test
  void durableWritesAreReadToo() {
    DiskFile file = create("data");
    ByteBuf written = filled(BLOCK, 5);
    assertEquals(BLOCK, result(done -> file.writeDurably(written, 0, BLOCK, 0, done, 0)));
    ByteBuf read = empty(BLOCK);
    assertEquals(BLOCK, read(file, read, 0, BLOCK, 0));
    assertEquals(written, read.writerIndex(BLOCK));
  }

  @Test
  void vectorsLieOneAfterTheOther() {
    DiskFile file = create("data");
    ByteBuf[] parts = new ByteBuf[Disk.MAX_VECTOR_BUFFERS];
    int total = 0;
    for (int i = 0; i < parts.length; i++) {
      int length = (1 + i % 3) * BLOCK;
      parts[i] = filled(length + BLOCK, i).skipBytes(BLOCK);
      total += length;
    }
    int length = total;
    assertEquals(length, result(done -> file.writeVectored(parts, parts.length, BLOCK, done, 0)));
    ByteBuf read = empty(length);
    assertEquals(length, read(file, read, 0, length, BLOCK));
    int at = 0;
    for (ByteBuf part : parts) {
      assertEquals(part, read.slice(at, part.readableBytes()));
      at += part.readableBytes();
    }
    assertEquals(BLOCK + length, file.lengthBytes());
  }

  @Test
  void vectoredReadFillsEachBufferBetweenItsIndices() {
    DiskFile file = create("data");
    ByteBuf written = filled(6 * BLOCK, 1);
    write(file, written, 0, 6 * BLOCK, 0);
    ByteBuf first = empty(4 * BLOCK).setIndex(BLOCK, 3 * BLOCK);
    ByteBuf second = empty(BLOCK).setIndex(0, BLOCK);
    ByteBuf behindTheEnd = empty(4 * BLOCK).setIndex(0, 4 * BLOCK);
    ByteBuf[] parts = {first, second, behindTheEnd};
    assertEquals(3 * BLOCK, result(done -> file.readVectored(parts, 2, BLOCK, done, 0)));
    assertEquals(written.slice(BLOCK, 2 * BLOCK), first);
    assertEquals(written.slice(3 * BLOCK, BLOCK), second);
    assertEquals(0, first.getLong(0), "what lies before a reader index is left alone");
    assertEquals(5 * BLOCK, result(done -> file.readVectored(parts, 3, BLOCK, done, 0)));
    assertEquals(written.slice(4 * BLOCK, 2 * BLOCK), behindTheEnd.slice(0, 2 * BLOCK));
  }

  @Test
  void vectorsMayChangeOnceTheCallHasReturned() {
    DiskFile file = create("data");
    ByteBuf first = filled(BLOCK, 1);
    ByteBuf second = filled(BLOCK, 2);
    CompletableFuture<Integer> done = new CompletableFuture<>();
    loop()
        .execute(() -> {
          ByteBuf[] parts = {first, second};
          file.writeVectored(parts, 2, 0, (cookie, result) -> done.complete(result), 0);
          parts[0] = null;
          first.readerIndex(BLOCK);
        });
    assertEquals(2 * BLOCK, await(done));
  }

  @Test
  void whatIsNotAlignedIsRefused() {
    DiskFile file = create("data");
    int part = disk.alignmentBytes() / 2;
    ByteBuf buffer = filled(2 * BLOCK, 1);
    assertEquals(-Errno.EINVAL, write(file, buffer, 0, BLOCK, part));
    assertEquals(-Errno.EINVAL, write(file, buffer, 0, part, 0));
    assertEquals(-Errno.EINVAL, write(file, buffer, part, BLOCK, 0));
    assertEquals(-Errno.EINVAL, read(file, buffer, part, BLOCK, 0));
    assertEquals(-Errno.EINVAL, result(done -> file.writeDurably(buffer, part, BLOCK, 0, done, 0)));
    ByteBuf[] parts = {buffer, filled(BLOCK, 2).writerIndex(part)};
    assertEquals(-Errno.EINVAL, result(done -> file.writeVectored(parts, 2, 0, done, 0)));
    assertEquals(-Errno.EINVAL, result(done -> file.readVectored(parts, 2, 0, done, 0)));
    assertEquals(0, file.lengthBytes());
  }

  @Test
  void whatIsOutOfRangeIsABug() {
    DiskFile file = create("data");
    ByteBuf buffer = filled(BLOCK, 1);
    IoCompletion none = (cookie, result) -> {};
    assertBug(() -> file.write(buffer, BLOCK, BLOCK, 0, none, 0));
    assertBug(() -> file.read(buffer, -BLOCK, BLOCK, 0, none, 0));
    assertBug(() -> file.read(buffer, 0, 0, 0, none, 0));
    assertBug(() -> file.write(buffer, 0, BLOCK, -BLOCK, none, 0));
    assertBug(() -> file.writeVectored(new ByteBuf[0], 0, 0, none, 0));
    assertBug(() -> file.readVectored(new ByteBuf[0], 0, 0, none, 0));
    assertBug(() ->
        file.writeVectored(
            new ByteBuf[Disk.MAX_VECTOR_BUFFERS + 1], Disk.MAX_VECTOR_BUFFERS + 1, 0, none, 0));
    assertBug(() -> file.allocate(0, 0, none, 0));
    assertBug(() -> file.punch(-1, BLOCK, none, 0));
    assertBug(() -> disk.open("../data", OpenMode.EXISTING, (opened, result) -> {}));
    assertBug(() -> disk.open("/data", OpenMode.CREATE_NEW, (opened, result) -> {}));
    assertBug(() -> disk.remove("", none, 0));
  }

  @Test
  void openingFindsWhatExistsAndOnlyThat() {
    assertEquals(-Errno.ENOENT, openResult("data", OpenMode.EXISTING));
    assertEquals(-Errno.ENOENT, openResult("folder/data", OpenMode.EXISTING));
    DiskFile file = create("data");
    write(file, filled(BLOCK, 1), 0, BLOCK, 0);
    assertEquals(-Errno.EEXIST, openResult("data", OpenMode.CREATE_NEW));
    assertEquals(0, closeFile(file));
    assertEquals(BLOCK, openFile("data", OpenMode.EXISTING).lengthBytes());
  }

  @Test
  void creatingMakesMissingFolders() {
    assertEquals(0, closeFile(create("a/b/c/data")));
    create("a/b/more");
    assertEquals(0, openResult("a/b/c/data", OpenMode.EXISTING));
  }

  @Test
  void renamingReplaces() {
    DiskFile first = create("first");
    write(first, filled(BLOCK, 1), 0, BLOCK, 0);
    assertEquals(0, closeFile(first));
    create("folder/second");
    assertEquals(0, result(done -> disk.rename("first", "folder/second", done, 0)));
    assertEquals(-Errno.ENOENT, openResult("first", OpenMode.EXISTING));
    assertEquals(BLOCK, openFile("folder/second", OpenMode.EXISTING).lengthBytes());
    assertEquals(-Errno.ENOENT, result(done -> disk.rename("first", "third", done, 0)));
  }

  @Test
  void removingForgetsTheNameAndKeepsTheOpenFile() {
    DiskFile file = create("data");
    assertEquals(0, result(done -> disk.remove("data", done, 0)));
    assertEquals(-Errno.ENOENT, openResult("data", OpenMode.EXISTING));
    assertEquals(-Errno.ENOENT, result(done -> disk.remove("data", done, 0)));
    assertEquals(BLOCK, write(file, filled(BLOCK, 1), 0, BLOCK, 0));
  }

  @Test
  void allocatedSpaceReadsAsZeroAndKeepsData() {
    DiskFile file = create("data");
    ByteBuf written = filled(BLOCK, 1);
    write(file, written, 0, BLOCK, 0);
    assertEquals(0, result(done -> file.allocate(0, 16 * BLOCK, done, 0)));
    assertEquals(16 * BLOCK, file.lengthBytes());
    ByteBuf read = filled(16 * BLOCK, 1);
    assertEquals(16 * BLOCK, read(file, read, 0, 16 * BLOCK, 0));
    assertEquals(written, read.slice(0, BLOCK));
    assertZero(read, BLOCK, 15 * BLOCK);
  }

  @Test
  void punchedSpaceReadsAsZeroAndTheLengthStays() {
    DiskFile file = create("data");
    ByteBuf written = filled(4 * BLOCK, 1);
    write(file, written, 0, 4 * BLOCK, 0);
    assertEquals(0, result(done -> file.punch(BLOCK, 2 * BLOCK, done, 0)));
    assertEquals(0, result(done -> file.punch(8 * BLOCK, BLOCK, done, 0)));
    assertEquals(4 * BLOCK, file.lengthBytes());
    ByteBuf read = empty(4 * BLOCK);
    assertEquals(4 * BLOCK, read(file, read, 0, 4 * BLOCK, 0));
    assertEquals(written.slice(0, BLOCK), read.slice(0, BLOCK));
    assertZero(read, BLOCK, 2 * BLOCK);
    assertEquals(written.slice(3 * BLOCK, BLOCK), read.slice(3 * BLOCK, BLOCK));
  }

  @Test
  void beyondTheBoundInFlightOperationsQueue() {
    DiskFile file = create("data");
    int count = 5 * Disk.MAX_FILE_OPERATIONS_IN_FLIGHT;
    ByteBuf written = filled(count * BLOCK, 1);
    List<CompletableFuture<Integer>> ends = new ArrayList<>();
    onLoop(() -> {
      for (int i = 0; i < count; i++) {
        CompletableFuture<Integer> end = new CompletableFuture<>();
        ends.add(end);
        file.write(
            written,
            i * BLOCK,
            BLOCK,
            (long) i * BLOCK,
            (cookie, result) -> end.complete(result),
            0);
      }
    });
    for (CompletableFuture<Integer> end : ends) {
      assertEquals(BLOCK, await(end));
    }
    ByteBuf read = empty(count * BLOCK);
    assertEquals(count * BLOCK, read(file, read, 0, count * BLOCK, 0));
    assertEquals(written, read.writerIndex(count * BLOCK));
  }

  @Test
  void beyondTheBoundQueuedOperationsAreRefused() {
    DiskFile file = create("data");
    ByteBuf buffer = empty(BLOCK);
    int[] ends = new int[2];
    CompletableFuture<Void> all = new CompletableFuture<>();
    IoCompletion done =
        (cookie, result) -> {
          assertTrue(result == 0 || result == -Errno.EAGAIN, "result " + result);
          ends[result == 0 ? 0 : 1]++;
          if (ends[0] + ends[1] == Disk.MAX_DISK_OPERATIONS + 10) {
            all.complete(null);
          }
        };
    onLoop(() -> {
      for (int i = 0; i < Disk.MAX_DISK_OPERATIONS + 10; i++) {
        file.read(buffer, 0, BLOCK, 0, done, i);
      }
    });
    await(all);
    assertEquals(Disk.MAX_DISK_OPERATIONS, ends[0]);
    assertEquals(10, ends[1]);
    assertEquals(BLOCK, write(file, buffer, 0, BLOCK, 0), "there is room again");
  }

  @Test
  void syncsAndDurableWritesAreNotRefusedWhereOthersAre() {
    DiskFile file = create("data");
    ByteBuf buffer = filled(BLOCK, 1);
    List<Integer> ends = new ArrayList<>();
    CompletableFuture<Integer> refused = new CompletableFuture<>();
    CompletableFuture<Integer> written = new CompletableFuture<>();
    CompletableFuture<Integer> synced = new CompletableFuture<>();
    onLoop(() -> {
      for (int i = 0; i < Disk.MAX_DISK_OPERATIONS; i++) {
        file.read(buffer, 0, BLOCK, BLOCK, (cookie, result) -> ends.add(result), i);
      }
      file.write(buffer, 0, BLOCK, 0, (cookie, result) -> refused.complete(result), 0);
      file.writeDurably(buffer, 0, BLOCK, 0, (cookie, result) -> written.complete(result), 0);
      file.dataSync((cookie, result) -> synced.complete(result), 0);
    });
    assertEquals(-Errno.EAGAIN, await(refused));
    assertEquals(BLOCK, await(written));
    assertEquals(0, await(synced));
    assertEquals(0, closeFile(file));
    assertEquals(Disk.MAX_DISK_OPERATIONS, ends.size());
  }

  @Test
  void syncsHaveABoundOfTheirOwn() {
    DiskFile file = create("data");
    List<Integer> ends = new ArrayList<>();
    onLoop(() -> {
      for (int i = 0; i < Disk.MAX_DISK_SYNCS + 3; i++) {
        file.dataSync((cookie, result) -> ends.add(result), i);
      }
    });
    assertEquals(0, closeFile(file));
    assertEquals(Disk.MAX_DISK_SYNCS, ends.stream().filter(end -> end == 0).count());
    assertEquals(3, ends.stream().filter(end -> end == -Errno.EAGAIN).count());
  }

  @Test
  void noCompletionComesBeforeTheCallReturns() {
    DiskFile file = create("data");
    ByteBuf buffer = filled(BLOCK, 1);
    List<String> order = new ArrayList<>();
    CompletableFuture<Void> both = new CompletableFuture<>();
    onLoop(() -> {
      file.write(buffer, 0, BLOCK, 1, (cookie, result) -> order.add("refused"), 0);
      file.write(
          buffer,
          0,
          BLOCK,
          0,
          (cookie, result) -> {
            order.add("written");
            loop().execute(() -> both.complete(null));
          },
          0);
      order.add("returned");
    });
    await(both);
    assertEquals("returned", order.getFirst());
    assertEquals(3, order.size());
  }

  @Test
  void cookiesComeBack() {
    DiskFile file = create("data");
    CompletableFuture<Long> cookie = new CompletableFuture<>();
    onLoop(() -> file.dataSync((given, result) -> cookie.complete(given), Long.MIN_VALUE + 3));
    assertEquals(Long.MIN_VALUE + 3, await(cookie));
  }

  @Test
  void aCompletionThatThrowsHarmsNoOther() {
    DiskFile file = create("data");
    ByteBuf buffer = filled(BLOCK, 1);
    CompletableFuture<Integer> second = new CompletableFuture<>();
    onLoop(() -> {
      file.write(
          buffer,
          0,
          BLOCK,
          0,
          (cookie, result) -> {
            throw new IllegalStateException("thrown by a test, on purpose");
          },
          0);
      file.write(buffer, 0, BLOCK, BLOCK, (cookie, result) -> second.complete(result), 0);
    });
    assertEquals(BLOCK, await(second));
    assertEquals(0, closeFile(file));
  }

  @Test
  void closingAFileWaitsForWhatIsInFlightAndQueued() {
    DiskFile file = create("data");
    int count = 3 * Disk.MAX_FILE_OPERATIONS_IN_FLIGHT;
    ByteBuf buffer = filled(BLOCK, 1);
    List<Integer> results = new ArrayList<>();
    CompletableFuture<Integer> end = new CompletableFuture<>();
    onLoop(() -> {
      for (int i = 0; i < count; i++) {
        file.write(buffer, 0, BLOCK, (long) i * BLOCK, (cookie, result) -> results.add(result), 0);
      }
      file.close((cookie, result) -> end.complete(result), 0);
    });
    assertEquals(0, await(end));
    assertEquals(count, results.size());
    assertTrue(results.stream().allMatch(result -> result == BLOCK), results::toString);
    assertBug(() -> file.dataSync((cookie, result) -> {}, 0));
    assertBug(() -> file.close((cookie, result) -> {}, 0));
  }

  @Test
  void closingTheDiskClosesItsFilesAndWaitsForThem() {
    DiskFile idle = create("idle");
    DiskFile busy = create("busy");
    ByteBuf buffer = filled(BLOCK, 1);
    List<Integer> results = new ArrayList<>();
    CompletableFuture<Integer> end = new CompletableFuture<>();
    onLoop(() -> {
      for (int i = 0; i < 2 * Disk.MAX_FILE_OPERATIONS_IN_FLIGHT; i++) {
        busy.write(buffer, 0, BLOCK, 0, (cookie, result) -> results.add(result), 0);
      }
      disk.open("late", OpenMode.CREATE_NEW, (file, result) -> results.add(BLOCK));
      disk.close((cookie, result) -> end.complete(result), 0);
      closed = true;
    });
    assertEquals(0, await(end));
    assertEquals(2 * Disk.MAX_FILE_OPERATIONS_IN_FLIGHT + 1, results.size());
    assertTrue(results.stream().allMatch(result -> result == BLOCK), results::toString);
    assertBug(() -> idle.dataSync((cookie, result) -> {}, 0));
    assertBug(() -> disk.open("more", OpenMode.CREATE_NEW, (file, result) -> {}));
  }

  @Test
  void eachOperationIsCountedOnce() {
    DiskFile file = create("data");
    ByteBuf buffer = filled(4 * BLOCK, 1);
    IoCounters.Snapshot before = disk.counters().snapshot();
    write(file, buffer, 0, 4 * BLOCK, 0);
    result(done -> file.writeVectored(new ByteBuf[] {buffer, buffer}, 2, 0, done, 0));
    result(done -> file.writeDurably(buffer, 0, BLOCK, 0, done, 0));
    read(file, buffer, 0, 2 * BLOCK, 0);
    result(done -> file.dataSync(done, 0));
    result(done -> file.allocate(0, BLOCK, done, 0));
    result(done -> file.punch(0, BLOCK, done, 0));
    create("another");
    write(file, buffer, 0, BLOCK, 1);
    IoCounters.Snapshot counted = disk.counters().snapshot().since(before);
    assertEquals(new IoCounters.Snapshot(1, 2 * BLOCK, 2, 1, 13 * BLOCK, 1, 2, 1, 1), counted);
    assertEquals(2, counted.flushes());
  }

  // --- shorthand ---

  private DiskFile create(String name) {
    return openFile(name, OpenMode.CREATE_NEW);
  }

  private DiskFile openFile(String name, OpenMode mode) {
    CompletableFuture<DiskFile> opening = new CompletableFuture<>();
    onLoop(() ->
        disk.open(
            name,
            mode,
            (file, result) -> {
              if (result == 0) {
                opening.complete(file);
              } else {
                opening.completeExceptionally(new AssertionError(name + " not opened: " + result));
              }
            }));
    DiskFile file = await(opening);
    assertNotNull(file);
    return file;
  }

  private int openResult(String name, OpenMode mode) {
    CompletableFuture<Integer> opening = new CompletableFuture<>();
    onLoop(() -> disk.open(name, mode, (file, result) -> opening.complete(result)));
    return await(opening);
  }

  private int write(DiskFile file, ByteBuf buffer, int index, int length, long offset) {
    return result(done -> file.write(buffer, index, length, offset, done, 0));
  }

  private int read(DiskFile file, ByteBuf buffer, int index, int length, long offset) {
    return result(done -> file.read(buffer, index, length, offset, done, 0));
  }

  private int closeFile(DiskFile file) {
    return result(done -> file.close(done, 0));
  }

  private int closeDisk() {
    return result(done -> disk.close(done, 0));
  }

  private int result(Consumer<IoCompletion> operation) {
    CompletableFuture<Integer> end = new CompletableFuture<>();
    onLoop(() ->
        operation.accept((cookie, result) -> {
          assertFalse(end.isDone(), "completed twice");
          end.complete(result);
        }));
    return await(end);
  }

  private void onLoop(Runnable task) {
    call(() -> {
      task.run();
      return null;
    });
  }

  private void assertBug(Runnable call) {
    Throwable thrown = this.<Throwable>call(() -> assertThrows(RuntimeException.class, call::run));
    assertTrue(
        thrown instanceof IllegalArgumentException
            || thrown instanceof IllegalStateException
            || thrown instanceof IndexOutOfBoundsException,
        thrown::toString);
  }

  private <T> T call(Supplier<T> call) {
    CompletableFuture<T> called = new CompletableFuture<>();
    loop()
        .execute(() -> {
          try {
            called.complete(call.get());
          } catch (Throwable t) {
            called.completeExceptionally(t);
          }
        });
    return await(called);
  }

  private ByteBuf filled(int bytes, int seed) {
    ByteBuf buffer = empty(bytes);
    for (int i = 0; i < bytes; i += Long.BYTES) {
      buffer.writeLong((i + 1L) * 0x9E3779B97F4A7C15L + seed);
    }
    return buffer;
  }

  private ByteBuf empty(int bytes) {
    ByteBuf buffer = pool.take(bytes);
    taken.add(buffer);
    return buffer;
  }

  private static void assertZero(ByteBuf buffer, int index, int length) {
    for (int i = index; i < index + length; i++) {
      assertEquals(0, buffer.getByte(i), "byte " + i);
    }
  }
}
