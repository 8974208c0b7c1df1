package io.atoll;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.control.FileSystemHost;
import io.atoll.control.FileSystemShape;
import io.atoll.control.HostRefusal;
import io.atoll.control.MountPoint;
import io.atoll.fs.FileSystemId;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.nfs4.op.SocketClient;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several file systems of one node on a real disk: made, served, and deleted while it runs. */
@EitherIo
class NodeFileSystemsTest {
  private static final int LEASE_SECONDS = 30;
  private static final long AWAIT_SECONDS = 60;
  private static final int LOOPS = 2;
  private static final long CACHE_BYTES = 32L << 20;
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final FileSystemId ONE = new FileSystemId(1, 1);
  private static final FileSystemId TWO = new FileSystemId(2, 2);
  private static final byte[] ALPHA = "alpha".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BETA = "beta".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path data;

  private final FailingDisk.Faults faults = new FailingDisk.Faults();
  private Appliance node;
  private FileSystemHost host;

  @BeforeEach
  void start() {
    ApplianceSettings settings =
        new ApplianceSettings(
            data,
            ANY,
            null,
            IoUnderTest.mode(),
            LEASE_SECONDS,
            CACHE_BYTES,
            0,
            ThroughputChoice.DEFAULT,
            ClientRules.DEFAULT,
            LOOPS,
            ControlSettings.DEFAULT);
    node = Appliance.start(settings, faults::on);
    host = node.fileSystems();
  }

