package io.atoll.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.api.efs.AwsCli;
import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.process.AtollProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotas set by {@code atoll quota}, and met by a Linux client. */
@EitherIo
class QuotaIT {
  private static final Duration STEP_MOST = Duration.ofMinutes(10);

  @TempDir private Path directory;
  private AtollProcess node;
  private AwsCli aws;

  private Path data() {
    return directory.resolve("data");
  }

  private void serve() throws Exception {
    assumeTrue(AwsCli.isAvailable(), "the AWS CLI is not here: apt-get install awscli");
    node = AtollProcess.start("serve", "--data=" + data(), "--nfs=127.0.0.1:0");
    node.awaitReady();
    String[] key = AtollProcess.field(node.output(), "access key").split(" ", -1);
    aws = new AwsCli(directory, AtollProcess.field(node.output(), "EFS API"), key[0], key[1]);
  }

  private String fileSystem() throws Exception {
    return aws.ok("efs", "describe-file-systems").at("/FileSystems/0/FileSystemId").asText();
  }

  private String accessPoint(String path) throws Exception {
    return aws.ok(
            "efs",
            "create-access-point",
            "--file-system-id",
            fileSystem(),
            "--client-token",
            path,
            "--root-directory",
            "Path=" + path + ",CreationInfo={OwnerUid=0,OwnerGid=0,Permissions=0755}")
        .get("AccessPointId")
        .asText();
  }

  private String quota(int expected, String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("quota"));
    command.addAll(List.of(arguments));
    command.add(2, "--data=" + data());
    try (AtollProcess process = AtollProcess.start(command.toArray(String[]::new))) {
      assertEquals(expected, process.awaitExit(), process.output());
      return process.output();
    }
  }

  private String quota(String... arguments) throws InterruptedException {
    return quota(ExitCode.OK, arguments);
  }

  private static void assertTold(String told, String... parts) {
    for (String part : parts) {
      assertTrue(told.contains(part), told);
    }
  }

  @Test
  void quotasAreSetShownKeptAndLifted() throws Exception {
    serve();
    String id = fileSystem();
    String accessPoint = accessPoint("/projects/one");
    assertTold(quota(ExitCode.NODE_REFUSED, "show", accessPoint), "/projects/one");
    String set = quota("set", accessPoint, "--size=20m", "--files=100");
    assertTold(set, "/projects/one", "in force", "20971520", "2048", "100");
    quota("set", id + ":/projects", "--size=1g");
    quota("set", id, "--files=5000");
    String all = quota("list", id);
    assertTold(all, "/ ", "/projects ", "/projects/one ", "5000", "1073741824");
    assertTold(quota(ExitCode.NODE_REFUSED, "set", id + ":/none", "--size=1g"), "/none");
    assertTold(quota(ExitCode.NODE_REFUSED, "set", id + ":../x", "--size=1g"), "begin with /");
    assertTold(quota(ExitCode.NODE_REFUSED, "set", id), "--size");
    assertTold(quota(ExitCode.USAGE, "set", id, "--size=many"), "many");
    node.kill();
    node = AtollProcess.start("serve", "--data=" + data(), "--nfs=127.0.0.1:0");
    node.awaitReady();
    assertEquals(all, quota("list", id));
    quota("remove", accessPoint);
    quota("remove", id + ":/projects");
    quota("remove", id);
    assertEquals(1, quota("list", id).lines().count());
    assertTold(quota(ExitCode.NODE_REFUSED, "remove", id), "no quota");
    node.terminate();
    assertEquals(ExitCode.OK, node.awaitExit(), node.output());
  }

  @Test
  @Tag("guest")
  void aClientMeetsItsQuotaFreesItAndGetsMore() throws Exception {
    serve();
    String accessPoint = accessPoint("/project");
    quota("set", accessPoint, "--size=20m");
    try (LinuxGuest guest =
        LinuxGuest.named("client")
            .label("quota")
            .serverPort(node.nfsPort())
            .job("quota.sh", accessPoint)
            .start()) {
      guest.awaitMarker("FULL", STEP_MOST);
      quota("set", accessPoint, "--size=40m");
      guest.send("raised");
      guest.awaitMarker("LARGER", STEP_MOST);
      quota("set", accessPoint, "--size=10m");
      guest.send("lowered");
      guest.awaitMarker("DONE", STEP_MOST);
      guest.awaitExit(STEP_MOST);
    }
    node.terminate();
    assertEquals(ExitCode.OK, node.awaitExit(), node.output());
  }
}
