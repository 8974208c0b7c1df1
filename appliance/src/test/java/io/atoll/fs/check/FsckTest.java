package io.atoll.fs.check;

import static io.atoll.ondisk.StoreOnDisk.content;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.QuotaLimits;
import io.atoll.fs.format.StoredChunk;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.Scratch;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.Index;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.index.ScratchException;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.volume.IndexKeys;
import io.atoll.ondisk.StoreOnDisk;
import io.atoll.ondisk.Tree;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A sound store is found clean and left as it is; each broken rule is found, with its place. */
@EitherIo
class FsckTest {
  private static final long INDEX_MEMORY_BYTES = 16L << 20;
  private static final int LINKS_AT = 20;
  private static final int USED_BLOCKS_AT = 32;
  private static final int PARENT_AT = 88;
  private static final int QUOTA_TREE_AT = 120;
  private static final byte[] MALFORMED = {1};

  @TempDir private static Path shared;
  @TempDir private Path own;
  private static Path sound;
  private static Path crashed;
  private static long big;
  private static long small;
  private static long linked;
  private static long directory;
  private static long below;
  private Path data;

  @BeforeAll
  static void makeStores() throws Exception {
    sound = shared.resolve("sound");
    crashed = shared.resolve("crashed");
    try (StoreOnDisk store = StoreOnDisk.open(sound)) {
      directory = store.directory("/d").inode();
      below = store.directory("/d/below").inode();
      big = store.file("/d/big", content(1, 700_000)).inode();
      small = store.file("/d/small", content(2, 100)).inode();
      linked = store.file("/linked", content(3, 50_000)).inode();
      store.link("/linked", "/d/other name");
      store.symlink("/s", "d/big");
      for (int i = 0; i < 50; i++) {
        store.file("/d/below/f" + i, content(i, 10 + i * 97));
      }
      for (int i = 0; i < 25; i++) {
        store.remove("/d/below/f" + 2 * i);
      }
      store.limit("/d", new QuotaLimits(100_000_000, 1000));
      store.limit("/d/below", new QuotaLimits(50_000_000, QuotaLimits.NONE));
      store.image(crashed);
    }
  }

  @BeforeEach
  void copy() throws Exception {
    data = own.resolve("data");
    Tree.copy(sound, data);
  }

  private Path folder() {
    return StoreOnDisk.folder(data);
  }

  private List<Finding> check(boolean dataBlocks) throws Exception {
    List<Finding> found = new ArrayList<>();
    Findings findings = new Findings(found::add);
    try (Scratch scratch = Scratch.in(own);
        VolumeImage volume = VolumeImage.open(folder(), scratch, findings)) {
      if (volume != null) {
        new NamespaceCheck(volume, scratch, findings, dataBlocks, objects -> {}).run();
      }
    }
    return found;
  }

  private void assertFound(Kind kind, String... texts) throws Exception {
    List<Finding> found = check(true);
    for (String text : texts) {
      assertTrue(
          found.stream().anyMatch(each -> each.kind() == kind && each.toString().contains(text)),
          () -> "no " + kind + " with '" + text + "' in " + found);
    }
  }

  /** Changes entries of the map behind the back of whoever keeps the rules. */
  private void spoil(BiConsumer<RocksDbIndex, Index.Batch> change) {
    try (RocksDbIndex index =
            RocksDbIndex.open(folder().resolve("index"), false, INDEX_MEMORY_BYTES);
        Index.Batch batch = index.newBatch()) {
      change.accept(index, batch);
      index.apply(batch, index.appliedSequence());
      index.flush();
    }
  }

  private static byte[] get(RocksDbIndex index, byte[] key) {
    byte[] value = index.get(IndexKeys.user(key));
    assertNotNull(value);
    return value;
  }

  private void editInode(long inode, int at, long added, boolean isLong) {
    spoil((index, batch) -> {
      byte[] value = get(index, StoredKeys.inode(inode));
      ByteBuffer view = ByteBuffer.wrap(value);
      if (isLong) {
        view.putLong(at, view.getLong(at) + added);
      } else {
        view.putInt(at, view.getInt(at) + (int) added);
      }
      batch.put(IndexKeys.user(StoredKeys.inode(inode)), value);
    });
  }

