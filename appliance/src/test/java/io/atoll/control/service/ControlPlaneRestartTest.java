package io.atoll.control.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.control.FileSystemShape;
import io.atoll.control.HostRefusal;
import io.atoll.control.network.Network;
import io.atoll.control.network.SocketAddresses;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.LifeCycleState;
import io.atoll.control.resource.MountTarget;
import io.atoll.control.resource.SecurityGroup;
import io.atoll.control.store.ResourceStoreException;
import io.atoll.control.store.RocksDbResourceStore;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded is brought about at the next start, whatever was done of it before. */
class ControlPlaneRestartTest {
  @TempDir Path directory;

  private final FakeHost host = new FakeHost();
  private ControlPlane control;
  private AccessKeys.Pair firstKey;

  private void start() {
    control =
        new ControlPlane(
            RocksDbResourceStore.open(directory.resolve("control")),
            host,
            new ControlPlane.Settings(
                directory.resolve("control.key"),
                Network.ofDefaults(),
                2049,
                ControlLimits.DEFAULT,
                Clock.systemUTC()));
    firstKey = join(control.start());
  }

  @AfterEach
  void stop() {
    control.close();
  }

  /** As a crash would: what the host does from now on is not recorded any more. */
  private void crash() {
    control.close();
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private <T> T call(Callable<T> request) {
    return join(control.call(request));
  }

  private FileSystemResource create(String token) {
    return call(() ->
        control
            .fileSystems()
            .create(
                new FileSystems.Creation(token, null, null, null, null, null, new TreeMap<>())));
  }

  private LifeCycleState state(String id) {
    return call(() -> control.fileSystems().state(control.fileSystems().get(id)));
  }

  private void awaitState(String id, LifeCycleState state) {
    while (state(id) != state) {
      Thread.onSpinWait();
    }
  }

  private MountTarget mount(String id) {
    String subnet = control.network().subnets().getFirst().id();
    Future<MountTarget> made =
        join(
            control.call(() ->
                control.mountTargets().create(new MountTargets.Creation(id, subnet, null, null))));
    return join(made);
  }

  @Test
  void theFirstStartMakesOnePairAndTheDefaultGroup() {
    start();
    assertNotNull(firstKey);
    assertEquals(firstKey.secret(), call(() -> control.accessKeys().secret(firstKey.id())));
    SecurityGroup group = call(() -> control.securityGroups().all().values().iterator().next());
    assertEquals(List.of("127.0.0.0/8"), group.sources());
    AccessKeys.Pair pair = firstKey;
    crash();
    start();
    assertNull(firstKey);
    assertEquals(pair.secret(), call(() -> control.accessKeys().secret(pair.id())));
    assertEquals(1, (int) call(() -> control.securityGroups().all().size()));
  }

  @Test
  void aCreationThatACrashCutOffIsDoneAtTheNextStart() {
    start();
    host.hold();
    String id = create("t").id();
    crash();
    host.made.clear();
    host.letGo();
    start();

    awaitState(id, LifeCycleState.AVAILABLE);
    assertTrue(host.made.containsKey(id));
  }

  @Test
  void anUpdateThatACrashCutOffIsDoneAtTheNextStart() {
    start();
    String id = create("t").id();
    awaitState(id, LifeCycleState.AVAILABLE);
    host.hold();
    call(() -> control.fileSystems().update(id, ThroughputMode.ELASTIC, null));
    crash();
    host.letGo();
    start();

    awaitState(id, LifeCycleState.AVAILABLE);
    assertEquals(
        ThroughputMode.ELASTIC, call(() -> control.fileSystems().get(id).throughputMode()));
  }

  @Test
  void aDeletionThatACrashCutOffIsDoneAtTheNextStart() {
    start();
    String id = create("t").id();
    awaitState(id, LifeCycleState.AVAILABLE);
    host.hold();
    call(() -> {
      control.fileSystems().delete(id);
      return null;
    });
    crash();
    host.letGo();
    host.made.put(
        id,
        FileSystems.shape(
            new FileSystemResource(
                id,
                "t",
                0,
                LifeCycleState.DELETING,
                PerformanceMode.GENERAL_PURPOSE,
                ThroughputMode.BURSTING,
                null,
                null,
                null,
                null,
                true,
                null)));
    start();

    while (call(() -> control.fileSystems().all().containsKey(id))) {
      Thread.onSpinWait();
    }
    assertFalse(host.made.containsKey(id));
  }

  @Test
  void mountTargetsListenAgainAfterAStart() {
    start();
    String id = create("t").id();
    awaitState(id, LifeCycleState.AVAILABLE);
    MountTarget target = mount(id);
    crash();
    host.listening.clear();
    start();

    while (!host.listening.containsKey(new InetSocketAddress(target.address(), 2049))) {
      Thread.onSpinWait();
    }
    assertEquals(List.of(id), host.opened.stream().distinct().toList());
  }

  @Test
  void aFileSystemWithoutARecordIsAdopted() {
    host.made.put("fs-0123456789abcdef0", FileSystemShape.DEFAULT);
    start();

    assertEquals(LifeCycleState.AVAILABLE, state("fs-0123456789abcdef0"));
  }

  @Test
  void whatTheHostCantDoShowsAsErrorAndCanBeDeleted() {
    start();
    host.refuse(HostRefusal.Reason.NO_ROOM);
    String id = create("t").id();
    awaitState(id, LifeCycleState.ERROR);
    host.refuse(null);
    call(() -> {
      control.fileSystems().delete(id);
      return null;
    });

    while (call(() -> control.fileSystems().all().containsKey(id))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aChangedGroupIsAskedAgainAboutLiveConnections() {
    start();
    String id = create("t").id();
    awaitState(id, LifeCycleState.AVAILABLE);
    InetSocketAddress at = new InetSocketAddress(mount(id).address(), 2049);
    InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 700);
    InetSocketAddress stranger = SocketAddresses.parse("192.0.2.1:700");
    assertTrue(host.points.get(at).access().admits(client));
    assertFalse(host.points.get(at).access().admits(stranger));
    Denial denial = control.denials().latest(1).getFirst();
    assertEquals(id, denial.fileSystemId());
    assertEquals("192.0.2.1 is in none of [127.0.0.0/8]", denial.compared());

    call(() -> control.securityGroups().replaceSources("default", List.of("192.0.2.0/24")));

    assertEquals(List.of(at), host.rechecked);
    assertFalse(host.points.get(at).access().admits(client));
    assertTrue(host.points.get(at).access().admits(stranger));
  }

  @Test
  void aLostOrOpenKeyFileIsTold() throws IOException {
    start();
    crash();
    Path key = directory.resolve("control.key");
    byte[] bytes = Files.readAllBytes(key);
    Files.delete(key);
    refused(ResourceStoreException.Kind.DAMAGED);
    bytes[0] ^= 1;
    Files.write(key, bytes);
    refused(ResourceStoreException.Kind.UNUSABLE);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    refused(ResourceStoreException.Kind.DAMAGED);
    bytes[0] ^= 1;
    Files.write(key, bytes);
    start();
  }

  private void refused(ResourceStoreException.Kind kind) {
    try (RocksDbResourceStore store = RocksDbResourceStore.open(directory.resolve("control"))) {
      ResourceStoreException refused =
          assertThrows(
              ResourceStoreException.class,
              () ->
                  new ControlPlane(
                      store,
                      host,
                      new ControlPlane.Settings(
                          directory.resolve("control.key"),
                          Network.ofDefaults(),
                          2049,
                          ControlLimits.DEFAULT,
                          Clock.systemUTC())));
      assertEquals(kind, refused.kind());
    }
  }

  @Test
  void oneTokenMakesOneFileSystem() {
    start();
    String id = create("t").id();
    CompletionException again = assertThrows(CompletionException.class, () -> create("t"));
    assertEquals(id, ((Refusal) again.getCause()).existingId());
  }
}
