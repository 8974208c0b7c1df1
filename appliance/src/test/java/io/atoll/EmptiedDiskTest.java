package io.atoll;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.testing.EitherIo;
import io.atoll.ondisk.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that are filled by what is hardest to remove from a full one: content so small that it lies
 * in the index, which removing makes longer before it makes it shorter; and three file systems at
 * once. All must go, the space come back, and nothing be fenced.
 */
@EitherIo
@Tag("full")
class EmptiedDiskTest {
  private static final long MIB = 1 << 20;

  /** The most that lies in the index. */
  private static final int SMALL_BYTES = 2048;

  private static final int LARGE_BYTES = 1 << 20;

  /** Of the files of several file systems, one in so many is large. */
  private static final int LARGE_ONE_IN = 64;

  private static final int FILE_SYSTEMS = 3;

  /** What an index may keep of all that was in it. */
  private static final long KEPT_BYTES = 64 * MIB;

  @TempDir private Path folder;

  @BeforeEach
  void needsToMount() {
    SmallDisk.assumePossible();
  }

  @Test
  void aDiskFullOfSmallFilesIsEmptied() throws Exception {
    fillAndEmptyOne(960 * MIB);
  }

  @Test
  void aLargerDiskFullOfSmallFilesIsEmptied() throws Exception {
    fillAndEmptyOne(3 * 1024 * MIB);
  }

  private void fillAndEmptyOne(long diskBytes) throws Exception {
    Path data = folder.resolve("disk/data");
    try (SmallDisk disk = SmallDisk.make(folder, diskBytes);
        ScaleStore store = new ScaleStore(data)) {
      Filler filler = new Filler(store, number -> SMALL_BYTES);
      long files = filler.fill();
      tell(disk, files);
      filler.empty();
      awaitEmpty(filler);
      ScaleTest.await(
          () -> indexBytes(data) < KEPT_BYTES, () -> indexBytes(data) + " bytes of an empty index");
      long again = filler.fill();
      assertTrue(again > files / 2, again + " files fit again, and " + files + " did before");
    }
  }

  @Test
  void threeFileSystemsOnAFullDiskAreEmptied() throws Exception {
    try (SmallDisk disk = SmallDisk.make(folder, 2 * 1024 * MIB)) {
      List<ScaleStore> stores = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(FILE_SYSTEMS)) {
        List<Filler> fillers = new ArrayList<>();
        for (int i = 0; i < FILE_SYSTEMS; i++) {
          stores.add(new ScaleStore(disk.path().resolve("data" + i)));
          fillers.add(
              new Filler(
                  stores.getLast(),
                  number -> number % LARGE_ONE_IN == 0 ? LARGE_BYTES : SMALL_BYTES));
        }
        tell(disk, allAtOnce(threads, fillers, Filler::fill).stream().mapToLong(n -> n).sum());
        allAtOnce(
            threads,
            fillers,
            filler -> {
              filler.overwrite(SMALL_BYTES);
              filler.empty();
              return 0L;
            });
        for (Filler filler : fillers) {
          awaitEmpty(filler);
        }
        for (Filler filler : fillers) {
          ScaleTest.await(
              () -> filler.freeBytes() > 64 * MIB, () -> "no room: " + filler.freeBytes());
        }
        for (long again : allAtOnce(threads, fillers, Filler::fill)) {
          assertTrue(again > LARGE_ONE_IN, "only " + again + " files fit again");
        }
      } finally {
        stores.forEach(ScaleStore::close);
      }
    }
  }

  /** What is large is freed behind the answer. */
  private static void awaitEmpty(Filler filler) throws Exception {
    ScaleTest.await(() -> filler.objects() == 0, () -> filler.objects() + " objects are left");
  }

  private static List<Long> allAtOnce(ExecutorService threads, List<Filler> fillers, Task task)
      throws Exception {
    List<Callable<Long>> tasks = new ArrayList<>();
    fillers.forEach(filler -> tasks.add(() -> task.run(filler)));
    List<Long> results = new ArrayList<>();
    for (Future<Long> each : threads.invokeAll(tasks)) {
      results.add(each.get());
    }
    return results;
  }

  /** What is done with each file system. */
  private interface Task {
    long run(Filler filler) throws Exception;
  }

  private static void tell(SmallDisk disk, long files) throws IOException {
    System.out.printf(
        "full with %d files; %d MiB are left%n",
        files, Files.getFileStore(disk.path()).getUsableSpace() / MIB);
  }

  /** Of all tables. One that vanishes meanwhile has no length. */
  private static long indexBytes(Path data) throws IOException {
    long bytes = 0;
    try (Stream<Path> folders = Files.list(data)) {
      for (Path index : folders.map(each -> each.resolve("index")).toList()) {
        if (Files.isDirectory(index)) {
          try (Stream<Path> tables = Files.list(index)) {
            bytes += tables.mapToLong(table -> table.toFile().length()).sum();
          }
        }
      }
    }
    return bytes;
  }
}
