package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.StartFailure.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.Errno;
import io.atoll.io.index.Index;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.io.volume.IndexKeys;
import io.atoll.ondisk.StoreOnDisk;
import io.atoll.ondisk.Tree;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only what is damaged is called so: whatever else keeps a store from opening may pass. */
@EitherIo
class OpenFailureTest {
  private static final int EMFILE = 24;
  private static final int SLOT_BYTES = 4096;
  private static final int SLOTS = 2;

  @TempDir private Path data;

  @BeforeEach
  void makeStore() throws Exception {
    try (StoreOnDisk store = StoreOnDisk.open(data)) {
      store.file("/f", StoreOnDisk.content(1, 100_000));
    }
  }

  private StartFailure failure(UnaryOperator<Disk> disks) {
    ApplianceSettings settings =
        new ApplianceSettings(
            data,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            IoUnderTest.mode(),
            5,
            16L << 20,
            0,
            ThroughputChoice.DEFAULT,
            ClientRules.DEFAULT);
    return assertThrows(StartFailure.class, () -> Appliance.start(settings, disks).stop());
  }

  /** A disk that opens nothing. */
  private static UnaryOperator<Disk> failingToOpen(int errno) {
    return disk ->
        (Disk)
            Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("open")) {
                    ((Disk.OpenedFile) arguments[2]).opened(null, -errno);
                    return null;
                  }
                  try {
                    return method.invoke(disk, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  private Path file(String name) {
    return StoreOnDisk.folder(data).resolve(name);
  }

  @Test
  void tooManyOpenFilesAreNoDamage() {
    assertEquals(Kind.DATA_DIRECTORY, failure(failingToOpen(EMFILE)).kind());
  }

  @Test
  void aDiskThatFailsIsNoDamage() {
    assertEquals(Kind.DATA_DIRECTORY, failure(failingToOpen(Errno.EIO)).kind());
  }

  @Test
  void anIndexThatAnotherProgramHasIsNoDamage() throws Exception {
    try (RocksDbIndex held = RocksDbIndex.open(file("index"), false, 16L << 20)) {
      StartFailure failure = failure(UnaryOperator.identity());
      assertTrue(failure.getMessage().contains("index"), failure.getMessage());
      assertEquals(Kind.DATA_DIRECTORY, failure.kind());
      assertTrue(held.appliedSequence() > 0);
    }
  }

  @Test
  void aMissingLogIsDamage() throws Exception {
    Files.delete(file("log/0000"));
    assertEquals(Kind.STORE, failure(UnaryOperator.identity()).kind());
  }

  @Test
  void aMissingTableIsDamage() throws Exception {
    for (Path each : Tree.files(StoreOnDisk.folder(data), "index/")) {
      if (each.toString().endsWith(".sst")) {
        Files.delete(each);
      }
    }
    assertEquals(Kind.STORE, failure(UnaryOperator.identity()).kind());
  }

  @Test
  void anotherVersionsVolumeIsNoDamage() throws Exception {
    ByteBuffer superblock =
        ByteBuffer.wrap(Files.readAllBytes(file("superblock"))).order(ByteOrder.LITTLE_ENDIAN);
    for (int slot = 0; slot < SLOTS * SLOT_BYTES; slot += SLOT_BYTES) {
      superblock.putInt(slot + 8, 2);
      CRC32C crc = new CRC32C();
      crc.update(superblock.slice(slot, SLOT_BYTES - 4));
      superblock.putInt(slot + SLOT_BYTES - 4, (int) crc.getValue());
    }
    try (FileChannel channel = FileChannel.open(file("superblock"), StandardOpenOption.WRITE)) {
      channel.write(superblock.rewind(), 0);
    }
    assertEquals(Kind.STORE_VERSION, failure(UnaryOperator.identity()).kind());
    assertNotSalvaged();
  }

  @Test
  void anotherVersionsNamespaceIsNoDamage() throws Exception {
    try (RocksDbIndex index = RocksDbIndex.open(file("index"), false, 16L << 20);
        Index.Batch batch = index.newBatch()) {
      byte[] key = IndexKeys.user(new byte[] {'M', 's'});
      byte[] superblock = index.get(key);
      superblock[0] = 99;
      batch.put(key, superblock);
      index.apply(batch, index.appliedSequence());
      index.flush();
    }
    assertEquals(Kind.STORE_VERSION, failure(UnaryOperator.identity()).kind());
    for (Path segment : Tree.files(StoreOnDisk.folder(data), "log/")) {
      Files.write(segment, new byte[(int) Files.size(segment)]); // or it would be read there
    }
    assertNotSalvaged();
  }

  /** What this version does not know would be taken for lost. */
  private void assertNotSalvaged() {
    Path target = data.resolveSibling(data.getFileName() + "-new");
    try (OfflineSalvage salvage = new OfflineSalvage(data, target, data, IoUnderTest.mode())) {
      StartFailure refused =
          assertThrows(
              StartFailure.class,
              () -> salvage.salvage(StoreOnDisk.folder(data), new Findings(found -> {})));
      assertEquals(Kind.STORE_VERSION, refused.kind());
    }
  }
}