  /** Fails what a check wants to keep under that name in its scratch folder. */
  private void assertScratchIsBlamed(String name) throws Exception {
    List<Finding> found = new ArrayList<>();
    Findings findings = new Findings(found::add);
    try (Scratch scratch = Scratch.in(own)) {
      Files.writeString(scratch.folder().resolve(name), "in the way");
      assertThrows(
          ScratchException.class,
          () -> {
            try (VolumeImage volume = VolumeImage.open(folder(), scratch, findings)) {
              new NamespaceCheck(volume, scratch, findings, false, objects -> {}).run();
            }
          });
    }
    assertEquals(List.of(), found);
  }

  @Test
  void scratchFolderThatFailsSaysNothingOfTheStore() throws Exception {
    assertScratchIsBlamed("replayed");
    assertScratchIsBlamed("used");
    assertScratchIsBlamed("names");
    assertScratchIsBlamed("directory-states");
  }

  @Test
  void aSoundStoreIsCleanAndLeftAsItIs() throws Exception {
    Map<String, String> before = Tree.fingerprint(data);
    assertEquals(List.of(), check(true));
    assertEquals(before, Tree.fingerprint(data));
  }

  @Test
  void aCrashedStoreIsReplayedAsideAndLeftAsItIs() throws Exception {
    data = own.resolve("crashed");
    Tree.copy(crashed, data);
    Map<String, String> before = Tree.fingerprint(data);
    assertEquals(List.of(), check(true));
    assertEquals(before, Tree.fingerprint(data));
  }

  @Test
  void aWrongCountOfLinksIsFound() throws Exception {
    editInode(linked, LINKS_AT, 1, false);
    assertFound(Kind.STRUCTURE, "(inode " + linked + "): it counts 3 names and has 2");
  }

  @Test
  void aNameThatLeadsNowhereIsFoundWithItsPath() throws Exception {
    spoil((index, batch) -> batch.delete(IndexKeys.user(StoredKeys.inode(small))));
    assertFound(
        Kind.STRUCTURE,
        "/d/small (inode " + small + "): the name leads to an inode that is not there",
        "objects and has");
  }

  @Test
  void anEntryMissingByCookieOrByNameIsFound() throws Exception {
    spoil((index, batch) -> {
      byte[] byName = get(index, StoredKeys.entry(directory, "big".getBytes(UTF_8)));
      long cookie = ByteBuffer.wrap(byName).getLong(12);
      batch.delete(IndexKeys.user(StoredKeys.cookie(directory, cookie)));
      batch.delete(IndexKeys.user(StoredKeys.entry(directory, "small".getBytes(UTF_8))));
    });
    assertFound(
        Kind.STRUCTURE,
        "its entry 'big' is missing by cookie",
        "its entry 'small' is missing by name",
        "inode " + small + ": it counts 1 names and has 0",
        "it has no name, and nothing says that it is to go");
  }

  @Test
  void aCircleOfDirectoriesIsFound() throws Exception {
    spoil((index, batch) -> {
      byte[] above = get(index, StoredKeys.inode(directory));
      ByteBuffer.wrap(above).putLong(PARENT_AT, below);
      batch.put(IndexKeys.user(StoredKeys.inode(directory)), above);
    });
    assertFound(
        Kind.STRUCTURE,
        "inode " + directory + ": no path leads to this directory from the root",
        "inode " + below + ": no path leads to this directory from the root",
        "is named in inode 1");
  }

  @Test
  void blocksOfTwoFilesAreFoundWithBothNames() throws Exception {
    spoil((index, batch) ->
        batch.put(
            IndexKeys.user(StoredKeys.chunk(linked, 1)), get(index, StoredKeys.chunk(big, 0))));
    assertFound(
        Kind.STRUCTURE,
        "/d/big (inode " + big + ") at offset 0: its block",
        "(inode " + linked + ") at offset 262144: its block",
        "belongs to several files",
        "behind its end",
        "blocks and has");
  }

