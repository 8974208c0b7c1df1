package io.atoll.control.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.control.resource.AccessKey;
import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.AccessPoint.CreationInfo;
import io.atoll.control.resource.AccessPoint.PosixUser;
import io.atoll.control.resource.AccessPoint.RootDirectory;
import io.atoll.control.resource.AccountPreferences;
import io.atoll.control.resource.BackupPolicy;
import io.atoll.control.resource.FileSystemPolicy;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.LifeCycleState;
import io.atoll.control.resource.LifecycleConfiguration;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.Replication;
import io.atoll.control.resource.Resource;
import io.atoll.control.resource.ResourceKind;
import io.atoll.control.resource.SecurityGroup;
import io.atoll.control.store.ResourceStoreException.Kind;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class RocksDbResourceStoreTest {
  private static final String FS = "fs-0123456789abcdef0";

  /** One of each kind, with all that can be said. */
  private static final List<Resource> ALL =
      List.of(
          new FileSystemResource(
              FS,
              "token/with ünicode",
              1_700_000_000_123L,
              LifeCycleState.UPDATING,
              PerformanceMode.MAX_IO,
              ThroughputMode.PROVISIONED,
              12.5,
              1_700_000_000_456L,
              "us-east-1a",
              "127.0.0.1:2050",
              true,
              new TreeMap<>(java.util.Map.of("Name", "home", "empty", ""))),
          new MountTarget(
              "fsmt-0123456789abcdef0",
              FS,
              LifeCycleState.CREATING,
              "subnet-0123456789abcdef0",
              "vpc-0123456789abcdef0",
              "us-east-1a",
              "use1-az1",
              "127.64.0.4",
              "eni-0123456789abcdef0",
              List.of("sg-0123456789abcdef0"),
              "fsap-0123456789abcdef0"),
          new AccessPoint(
              "fsap-0123456789abcdef0",
              "client token",
              FS,
              LifeCycleState.AVAILABLE,
              new PosixUser(4_294_967_295L, 0, List.of(1L, 2L)),
              new RootDirectory("/a/b", new CreationInfo(1, 2, "0755")),
              new TreeMap<>(java.util.Map.of("k", "v"))),
          new SecurityGroup(
              "sg-0123456789abcdef0", "default", "who may", List.of("10.0.0.0/8", "::1/128")),
          new FileSystemPolicy(FS, "{\"Statement\": [ ]}"),
          new LifecycleConfiguration(
              FS, List.of(new LifecycleConfiguration.Policy("TransitionToIA", "AFTER_7_DAYS"))),
          new BackupPolicy(FS, true),
          new Replication(FS, 5, "fs-00000000000000001", "eu-west-1", null),
          new AccountPreferences("LONG_ID"),
          new AccessKey("AKIAAAAAAAAAAAAAAAAA", "c2VhbGVk", 7));

  @TempDir Path directory;

  @Test
  void eachKindIsFoundAgainAsItWas() {
    Set<ResourceKind> kinds =
        ALL.stream().map(each -> ResourceKind.of(each.getClass())).collect(Collectors.toSet());
    assertEquals(EnumSet.allOf(ResourceKind.class), kinds);
    try (RocksDbResourceStore store = open()) {
      store.commit(ALL.stream().map(ResourceChange::put).toList());
    }

    assertEquals(new HashSet<>(ALL), new HashSet<>(loaded()));
  }

  @Test
  void laterChangesReplaceAndRemove() {
    Resource group = ALL.get(3);
    SecurityGroup changed = ((SecurityGroup) group).withSources(List.of());
    try (RocksDbResourceStore store = open()) {
      store.commit(List.of(ResourceChange.put(group), ResourceChange.put(ALL.get(6))));
      store.commit(List.of(ResourceChange.put(changed), ResourceChange.remove(ALL.get(6))));
    }

    assertEquals(List.of(changed), loaded());
  }

  @Test
  void itsMemoryIsTheWriteBuffersAndTheCacheWithinTheBound() {
    RocksDbResourceStore store = open();
    store.commit(ALL.stream().map(ResourceChange::put).toList());
    long fresh = store.usedBytes();
    assertTrue(fresh > 0);
    SecurityGroup large = ((SecurityGroup) ALL.get(3)).withSources(List.of("x".repeat(64 << 10)));
    long most = 0;
    for (int i = 0; i < 200; i++) {
      store.commit(List.of(ResourceChange.put(large)));
      most = Math.max(most, store.usedBytes());
    }
    assertTrue(most > fresh, most + " bytes, as before");
    assertTrue(most <= RocksDbResourceStore.MEMORY_BYTES, most + " bytes");
    store.close();
    assertEquals(0, store.usedBytes());
  }

  @Test
  void aCrashWhileTheStoreWasMadeLeavesNothingInTheWay() throws IOException {
    Path unfinished = Files.createDirectory(directory.resolve("control.unfinished"));
    Files.writeString(unfinished.resolve("CURRENT"), "MANI");

    assertEquals(List.of(), loaded());
    assertFalse(Files.exists(unfinished));
  }

  @Test
  void aCrashWhileItsMarkWasMadeLeavesNothingInTheWay() throws IOException {
    try (RocksDbResourceStore store = open()) {
      store.commit(List.of(ResourceChange.put(ALL.get(6))));
    }
    Files.write(directory.resolve("control").resolve(CommittedMark.FILE), new byte[0]);

    assertEquals(List.of(ALL.get(6)), loaded());
    assertTrue(Files.size(directory.resolve("control").resolve(CommittedMark.FILE)) > 0);
  }

  /**
   * A newer store has what this version would call damage: entries of a kind and with members that
   * it does not know. It must be told as what it is.
   */
  @Test
  void aNewerFormatIsToldAsSuchWhateverElseIsInIt() throws RocksDBException {
    open().close();
    int newer = RocksDbResourceStore.FORMAT + 1;
    withDatabase(db -> {
      db.put(ascii("kind-to-come/id"), new byte[] {0, 1, 2});
      db.put(
          ascii("backup-policy/" + FS),
          ascii("{\"id\":\"" + FS + "\",\"enabled\":true,\"more\":1}"));
      db.put(ascii("!format"), ascii(Integer.toString(newer)));
    });

    ResourceStoreException refused = assertThrows(ResourceStoreException.class, this::loaded);

    assertEquals(Kind.VERSION, refused.kind());
    assertTrue(
        refused.getMessage().contains("is of a newer format, " + newer), refused.getMessage());
  }

  @Test
  void aFormatThatIsNoNumberIsDamage() throws RocksDBException {
    open().close();
    for (String format : List.of("", "0", "-1", "one", "99999999999")) {
      withDatabase(db -> db.put(ascii("!format"), ascii(format)));
      assertEquals(
          Kind.DAMAGED, assertThrows(ResourceStoreException.class, this::open, format).kind());
    }
  }

  @Test
  void aMissingFormatIsDamage() throws RocksDBException {
    open().close();
    withDatabase(db -> db.delete(ascii("!format")));

    assertEquals(Kind.DAMAGED, assertThrows(ResourceStoreException.class, this::open).kind());
  }

  @Test
  void aFolderWithoutDatabaseIsDamageAndNotANewStore() throws IOException {
    open().close();
    Files.delete(directory.resolve("control").resolve("CURRENT"));

    assertEquals(Kind.DAMAGED, assertThrows(ResourceStoreException.class, this::open).kind());
  }

  @Test
  void aFlippedBitInATableIsDamage() throws Exception {
    try (RocksDbResourceStore store = open()) {
      store.commit(ALL.stream().map(ResourceChange::put).toList());
    }
    withDatabase(db -> {
      try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
        db.flush(waiting);
      }
    });
    try (Stream<Path> files = Files.list(directory.resolve("control"))) {
      for (Path table : files.filter(file -> file.toString().endsWith(".sst")).toList()) {
        byte[] bytes = Files.readAllBytes(table);
        bytes[40] ^= 1;
        Files.write(table, bytes);
      }
    }

    assertEquals(Kind.DAMAGED, assertThrows(ResourceStoreException.class, this::loaded).kind());
  }

  @Test
  void whatIsNoResourceIsDamage() throws RocksDBException {
    String[][] entries = {
      {"no-kind/" + FS, "{}"},
      {"file-system", "{}"},
      {"backup-policy/" + FS, "{"},
      {"backup-policy/" + FS, "null"},
      {"backup-policy/" + FS, "{\"id\":\"fs-00000000000000001\",\"enabled\":true}"},
      {"backup-policy/" + FS, "{\"id\":\"" + FS + "\",\"enabled\":true,\"more\":1}"},
      {"backup-policy/" + FS, "{\"id\":\"" + FS + "\"}"},
    };
    open().close();
    for (String[] entry : entries) {
      withDatabase(db -> db.put(ascii(entry[0]), ascii(entry[1])));
      ResourceStoreException refused =
          assertThrows(ResourceStoreException.class, this::loaded, entry[1]);
      assertEquals(Kind.DAMAGED, refused.kind());
      withDatabase(db -> db.delete(ascii(entry[0])));
    }
  }

  private RocksDbResourceStore open() {
    return RocksDbResourceStore.open(directory.resolve("control"));
  }

  private List<Resource> loaded() {
    List<Resource> found = new ArrayList<>();
    try (RocksDbResourceStore store = open()) {
      store.load(found::add);
    }
    return found;
  }

  private void withDatabase(DatabaseAction action) throws RocksDBException {
    try (Options options = new Options();
        RocksDB db = RocksDB.open(options, directory.resolve("control").toString())) {
      action.on(db);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @FunctionalInterface
  private interface DatabaseAction {
    void on(RocksDB db) throws RocksDBException;
  }
}
