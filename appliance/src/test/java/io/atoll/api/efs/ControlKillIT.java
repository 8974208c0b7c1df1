package io.atoll.api.efs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.control.network.Network;
import io.atoll.io.testing.EitherIo;
import io.atoll.process.AtollProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.efs.EfsClient;
import software.amazon.awssdk.services.efs.model.CreateFileSystemResponse;
import software.amazon.awssdk.services.efs.model.EfsException;
import software.amazon.awssdk.services.efs.model.FileSystemDescription;
import software.amazon.awssdk.services.efs.model.LifeCycleState;
import software.amazon.awssdk.services.efs.model.MountTargetDescription;

/**
 * {@code kill -9} while file systems and mount targets are made, changed and removed: what was
 * answered is there after the restart, and all comes to rest.
 */
@EitherIo
@Timeout(600) // It polls: what never comes is to fail.
class ControlKillIT {
  private static final int KILLS = 4;
  private static final long LONGEST_LIFE_MILLIS = 3_000;

  @TempDir Path directory;

  private final Set<String> kept = new HashSet<>();
  private final Random random = new Random();
  private String[] key;
  private int port;

  private AtollProcess serve() throws InterruptedException {
    AtollProcess node =
        AtollProcess.start(
            "serve",
            "--data=" + directory.resolve("data"),
            "--nfs=127.0.0.1:0",
            "--loops=2",
            "--lease-seconds=5",
            "--mount-target-port=" + port);
    node.awaitReady();
    return node;
  }

  private EfsClient client(AtollProcess node) {
    if (key == null) {
      key = AtollProcess.field(node.output(), "access key").split(" ", -1);
    }
    return ApiFixture.client(
        URI.create(AtollProcess.field(node.output(), "EFS API")), key[0], key[1]);
  }

  @Test
  void whateverAKillCutsOffComesToRest() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    for (int kill = 0; kill < KILLS; kill++) {
      try (AtollProcess node = serve();
          EfsClient efs = client(node)) {
        Thread worker = Thread.ofVirtual().start(() -> work(efs));
        // At some point of what is going on.
        TimeUnit.MILLISECONDS.sleep(random.nextLong(LONGEST_LIFE_MILLIS));
        node.kill();
        worker.join();
      }
      try (AtollProcess node = serve();
          EfsClient efs = client(node)) {
        comesToRest(efs);
        node.kill();
      }
    }
  }

  private void work(EfsClient efs) {
    try {
      for (int i = 0; ; i++) {
        String token = random.nextLong() + "-" + i;
        CreateFileSystemResponse made = efs.createFileSystem(r -> r.creationToken(token));
        String id = made.fileSystemId();
        kept.add(id);
        await(efs, id);
        efs.updateFileSystem(r -> r.fileSystemId(id).throughputMode("elastic"));
        await(efs, id);
        String subnet = Network.ofDefaults().subnets().getFirst().id();
        String target =
            efs.createMountTarget(r -> r.fileSystemId(id).subnetId(subnet)).mountTargetId();
        efs.deleteMountTarget(r -> r.mountTargetId(target));
        while (!efs.describeMountTargets(r -> r.fileSystemId(id)).mountTargets().isEmpty()) {}
        kept.remove(id);
        efs.deleteFileSystem(r -> r.fileSystemId(id));
      }
    } catch (SdkClientException killed) {
      // As was meant.
    }
  }

  private static void await(EfsClient efs, String id) {
    while (efs.describeFileSystems(r -> r.fileSystemId(id))
            .fileSystems()
            .getFirst()
            .lifeCycleState()
        != LifeCycleState.AVAILABLE) {}
  }

  private void comesToRest(EfsClient efs) throws IOException {
    boolean atRest;
    do {
      atRest = true;
      Set<String> found = new HashSet<>();
      for (FileSystemDescription each : efs.describeFileSystems().fileSystems()) {
        assertTrue(
            each.lifeCycleState() != LifeCycleState.ERROR
                && each.lifeCycleState() != LifeCycleState.UNKNOWN_TO_SDK_VERSION,
            each.toString());
        found.add(each.fileSystemId());
        atRest &= each.lifeCycleState() == LifeCycleState.AVAILABLE;
      }
      assertTrue(found.containsAll(kept), found + " lacks some of " + kept);
    } while (!atRest);
    for (FileSystemDescription each : efs.describeFileSystems().fileSystems()) {
      targetsComeToRest(efs, each.fileSystemId());
    }
  }

  private void targetsComeToRest(EfsClient efs, String id) throws IOException {
    for (MountTargetDescription target :
        efs.describeMountTargets(r -> r.fileSystemId(id)).mountTargets()) {
      try {
        while (efs.describeMountTargets(r -> r.mountTargetId(target.mountTargetId()))
                .mountTargets()
                .getFirst()
                .lifeCycleState()
            != LifeCycleState.AVAILABLE) {}
      } catch (EfsException gone) {
        assertEquals("MountTargetNotFound", gone.awsErrorDetails().errorCode());
        continue;
      }
      try (Socket socket = new Socket(target.ipAddress(), port)) {
        assertTrue(socket.isConnected());
      }
    }
  }
}