  @Test
  void lostBlocksAreFound() throws Exception {
    spoil((index, batch) -> batch.delete(IndexKeys.user(StoredKeys.chunk(big, 1))));
    assertFound(Kind.STRUCTURE, "/d/big (inode " + big + "): it counts 171 blocks and has 107");
    assertFound(Kind.HARMLESS, "extents/0000 at offset", "64 blocks are in use, and no file has");
  }

  @Test
  void blocksThatAreFreeForOthersAreFound() throws Exception {
    spoil((index, batch) -> {
      byte[] region = index.get(IndexKeys.region(0));
      for (int i = 24; i < region.length; i++) {
        region[i] = 0;
      }
      batch.put(IndexKeys.region(0), region);
    });
    assertFound(Kind.STRUCTURE, "/d/big (inode " + big + ") at offset 0", "is free for others");
  }

  @Test
  void aDirectoryThatMiscountsIsFound() throws Exception {
    editInode(below, 104, 2, true);
    editInode(directory, LINKS_AT, -1, false);
    assertFound(
        Kind.STRUCTURE,
        "/d/below (inode " + below + "): it counts 27 entries and has 25",
        "/d (inode " + directory + "): it has 2 links and 1 directories in it");
  }

  @Test
  void aQuotaThatMiscountsIsFound() throws Exception {
    editQuota(1, 40, 3);
    editQuota(2, 48, -2);
    assertFound(
        Kind.STRUCTURE,
        "/d (inode " + directory + "): its quota counts 33 objects with",
        ", and there are 30 with",
        "/d/below (inode " + below + "): its quota counts 26 objects with 16 blocks");
  }

  @Test
  void aDirectoryThatCountsForAnotherQuotaThanItLiesInIsFound() throws Exception {
    editInode(below, QUOTA_TREE_AT, -1, false);
    assertFound(
        Kind.STRUCTURE,
        "(inode " + below + "): this directory counts for quota tree 1, and lies in tree 2");
  }

  @Test
  void aNumberOfAQuotaThatIsNotThereIsFound() throws Exception {
    editInode(small, QUOTA_TREE_AT, 6, false);
    assertFound(Kind.STRUCTURE, "(inode " + small + "): it counts for quota tree 7, not there");
  }

  private void editQuota(int tree, int at, long added) {
    spoil((index, batch) -> {
      byte[] value = get(index, quotaKey(tree));
      ByteBuffer view = ByteBuffer.wrap(value);
      view.putLong(at, view.getLong(at) + added);
      batch.put(IndexKeys.user(quotaKey(tree)), value);
    });
  }

  private static byte[] quotaKey(int tree) {
    return ByteBuffer.allocate(6).put((byte) 'Q').put((byte) 't').putInt(tree).array();
  }

  @Test
  void aMarkWithoutReasonIsFound() throws Exception {
    byte[] mark = ByteBuffer.allocate(10).put((byte) 'O').put((byte) 'h').putLong(big).array();
    spoil((index, batch) -> batch.put(IndexKeys.user(mark), new byte[] {1, 0, 0, 0, 0, 0, 0, 0}));
    assertFound(Kind.STRUCTURE, "it has a name, and is marked as having none");
  }

  @Test
  void whatTheNextStartDeletesIsNoFault() throws Exception {
    long removed = 9_999;
    byte[] trimmed =
        ByteBuffer.allocate(10).put((byte) 'O').put((byte) 't').putLong(removed).array();
    byte[] bound = ByteBuffer.allocate(9).put((byte) 'B').putLong(removed).array();
    byte[] value = ByteBuffer.allocate(16).put((byte) 1).array();
    spoil((index, batch) -> {
      batch.put(IndexKeys.user(trimmed), value);
      batch.put(IndexKeys.user(bound), value);
    });
    assertEquals(List.of(), check(false));
  }

