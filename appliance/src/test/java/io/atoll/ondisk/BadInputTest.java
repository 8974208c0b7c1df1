package io.atoll.ondisk;

import static io.atoll.ondisk.StoreOnDisk.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.atoll.fs.FileHandle;
import io.atoll.fs.FsStatus;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.OpenDescriptors;
import io.atoll.io.volume.VolumeOpenException;
import io.atoll.ondisk.StoreOnDisk.OperationFailed;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file of a data directory that is spoilt, missing, cut, another one's or unreadable: either the
 * store is refused, by the file's name and with nothing changed, or it opens and gives what was
 * written or an I/O error. Never anything else.
 */
@EitherIo
class BadInputTest {
  private static final int FILES = 30;
  private static final int REMOVED = 5;

  /** Each one in so many is written over. */
  private static final int OVERWRITTEN_EVERY = 3;

  /** Added to the seed of what is written over the first content. */
  private static final int AGAIN = 500;

  private static final int VERSION_BYTES = 4000;
  private static final int CHANGED_BYTES = 100_000;
  private static final int COPIES = 6;

  private static final int BLOCK_BYTES = 4096;
  private static final int WITHIN_BLOCK = 100;

  /** Of a manifest RocksDB does not tell where. */
  private static final Pattern WRONG_CHECKSUM =
      Pattern.compile("block checksum mismatch|does not match its checksum");

  private static final Pattern TABLE = Pattern.compile("index/0*([0-9]+)[.]sst");

  private static final Pattern OFFSET = Pattern.compile("offset [0-9]+");

  /** What messages name. */
  private static final List<String> STORED = List.of("superblock", "log/", "extents/", "index");

  @TempDir private static Path shared;
  private static Path stopped;
  private static Path crashed;
  private static Path other;

  @BeforeAll
  static void makeStores() throws Exception {
    stopped = shared.resolve("stopped");
    crashed = shared.resolve("crashed");
    other = shared.resolve("other");
    fill(stopped, 0, crashed);
    fill(other, 1000, null);
  }

  private static void fill(Path data, int seed, Path image) throws Exception {
    try (StoreOnDisk store = StoreOnDisk.open(data)) {
      fill(store, seed);
      if (image != null) {
        store.image(image);
      }
    }
  }

  /**
   * Files of which some have been written over, and names that are no more. The last group of the
   * log can't be told from one that a power cut tore (ADR 4): what it says nobody looks at.
   */
  private static void fill(StoreOnDisk store, int seed) throws Exception {
    store.directory("/d");
    for (int i = 0; i < FILES; i++) {
      FileHandle file = store.file("/d/f" + i, content(seed + i, i * 700));
      if (i % OVERWRITTEN_EVERY == 0) {
        store.write(file, 0, content(seed + AGAIN + i, i * 700));
      }
    }
    for (int i = 0; i < REMOVED; i++) {
      store.file("/d/r" + i, content(seed + i, i * 2000));
    }
    for (int i = 0; i < REMOVED; i++) {
      store.remove("/d/r" + i);
    }
    store.file("/last", content(seed, 100));
  }

  /** What a file has in the end. */
  private static byte[] written(int i) {
    return content(i % OVERWRITTEN_EVERY == 0 ? AGAIN + i : i, i * 700);
  }

  /** One way to spoil a file. */
  private interface Harm {
    void doTo(Path file) throws Exception;
  }

  private Map<String, Harm> harms(Path file) throws Exception {
    Map<String, Harm> harms = new TreeMap<>();
    long length = Files.size(file);
    for (long offset : new long[] {20, length / 2, inUse(file), length - 1}) {
      if (offset >= 0 && offset < length) {
        harms.put("bit flipped at " + offset, each -> Tree.flip(each, offset, 3));
      }
    }
    harms.put("missing", Files::delete);
    if (length > 0) {
      harms.put("empty", each -> Tree.truncate(each, 0));
      harms.put("cut in half", each -> Tree.truncate(each, length / 2));
      harms.put("zeros from end to end", each -> Tree.overwrite(each, Tree.ZEROS));
      harms.put("noise from end to end", each -> Tree.overwrite(each, new Random(1)::nextBytes));
    }
    harms.put(
        "a directory instead",
        each -> {
          Files.delete(each);
          Files.createDirectory(each);
        });
    Path others = other.resolve(stopped.relativize(sameIn(stopped, file)));
    if (Files.exists(others)) {
      harms.put(
          "another file system's",
          each -> {
            Files.delete(each);
            Files.copy(others, each);
          });
    }
    return harms;
  }

