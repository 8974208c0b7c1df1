package io.atoll.fs.salvage;

import static io.atoll.ondisk.StoreOnDisk.content;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.OfflineCheck;
import io.atoll.OfflineSalvage;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Quota;
import io.atoll.fs.QuotaLimits;
import io.atoll.fs.format.StoredChunk;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Findings;
import io.atoll.io.index.Index;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.volume.IndexKeys;
import io.atoll.ondisk.StoreOnDisk;
import io.atoll.ondisk.StoreOnDisk.OperationFailed;
import io.atoll.ondisk.Tree;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is broken, what is whole is kept, what is lost is named, and nothing wrong is read. */
@EitherIo
class SalvageTest {
  private static final int FILES = 60;
  private static final long INDEX_MEMORY_BYTES = 16L << 20;

  @TempDir private static Path shared;
  @TempDir private Path own;
  private static Path stopped;
  private static Path crashed;
  private static long big;
  private static long directory;
  private static Quota quota;
  private Path data;
  private List<Finding> lost;

  @BeforeAll
  static void makeStores() throws Exception {
    stopped = shared.resolve("stopped");
    crashed = shared.resolve("crashed");
    try (StoreOnDisk store = StoreOnDisk.open(stopped)) {
      directory = store.directory("/d").inode();
      big = store.file("/d/big", content(-1, 700_000)).inode();
      store.file("/d/linked", content(-2, 5000));
      store.link("/d/linked", "/second name");
      store.symlink("/s", "d/big");
      for (int i = 0; i < FILES; i++) {
        store.file("/d/f" + i, content(i, i * 150));
      }
      store.limit("/d", new QuotaLimits(100_000_000, 1000));
      store.limit("/", new QuotaLimits(QuotaLimits.NONE, 2000));
      quota = store.quota("/d");
      store.image(crashed);
    }
  }

  @BeforeEach
  void choosePlace() {
    data = own.resolve("data");
  }

  private Path folder() {
    return StoreOnDisk.folder(data);
  }

  /** Salvages, holds the result against the rules and the damaged one against what it was. */
  private StoreOnDisk salvage() throws Exception {
    lost = new ArrayList<>();
    Path target = own.resolve("new");
    Map<String, String> before = Tree.fingerprint(data);
    try (OfflineSalvage salvage = new OfflineSalvage(data, target, own, IoUnderTest.mode())) {
      salvage.salvage(folder(), new Findings(lost::add));
      assertFalse(Files.exists(StoreOnDisk.folder(target)), "not checked yet");
      assertFalse(OfflineSalvage.isFinished(target));
      assertTrue(salvage.finish(new Findings(each -> {})));
      assertTrue(OfflineSalvage.isFinished(target));
    }
    assertEquals(before, Tree.fingerprint(data), "the damaged one was changed");
    List<Finding> unsound = new ArrayList<>();
    try (OfflineCheck check = new OfflineCheck(target, own, false)) {
      check.check(StoreOnDisk.folder(target), new Findings(unsound::add), objects -> {});
    }
    assertEquals(List.of(), unsound);
    return StoreOnDisk.open(target);
  }

  private void assertLost(String... texts) {
    for (String text : texts) {
      assertTrue(
          lost.stream().anyMatch(each -> each.toString().contains(text)),
          () -> "nothing with '" + text + "' is told in " + lost);
    }
  }

  private static void assertAllThere(StoreOnDisk store) throws Exception {
    assertArrayEquals(content(-1, 700_000), store.read("/d/big"));
    assertArrayEquals(content(-2, 5000), store.read("/second name"));
    assertEquals(2, store.attributes("/d/linked").links());
    assertEquals("d/big", store.readLink("/s"));
    assertEquals(FILES + 2, store.list("/d").size());
    for (int i = 0; i < FILES; i++) {
      assertArrayEquals(content(i, i * 150), store.read("/d/f" + i));
    }
  }