  @Test
  void aVolumeWhoseCreationWasInterruptedIsHarmless() throws Exception {
    Files.move(folder().resolve("superblock"), folder().resolve("superblock.new"));
    List<Finding> found = check(false);
    assertEquals(1, found.size(), found::toString);
    assertEquals(Kind.HARMLESS, found.getFirst().kind());
    assertTrue(found.getFirst().what().contains("makes the volume anew"), found::toString);
  }

  @Test
  void aNewerFormatIsNamedAsSuch() throws Exception {
    spoil((index, batch) -> {
      byte[] value = get(index, StoredKeys.inode(small));
      value[0] = 2;
      batch.put(IndexKeys.user(StoredKeys.inode(small)), value);
    });
    assertFound(Kind.STRUCTURE, "format version 2, which this Atoll can't read");
  }

  /** What a node refuses is not said to start, nor the other way round. */
  @TestFactory
  Stream<DynamicTest> whatANodeRefusesToStartWithIsOfKindStore() {
    Map<String, byte[]> keys = new TreeMap<>();
    keys.put("superblock", StoredKeys.superblock());
    keys.put("count of inodes", StoredKeys.inodeNumbers());
    keys.put("root", StoredKeys.inode(StoredKeys.ROOT_INODE));
    Map<String, BiConsumer<RocksDbIndex, Index.Batch>> harms = new TreeMap<>();
    keys.forEach((name, key) -> {
      harms.put(name + " malformed", (index, batch) -> batch.put(IndexKeys.user(key), MALFORMED));
      harms.put(name + " missing", (index, batch) -> batch.delete(IndexKeys.user(key)));
    });
    byte[] bound = ByteBuffer.allocate(9).put((byte) 'B').putLong(small).array();
    byte[] trimmed = StoredKeys.marker(StoredKeys.TRIMMED, small);
    byte[] strayTrimmed = StoredKeys.marker(StoredKeys.TRIMMED, 9_999);
    byte[] goodValue = ByteBuffer.allocate(16).put((byte) 1).array();
    for (byte[] key : List.of(bound, trimmed, strayTrimmed)) {
      harms.put(
          (char) key[0] + " " + key.length + " of " + key[key.length - 1] + " malformed",
          (index, batch) -> batch.put(IndexKeys.user(key), MALFORMED));
    }
    harms.put(
        "quota malformed", (index, batch) -> batch.put(IndexKeys.user(quotaKey(1)), MALFORMED));
    harms.put(
        "quota missing that another lies in",
        (index, batch) -> batch.delete(IndexKeys.user(quotaKey(1))));
    harms.put(
        "quota of the file system malformed",
        (index, batch) -> batch.put(IndexKeys.user(StoredKeys.fileSystemQuota()), MALFORMED));
    for (byte[] key : List.of(bound, trimmed)) {
      harms.put(
          "inode with " + (char) key[0] + " malformed",
          (index, batch) -> {
            batch.put(IndexKeys.user(key), goodValue);
            batch.put(IndexKeys.user(StoredKeys.inode(small)), MALFORMED);
          });
    }
    return harms.entrySet().stream()
        .map(harm ->
            DynamicTest.dynamicTest(harm.getKey(), () -> assertRefusedByBoth(harm.getValue())));
  }

  private void assertRefusedByBoth(BiConsumer<RocksDbIndex, Index.Batch> harm) throws Exception {
    Tree.remove(data);
    Tree.copy(sound, data);
    spoil(harm);
    List<Finding> found = check(false);
    assertTrue(found.stream().anyMatch(each -> each.kind() == Kind.STORE), found::toString);
    assertThrows(Exception.class, () -> StoreOnDisk.open(data).close());
  }

  @Test
  void aMalformedRecordOfAClientIsOfKindStore() throws Exception {
    spoil((index, batch) -> batch.put(IndexKeys.user(new byte[] {'R', 'x'}), new byte[] {9}));
    assertFound(Kind.STORE, "a record of its clients is malformed");
  }

  @Test
  void countedBlocksAreHeldAgainstThoseThere() throws Exception {
    editInode(big, USED_BLOCKS_AT, 5, true);
    assertFound(Kind.STRUCTURE, "it counts 176 blocks and has 171");
  }