  /** In the middle one of the blocks that hold anything; -1 if none does. */
  private static long inUse(Path file) throws IOException {
    List<Long> used = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      byte[] block = new byte[BLOCK_BYTES];
      for (long offset = 0; in.readNBytes(block, 0, BLOCK_BYTES) > 0; offset += BLOCK_BYTES) {
        if (block[WITHIN_BLOCK] != 0) {
          used.add(offset + WITHIN_BLOCK);
        }
      }
    }
    return used.isEmpty() ? -1 : used.get(used.size() / 2);
  }

  private static Path sameIn(Path data, Path file) {
    Path root = file.startsWith(crashed) ? crashed : stopped;
    return data.resolve(root.relativize(file));
  }

  @TestFactory
  List<DynamicTest> aStoppedStore() throws Exception {
    return tests(stopped);
  }

  @TestFactory
  List<DynamicTest> aCrashedStore() throws Exception {
    return tests(crashed);
  }

  private List<DynamicTest> tests(Path data) throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : Tree.files(data, "fs-")) {
      String name = StoreOnDisk.folder(data).relativize(file).toString();
      if (name.matches("index/(LOG|LOCK|OPTIONS|IDENTITY).*")) {
        continue; // RocksDB makes these anew
      }
      for (Map.Entry<String, Harm> harm : harms(file).entrySet()) {
        Path copy = shared.resolve("case" + tests.size());
        tests.add(
            DynamicTest.dynamicTest(
                name + ": " + harm.getKey(),
                () -> {
                  Tree.remove(copy);
                  Tree.copy(data, copy);
                  harm.getValue().doTo(copy.resolve(data.relativize(file)));
                  check(copy, name, 0);
                  assertClosed(copy);
                  Tree.remove(copy);
                }));
      }
    }
    return tests;
  }

  /**
   * Copies of a store that goes on being written to, file by file, as {@code cp} makes them: no
   * moment of the store, and files may have gone while others were copied.
   */
  @TestFactory
  List<DynamicTest> aStoreThatWasCopiedWhileRunning() throws Exception {
    Path running = shared.resolve("running");
    List<Path> copies = new ArrayList<>();
    int changed;
    try (StoreOnDisk store = StoreOnDisk.open(running)) {
      fill(store, 0);
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Integer> changes =
          CompletableFuture.supplyAsync(() -> changeUntil(enough, store));
      while (copies.size() < COPIES) {
        Path copy = shared.resolve("copy" + copies.size());
        Tree.copyWhatIsThere(running, copy);
        copies.add(copy);
      }
      enough.set(true);
      changed = changes.get();
      assertTrue(changed > 0, "nothing was changed meanwhile");
    }
    return copies.stream()
        .map(copy ->
            DynamicTest.dynamicTest(
                copy.getFileName().toString(),
                () -> {
                  check(copy, "", changed);
                  assertClosed(copy);
                  Tree.remove(copy);
                }))
        .toList();
  }

  private static int changeUntil(AtomicBoolean enough, StoreOnDisk store) {
    int changes = 0;
    try {
      FileHandle versions = store.file("/versions", new byte[0]);
      for (; !enough.get(); changes++) {
        store.write(versions, 0, content(changes, VERSION_BYTES));
        store.file("/g" + changes, content(changes, CHANGED_BYTES));
        if (changes % 3 > 0) {
          store.remove("/g" + (changes - 1));
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException("change " + changes, e);
    }
    return changes;
  }

  /**
   * @param name of the file that was spoilt; empty if any may have been
   * @param changes how many rounds of {@link #changeUntil} there were
   */
  private static void check(Path data, String name, int changes) throws Exception {
    Map<String, String> before = withoutIndexLogs(data);
    LoggedLines log = new LoggedLines("io.atoll");
    try (log;
        StoreOnDisk store = StoreOnDisk.open(data)) {
      int unreadable = assertNothingWrong(store);
      assertOnlyWhatWasWritten(store, changes);
      if (unreadable > 0 && !name.isEmpty()) {
        assertNames(name, log.lines());
      }
    } catch (ExecutionException refused) {
      String message = String.valueOf(refused.getCause().getMessage());
      assertTrue(
          refused.getCause() instanceof VolumeOpenException
              || refused.getCause() instanceof OperationFailed,
          () -> "a defect: " + refused.getCause());
      assertTrue(
          !(refused.getCause() instanceof VolumeOpenException failure)
              || failure.reason() == VolumeOpenException.Reason.DAMAGE,
          () -> "is not called damage: " + message);
      // What the namespace refuses, the log names; its status does not.
      assertNames(
          name, refused.getCause() instanceof OperationFailed ? log.lines() : List.of(message));
      // What the log says may have come into the index, as a table more.
      Map<String, String> after = withoutIndexLogs(data);
      after.keySet().removeIf(file -> file.endsWith(".sst") && !before.containsKey(file));
      assertEquals(before, after, "the refused store was changed");
    }
  }

  /** Some line names the file, and if a checksum was wrong, where in it. */
  private static void assertNames(String name, List<String> told) {
    List<String> names = name.isEmpty() ? STORED : namesTold(name);
    assertTrue(
        told.stream()
            .filter(line -> names.stream().anyMatch(line::contains))
            .anyMatch(line -> !WRONG_CHECKSUM.matcher(line).find() || OFFSET.matcher(line).find()),
        () -> "does not name " + name + ": " + told);
  }

  /** RocksDB does not always tell a path: it may say "CURRENT file" and "table file 8". */
  private static List<String> namesTold(String name) {
    Matcher table = TABLE.matcher(name);
    if (table.matches()) {
      return List.of(name, "table file " + table.group(1) + ".");
    }
    return name.equals("index/CURRENT") ? List.of(name, "CURRENT file") : List.of(name);
  }

  /** Whoever was refused, or has closed, holds no file any more: it can be opened again. */
  private static void assertClosed(Path data) throws Exception {
    assertEquals(List.of(), OpenDescriptors.below(data));
  }

  /** Without what RocksDB writes whenever it is opened: of its files, tables hold what counts. */
  private static Map<String, String> withoutIndexLogs(Path data) throws Exception {
    Map<String, String> all = Tree.fingerprint(data);
    all.keySet().removeIf(file -> file.contains("/index/") && !file.endsWith(".sst"));
    return all;
  }

  /** How many were answered by an I/O error. */
  private static int assertNothingWrong(StoreOnDisk store) throws Exception {
    int unreadable = 0;
    for (int i = 0; i < FILES; i++) {
      byte[] found = read(store, "/d/f" + i);
      if (found != null) {
        assertArrayEquals(written(i), found, "/d/f" + i);
      } else {
        unreadable++;
      }
    }
    for (int i = 0; i < REMOVED; i++) {
      String path = "/d/r" + i;
      OperationFailed failed = failure(() -> store.find(path), path + " is there again");
      assertTrue(
          failed.status() == FsStatus.NOT_FOUND || failed.status() == FsStatus.IO_ERROR,
          () -> path + " " + failed);
      if (failed.status() == FsStatus.IO_ERROR) {
        unreadable++;
      }
    }
    return unreadable;
  }

  /** Of what changed while it was copied: nothing that was never there. */
  private static void assertOnlyWhatWasWritten(StoreOnDisk store, int changes) throws Exception {
    for (int i = 0; i <= changes; i++) {
      byte[] found = readIfThere(store, "/g" + i);
      if (found != null) {
        byte[] whole = content(i, CHANGED_BYTES);
        assertArrayEquals(Arrays.copyOf(whole, found.length), found, "/g" + i);
      }
    }
    byte[] version = readIfThere(store, "/versions");
    assertTrue(
        version == null
            || version.length == 0
            || IntStream.rangeClosed(0, changes)
                .anyMatch(i -> Arrays.equals(content(i, VERSION_BYTES), version)),
        "a version that was never written");
  }

  /** Null if it ends with an I/O error. */
  private static byte[] read(StoreOnDisk store, String path) throws Exception {
    return read(store, path, Set.of(FsStatus.IO_ERROR));
  }

  /** Null if there is none, too. */
  private static byte[] readIfThere(StoreOnDisk store, String path) throws Exception {
    return read(store, path, Set.of(FsStatus.IO_ERROR, FsStatus.NOT_FOUND));
  }

  private static byte[] read(StoreOnDisk store, String path, Set<FsStatus> allowed)
      throws Exception {
    try {
      return store.read(path);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof OperationFailed failed) || !allowed.contains(failed.status())) {
        fail(path, e);
      }
      return null;
    }
  }

  private static OperationFailed failure(Executable operation, String otherwise) {
    ExecutionException e = assertThrows(ExecutionException.class, operation, otherwise);
    return assertInstanceOf(OperationFailed.class, e.getCause());
  }
}