  /** Quotas are kept, and what they hold is found out by the node that opens the store. */
  private static void assertCountedAgain(StoreOnDisk store) throws Exception {
    while (store.quota("/d").state() == Quota.State.COUNTING) {
      Thread.onSpinWait();
    }
    assertEquals(quota.limits(), store.quota("/d").limits());
    assertEquals(quota.usedBytes(), store.quota("/d").usedBytes());
    assertEquals(quota.usedObjects(), store.quota("/d").usedObjects());
    assertEquals(2000, store.quota("/").limits().objects());
  }

  /** Each file that is there has its content, or is told as lost; never anything else. */
  private int assertNothingWrong(StoreOnDisk store) throws Exception {
    int whole = 0;
    List<String> names = store.list("/").contains("d") ? store.list("/d") : List.of();
    for (int i = 0; i < FILES; i++) {
      String path = "/d/f" + i;
      if (!names.contains("f" + i)) {
        continue;
      }
      byte[] read;
      try {
        read = store.read(path);
      } catch (ExecutionException e) {
        assertEquals(FsStatus.IO_ERROR, ((OperationFailed) e.getCause()).status());
        assertLost(path);
        continue;
      }
      if (Arrays.equals(content(i, i * 150), read)) {
        whole++;
      } else {
        // An empty file is what it was between its creation and its first write.
        assertEquals(0, read.length, path);
      }
    }
    return whole;
  }

  private void spoil(BiConsumer<RocksDbIndex, Index.Batch> change) {
    try (RocksDbIndex index =
            RocksDbIndex.open(folder().resolve("index"), false, INDEX_MEMORY_BYTES);
        Index.Batch batch = index.newBatch()) {
      change.accept(index, batch);
      index.apply(batch, index.appliedSequence());
      index.flush();
    }
  }

  @Test
  void aSoundStoreIsKeptWhole() throws Exception {
    Tree.copy(stopped, data);
    try (StoreOnDisk store = salvage()) {
      assertEquals(List.of(), lost);
      assertAllThere(store);
      assertCountedAgain(store);
      assertTrue(store.fs().writeVerifier() > 1_000_000_000, "may be one that a client has seen");
    }
  }

  @Test
  void aCrashedStoreIsKeptWholeWithoutEitherCopyOfItsSuperblock() throws Exception {
    Tree.copy(crashed, data);
    Files.write(folder().resolve("superblock"), new byte[8192]);
    try (StoreOnDisk store = salvage()) {
      assertLost("neither of its two copies is valid");
      assertAllThere(store);
    }
  }

  @Test
  void damageInTheMiddleOfTheLogCostsWhatWasThere() throws Exception {
    Tree.copy(crashed, data);
    Path segment = folder().resolve("log/0000");
    long middle = Files.size(segment) / 4096 / 4 * 4096;
    for (int block = 0; block < 20; block++) {
      Tree.flip(segment, middle + block * 4096L + 130, 5);
    }
    try (StoreOnDisk store = salvage()) {
      assertLost("are lost before it; what they changed is as it was before");
      int whole = assertNothingWrong(store);
      assertTrue(whole > FILES / 2, "only " + whole + " are whole");
    }
  }

  /** What it replaced is whole on disk, and what it says was never acknowledged. */
  @Test
  void aLastGroupWhoseDataDidNotReachTheDiskIsLeftOut() throws Exception {
    Path image = own.resolve("image");
    byte[] old = content(4, 300_000);
    try (StoreOnDisk store = StoreOnDisk.open(data)) {
      FileHandle file = store.file("/f", old);
      Tree.copy(data, image);
      store.write(file, 0, content(5, 4096));
      Path log = StoreOnDisk.folder(data).resolve("log/0000");
      Files.copy(log, StoreOnDisk.folder(image).resolve("log/0000"), REPLACE_EXISTING);
    }
    data = image;
    try (StoreOnDisk store = salvage()) {
      assertLost("the last group of the log is left out");
      assertArrayEquals(old, store.read("/f"));
    }
  }