  @Test
  void aDecayedBlockIsFoundByPathOffsetAndPlace() throws Exception {
    long offset = offsetInExtents(big, 2);
    Tree.flip(folder().resolve("extents/0000"), offset + 77, 3);
    assertEquals(List.of(), check(false), "only reading finds it");
    List<Finding> found = check(true);
    assertEquals(1, found.size(), found::toString);
    assertEquals(
        "data: /d/big (inode "
            + big
            + ") at offset 532480: bytes 532480 to 536575 are lost: extents/0000 at offset "
            + offset
            + " does not match its checksum",
        found.getFirst().toString());
  }

  /** Of the third block of a chunk. */
  private long offsetInExtents(long inode, long chunk) throws Exception {
    try (RocksDbIndex index =
        RocksDbIndex.open(folder().resolve("index"), false, INDEX_MEMORY_BYTES)) {
      StoredChunk stored =
          StoredChunk.decode(
              StoredKeys.chunk(inode, chunk), get(index, StoredKeys.chunk(inode, chunk)));
      return (stored.runs().getFirst().address() + 2) * 4096;
    }
  }

  @Test
  void oneBrokenCopyOfTheSuperblockIsHarmless() throws Exception {
    Tree.flip(folder().resolve("superblock"), 4096 + 20, 0);
    List<Finding> found = check(false);
    assertEquals(1, found.size(), found::toString);
    assertEquals(Kind.HARMLESS, found.getFirst().kind());
    assertTrue(found.getFirst().place().contains("superblock at offset 4096"), found::toString);
  }

  @Test
  void aLostSuperblockIsFoundAndTheIndexCheckedAllTheSame() throws Exception {
    Files.delete(folder().resolve("superblock"));
    editInode(linked, LINKS_AT, 1, false);
    assertFound(Kind.STORE, "superblock: it is missing");
    assertFound(Kind.STRUCTURE, "it counts 3 names and has 2");
  }

  @Test
  void damageOfTheLogIsFoundByFileAndOffset() throws Exception {
    data = own.resolve("crashed");
    Tree.copy(crashed, data);
    Tree.flip(folder().resolve("log/0000"), 3 * 4096 + 140, 1);
    assertFound(Kind.STORE, "log: log/0000 at offset 12288", "is damaged");
  }

  @Test
  void aSegmentOverwrittenWithZerosIsFoundByName() throws Exception {
    data = own.resolve("crashed");
    Tree.copy(crashed, data);
    Tree.overwrite(folder().resolve("log/0000"), Tree.ZEROS);
    assertFound(Kind.STORE, "log: log/0000 at offset 0", "there is no record in the log");
  }

  @Test
  void aLostSegmentIsFoundByName() throws Exception {
    Files.delete(folder().resolve("log/0001"));
    assertFound(Kind.STORE, "log/0001: it is missing: the log has");
  }

  @Test
  void aDamagedTableOfTheIndexIsFoundByName() throws Exception {
    Path table =
        Tree.files(folder(), "index/").stream()
            .filter(file -> file.toString().endsWith(".sst"))
            .findFirst()
            .orElseThrow();
    Tree.flip(table, 1000, 2);
    assertFound(Kind.STORE, table.getFileName().toString());
  }

  @Test
  void anIndexOfAnotherVolumeIsFound() throws Exception {
    spoil((index, batch) -> {
      byte[] identity = index.get(IndexKeys.identity());
      identity[8] ^= 1;
      batch.put(IndexKeys.identity(), identity);
    });
    assertFound(Kind.STORE, "index: it belongs to another volume");
  }

  @Test
  void withoutAnIndexThereIsNothingToGoOnWith() throws Exception {
    Files.delete(folder().resolve("index/CURRENT"));
    List<Finding> found = check(false);
    assertEquals(1, found.size(), found::toString);
    assertEquals(Kind.STORE, found.getFirst().kind());
    Findings none = new Findings(finding -> {});
    try (Scratch scratch = Scratch.in(own)) {
      assertNull(VolumeImage.open(folder(), scratch, none));
    }
  }
}