  @AfterEach
  void stop() {
    assertEquals(StopOutcome.ALL_ON_DISK, node.stop());
    assertEquals(0, faults.openDisks.get(), "disks left open");
    assertEquals(0, node.disorderlyEnds(), "something was left open or held");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(AWAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static HostRefusal.Reason reasonOf(Future<?> future) {
    ExecutionException failure = assertThrows(ExecutionException.class, () -> await(future));
    return assertInstanceOf(HostRefusal.class, failure.getCause()).reason();
  }

  private InetSocketAddress create(FileSystemId id) throws Exception {
    await(host.create(id, FileSystemShape.DEFAULT));
    return await(host.listen(id, MountPoint.openAt(ANY)));
  }

  private static SocketClient mount(String owner, InetSocketAddress address) throws IOException {
    SocketClient client = new SocketClient(owner).connect(address);
    client.newSession();
    client.reclaimComplete();
    return client;
  }

  @Test
  void eachAddressIsExactlyOneFileSystem() throws Exception {
    InetSocketAddress first = create(ONE);
    InetSocketAddress second = create(TWO);
    assertNotEquals(
        host.figures(ONE).homeLoop(), host.figures(TWO).homeLoop(), "loops are not shared evenly");
    try (SocketClient alpha = mount("client", first);
        SocketClient beta = mount("client", second)) {
      alpha.openFile("file");
      beta.openFile("file");
      alpha.write(0, ALPHA);
      beta.write(0, BETA);
      assertArrayEquals(ALPHA, alpha.read(0, 100));
      assertArrayEquals(BETA, beta.read(0, 100));
    }
  }

  @Test
  void aDeedDoneAgainChangesNothing() throws Exception {
    InetSocketAddress address = create(ONE);
    try (SocketClient client = mount("client", address)) {
      client.openFile("file");
      client.write(0, ALPHA);
      await(host.create(ONE, FileSystemShape.DEFAULT));
      await(host.open(ONE, FileSystemShape.DEFAULT));
      assertEquals(address, await(host.listen(ONE, MountPoint.openAt(address))));
      assertArrayEquals(ALPHA, client.read(0, 100));
    }
    await(host.unlisten(ONE, address));
    await(host.unlisten(ONE, address));
    await(host.delete(ONE));
    await(host.delete(ONE));
    assertNull(host.figures(ONE));
  }

  /** One state of clients, whichever way they come. */
  @Test
  void aSessionHoldsAtEachAddressOfItsFileSystem() throws Exception {
    InetSocketAddress first = create(ONE);
    InetSocketAddress second = await(host.listen(ONE, MountPoint.openAt(ANY)));
    try (SocketClient client = mount("client", first)) {
      client.openFile("file");
      client.write(0, ALPHA);
      client.connect(second);
      assertTrue(client.hasSession(), "the session is unknown at the other address");
      assertArrayEquals(ALPHA, client.read(0, 100));
    }
  }

  @Test
  void givingUpAnAddressCutsWhoCameByItAndNobodyElse() throws Exception {
    InetSocketAddress first = create(ONE);
    InetSocketAddress second = await(host.listen(ONE, MountPoint.openAt(ANY)));
    try (SocketClient cut = mount("cut", first);
        SocketClient stays = mount("stays", second)) {
      stays.openFile("file");
      await(host.unlisten(ONE, first));
      assertThrows(IOException.class, () -> cut.openFile("other"));
      assertThrows(IOException.class, () -> cut.connect(first));
      stays.write(0, ALPHA);
      assertEquals(List.of(second), host.figures(ONE).mountPoints());
    }
  }

  @Test
  void whoIsNotAdmittedIsCutWhenTheRuleSaysSo() throws Exception {
    await(host.create(ONE, FileSystemShape.DEFAULT));
    AtomicBoolean admits = new AtomicBoolean(true);
    InetSocketAddress address = await(host.listen(ONE, new MountPoint(ANY, peer -> admits.get())));
    try (SocketClient client = mount("client", address)) {
      client.openFile("file");
      admits.set(false);
      client.write(0, ALPHA);
      await(host.recheck(ONE, address));
      assertThrows(IOException.class, () -> client.write(0, BETA));
      assertThrows(IOException.class, () -> client.connect(address).newSession());
      admits.set(true);
      client.connect(address).newSession();
      client.openFile("file");
      assertArrayEquals(ALPHA, client.read(0, 100));
    }
  }

  @Test
  void aDeletedFileSystemGoesUnderLoadAndTheOthersStay() throws Exception {
    InetSocketAddress doomed = create(ONE);
    InetSocketAddress kept = create(TWO);
    try (SocketClient writer = mount("writer", doomed);
        SocketClient other = mount("other", kept)) {
      writer.openFile("file");
      other.openFile("file");
      Thread load =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (long i = 0; ; i++) {
                    writer.write(i * ALPHA.length, ALPHA);
                  }
                } catch (IOException cut) {
                  // As it should be.
                }
              });
      await(host.delete(ONE));
      assertTrue(load.join(java.time.Duration.ofSeconds(AWAIT_SECONDS)), "the writer hangs");
      other.write(0, BETA);
      assertArrayEquals(BETA, other.read(0, 100));
    }
    assertEquals(HostRefusal.Reason.NOT_OPEN, reasonOf(host.listen(ONE, MountPoint.openAt(ANY))));
    awaitThat("its folder is gone", () -> foldersOf("removed-").isEmpty());
    InetSocketAddress again = create(ONE);
    try (SocketClient client = mount("client", again)) {
      client.openFile("file");
      assertArrayEquals(new byte[0], client.read(0, 100), "an old file came back");
    }
  }

  @Test
  void oneThatIsFencedLeavesTheOthersAlone() throws Exception {
    InetSocketAddress first = create(ONE);
    InetSocketAddress second = create(TWO);
    try (SocketClient fenced = mount("fenced", first);
        SocketClient well = mount("well", second)) {
      fenced.openFile("file");
      well.openFile("file");
      fenced.write(0, ALPHA);
      faults.logWriteFails.set(true);
      assertThrows(IOException.class, () -> fenced.write(0, BETA));
      awaitThat("it is open again", () -> host.figures(ONE).reopenings() == 1);
      well.write(0, BETA);
      assertArrayEquals(BETA, well.read(0, 100));
      assertEquals(0, host.figures(TWO).reopenings());
      awaitThat("it is listened to again", () -> canConnect(fenced, first));
      fenced.newSession();
      fenced.reclaim();
      fenced.reclaimComplete();
      assertArrayEquals(ALPHA, fenced.read(0, 100));
    }
  }

  @Test
  void aRestartOpensAllAndServesTheFirstOneWhereItWas() throws Exception {
    try (SocketClient client = mount("client", create(ONE))) {
      client.openFile("file");
      client.write(0, ALPHA);
    }
    await(host.create(TWO, FileSystemShape.DEFAULT));
    await(host.delete(TWO));
    FileSystemId first = node.facts().fileSystemId();
    stop();
    start();
    assertEquals(first, node.facts().fileSystemId());
    assertNull(host.figures(TWO));
    assertFalse(host.present().contains(TWO));
    try (SocketClient client = mount("client", await(host.listen(ONE, MountPoint.openAt(ANY))))) {
      client.openFile("file");
      assertArrayEquals(ALPHA, client.read(0, 100));
    }
  }

  /** What an operator has moved by mistake is told from what was deleted. */
  @Test
  void theFirstOneMayBeDeletedButNotBeMissing() throws Exception {
    FileSystemId first = node.facts().fileSystemId();
    create(ONE);
    stop();
    Path folder = data.resolve(first.toString());
    Path elsewhere = data.resolve("elsewhere");
    Files.move(folder, elsewhere);
    StartFailure missing = assertThrows(StartFailure.class, this::start);
    assertTrue(missing.getMessage().contains(first.toString()), missing.getMessage());
    Files.move(elsewhere, folder);
    start();
    await(host.delete(first));
    stop();
    start();
    assertNull(node.facts().fileSystemId());
    assertEquals(List.of(ONE.toString()), foldersOf("fs-"));
  }

  @Test
  void whatCanNotBeGivenIsRefusedAndLeavesNothing() throws Exception {
    assertEquals(HostRefusal.Reason.NOT_THERE, reasonOf(host.open(ONE, FileSystemShape.DEFAULT)));
    assertEquals(HostRefusal.Reason.NOT_OPEN, reasonOf(host.listen(ONE, MountPoint.openAt(ANY))));
    assertEquals(1, foldersOf("fs-").size());
    InetSocketAddress taken = create(ONE);
    await(host.create(TWO, FileSystemShape.DEFAULT));
    assertEquals(HostRefusal.Reason.ADDRESS, reasonOf(host.listen(TWO, MountPoint.openAt(taken))));
    assertEquals(
        HostRefusal.Reason.ADDRESS,
        reasonOf(host.listen(ONE, MountPoint.openAt(node.facts().nfsAddress()))));
    assertEquals(List.of(), host.figures(TWO).mountPoints());
    assertEquals(List.of(taken), host.figures(ONE).mountPoints());
    await(host.unlisten(ONE, taken));
    assertEquals(taken, await(host.listen(TWO, MountPoint.openAt(taken))));
  }

  @Test
  void aCreationThatTheDiskRefusesLeavesNothing() throws Exception {
    faults.opensFail = true;
    assertThrows(ExecutionException.class, () -> await(host.create(ONE, FileSystemShape.DEFAULT)));
    faults.opensFail = false;
    assertEquals(1, foldersOf("fs-").size());
    assertFalse(host.present().contains(ONE));
    create(ONE);
  }

  private static boolean canConnect(SocketClient client, InetSocketAddress address) {
    try {
      client.connect(address);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private List<String> foldersOf(String prefix) {
    try (Stream<Path> entries = Files.list(data)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitThat(String what, BooleanSupplier condition) {
    long givenUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < givenUpAt, () -> "never: " + what);
      Thread.onSpinWait();
    }
  }
}