  @Test
  void aLostSegmentCostsWhatWasInIt() throws Exception {
    Tree.copy(crashed, data);
    Files.delete(folder().resolve("log/0000"));
    try (StoreOnDisk store = salvage()) {
      assertNothingWrong(store);
    }
  }

  @Test
  void aSegmentOverwrittenWithZerosIsToldAsLost() throws Exception {
    Tree.copy(crashed, data);
    Tree.overwrite(folder().resolve("log/0000"), Tree.ZEROS);
    try (StoreOnDisk store = salvage()) {
      assertLost("log/0000 at offset 0");
      assertNothingWrong(store);
    }
  }

  @Test
  void aLostListOfTablesIsMadeAnew() throws Exception {
    Tree.copy(stopped, data);
    for (Path file : Tree.files(folder(), "index/")) {
      if (file.getFileName().toString().startsWith("MANIFEST")) {
        Files.delete(file);
      }
    }
    Files.delete(folder().resolve("log/0000"));
    try (StoreOnDisk store = salvage()) {
      assertAllThere(store);
      assertLost("what its whole tables hold is taken");
    }
  }

  @Test
  void aLostIndexIsMadeAnewFromTheLogAsFarAsThatGoesBack() throws Exception {
    Tree.copy(crashed, data);
    for (Path file : Tree.files(folder(), "index/")) {
      Files.delete(file);
    }
    try (StoreOnDisk store = salvage()) {
      assertAllThere(store);
      assertLost("what its whole tables hold is taken");
    }
  }

  @Test
  void aDamagedBlockOfATableCostsWhatWasInIt() throws Exception {
    Tree.copy(stopped, data);
    emptyTheLog();
    Path table = largestTable();
    Tree.flip(table, 1000, 2);
    try (StoreOnDisk store = salvage()) {
      assertLost(
          "can't be read, and are lost or as they were before", table.getFileName().toString());
      assertNothingWrong(store);
    }
  }

  @Test
  void aTruncatedTableCostsWhatWasInIt() throws Exception {
    Tree.copy(stopped, data);
    Path table = largestTable();
    Tree.truncate(table, Files.size(table) / 2);
    try (StoreOnDisk store = salvage()) {
      assertAllThere(store); // the log still has it all
    }
  }

  private Path largestTable() throws Exception {
    return Tree.files(folder(), "index/").stream()
        .filter(file -> file.toString().endsWith(".sst"))
        .max(Comparator.comparingLong(file -> file.toFile().length()))
        .orElseThrow();
  }

  /** So that nothing makes up for what the index has lost. */
  private void emptyTheLog() throws Exception {
    for (Path segment : Tree.files(folder(), "log/")) {
      long bytes = Files.size(segment);
      Tree.truncate(segment, 0);
      Files.write(segment, new byte[(int) bytes]);
    }
  }

