package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.api.efs.AwsCli;
import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.process.AtollProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access points that the AWS CLI has made, mounted by a Linux client. */
@Tag("guest")
@EitherIo
class AccessPointIT {
  private static final Duration STEP_MOST = Duration.ofMinutes(10);

  @TempDir private Path directory;
  private AwsCli aws;

  private String accessPoint(String fileSystem, String token, String... more) throws Exception {
    String[] command = {
      "efs", "create-access-point", "--file-system-id", fileSystem, "--client-token", token
    };
    String[] all = new String[command.length + more.length];
    System.arraycopy(command, 0, all, 0, command.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return aws.ok(all).get("AccessPointId").asText();
  }

  @Test
  void aClientIsWhoItsAccessPointSaysAndSeesWhatItShows() throws Exception {
    assumeTrue(AwsCli.isAvailable(), "the AWS CLI is not here: apt-get install awscli");
    try (AtollProcess node =
        AtollProcess.start("serve", "--data=" + directory.resolve("data"), "--nfs=127.0.0.1:0")) {
      node.awaitReady();
      String[] key = AtollProcess.field(node.output(), "access key").split(" ", -1);
      aws = new AwsCli(directory, AtollProcess.field(node.output(), "EFS API"), key[0], key[1]);
      String fileSystem =
          aws.ok("efs", "describe-file-systems").at("/FileSystems/0/FileSystemId").asText();
      String ofUser =
          accessPoint(
              fileSystem,
              "user",
              "--posix-user",
              "Uid=1000,Gid=1001",
              "--root-directory",
              "Path=/home/app,CreationInfo={OwnerUid=1000,OwnerGid=1001,Permissions=0750}");
      String ofAll = accessPoint(fileSystem, "all", "--root-directory", "Path=/home");
      try (LinuxGuest guest =
          LinuxGuest.named("client")
              .label("access-points")
              .serverPort(node.nfsPort())
              .job("access-points.sh", ofUser, ofAll)
              .start()) {
        guest.awaitMarker("MADE", STEP_MOST);
        guest.awaitMarker("ENFORCED", STEP_MOST);
        guest.awaitMarker("SEEN", STEP_MOST);
        guest.awaitExit(STEP_MOST);
      }
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }
}