  @Test
  void damagedContentStaysAnErrorAndIsNamed() throws Exception {
    Tree.copy(stopped, data);
    long address;
    try (RocksDbIndex index =
        RocksDbIndex.open(folder().resolve("index"), false, INDEX_MEMORY_BYTES)) {
      byte[] key = StoredKeys.chunk(big, 1);
      StoredChunk chunk = StoredChunk.decode(key, index.get(IndexKeys.user(key)));
      address = chunk.runs().getFirst().address() + 1;
    }
    Tree.flip(folder().resolve("extents/0000"), address * 4096 + 9, 0);
    try (StoreOnDisk store = salvage()) {
      assertLost("/d/big: bytes 266240 to 270335 are lost; reading them gives an I/O error");
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> store.read("/d/big"));
      assertEquals(FsStatus.IO_ERROR, ((OperationFailed) failure.getCause()).status());
      assertEquals(FILES, assertNothingWrong(store));
    }
  }

  @Test
  void lostPlacesOfBlocksAreNotReadAsHoles() throws Exception {
    Tree.copy(stopped, data);
    emptyTheLog();
    spoil((index, batch) -> batch.delete(IndexKeys.user(StoredKeys.chunk(big, 1))));
    try (StoreOnDisk store = salvage()) {
      assertLost("/d/big: where 64 of its blocks lie is lost");
      assertThrows(ExecutionException.class, () -> store.read("/d/big"));
    }
  }

  @Test
  void whatHasLostItsNameIsFoundAgain() throws Exception {
    Tree.copy(stopped, data);
    emptyTheLog();
    spoil((index, batch) -> {
      byte[] key = StoredKeys.entry(StoredKeys.ROOT_INODE, "d".getBytes(StandardCharsets.UTF_8));
      long cookie = ByteBuffer.wrap(index.get(IndexKeys.user(key))).getLong(12);
      batch.delete(IndexKeys.user(key));
      batch.delete(IndexKeys.user(StoredKeys.cookie(StoredKeys.ROOT_INODE, cookie)));
    });
    try (StoreOnDisk store = salvage()) {
      String found = "/lost+found/#" + directory;
      assertLost("it is kept as " + found);
      assertEquals(FILES + 2, store.list(found).size());
      assertArrayEquals(content(7, 7 * 150), store.read(found + "/f7"));
      assertEquals("d/big", store.readLink("/s"));
    }
  }

  @Test
  void aLostDirectoryKeepsWhatIsInIt() throws Exception {
    Tree.copy(stopped, data);
    emptyTheLog();
    spoil((index, batch) -> {
      batch.delete(IndexKeys.user(StoredKeys.inode(directory)));
      batch.delete(IndexKeys.user(StoredKeys.inode(StoredKeys.ROOT_INODE)));
      batch.delete(IndexKeys.user(StoredKeys.superblock()));
    });
    try (StoreOnDisk store = salvage()) {
      assertLost("/d: the directory's owner", "the root directory is lost", "its secret is lost");
      assertAllThere(store);
    }
  }

  @Test
  void aCircleOfDirectoriesIsCut() throws Exception {
    Tree.copy(stopped, data);
    emptyTheLog();
    spoil((index, batch) -> {
      byte[] self = index.get(IndexKeys.user(StoredKeys.inode(directory)));
      ByteBuffer.wrap(self).putLong(88, directory);
      batch.put(IndexKeys.user(StoredKeys.inode(directory)), self);
      byte[] key = StoredKeys.entry(StoredKeys.ROOT_INODE, "d".getBytes(StandardCharsets.UTF_8));
      byte[] value = index.get(IndexKeys.user(key));
      long cookie = ByteBuffer.wrap(value).getLong(12);
      batch.delete(IndexKeys.user(key));
      batch.delete(IndexKeys.user(StoredKeys.cookie(StoredKeys.ROOT_INODE, cookie)));
      byte[] inner = StoredKeys.entry(directory, "d".getBytes(StandardCharsets.UTF_8));
      batch.put(IndexKeys.user(inner), value);
    });
    try (StoreOnDisk store = salvage()) {
      assertEquals(FILES + 2, store.list("/lost+found/#" + directory).size());
    }
  }

  @Test
  void aDirectoryThatIsNotEmptyIsNotWrittenTo() throws Exception {
    Tree.copy(stopped, data);
    Path target = Files.createDirectories(own.resolve("new"));
    Files.writeString(target.resolve("precious"), "text");
    RuntimeException refusal =
        assertThrows(
            RuntimeException.class,
            () -> new OfflineSalvage(data, target, own, IoUnderTest.mode()).close());
    assertTrue(refusal.getMessage().contains("is not empty"), refusal.getMessage());
    assertFalse(Files.exists(target.resolve("lock")));
  }
}
