package io.atoll.api.efs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.process.AtollProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running node and the AWS CLI: a file system from its creation to its end. */
@EitherIo
@Timeout(600) // It polls: what never comes is to fail.
class AwsCliIT {
  @TempDir Path directory;

  private AwsCli aws;

  @BeforeEach
  void assumeCli() {
    assumeTrue(AwsCli.isAvailable(), "the AWS CLI is not here: apt-get install awscli");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String atoll(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add("--data=" + directory.resolve("data"));
    try (AtollProcess process = AtollProcess.start(command.toArray(String[]::new))) {
      assertEquals(ExitCode.OK, process.awaitExit(), process.output());
      return process.output();
    }
  }

  private void assertError(String error, String... arguments) throws Exception {
    AwsCli.Told told = aws.run(arguments);
    assertTrue(told.exitCode() != 0, told.output());
    assertTrue(told.output().contains("An error occurred (" + error + ")"), told.output());
  }

  private String state(String id) throws Exception {
    return aws.ok("efs", "describe-file-systems", "--file-system-id", id)
        .at("/FileSystems/0/LifeCycleState")
        .asText();
  }

  @Test
  void aFileSystemIsMadeMountedGuardedAndRemoved() throws Exception {
    int port = freePort();
    try (AtollProcess node =
        AtollProcess.start(
            "serve",
            "--data=" + directory.resolve("data"),
            "--nfs=127.0.0.1:0",
            "--mount-target-port=" + port)) {
      node.awaitReady();
      String[] key = AtollProcess.field(node.output(), "access key").split(" ", -1);
      aws = new AwsCli(directory, AtollProcess.field(node.output(), "EFS API"), key[0], key[1]);
      assertEquals("000000000000", aws.ok("sts", "get-caller-identity").get("Account").asText());
      String subnet = aws.ok("ec2", "describe-subnets").at("/Subnets/0/SubnetId").asText();
      assertEquals(
          "us-east-1a",
          aws.ok("ec2", "describe-availability-zones")
              .at("/AvailabilityZones/0/ZoneName")
              .asText());

      JsonNode made =
          aws.ok(
              "efs",
              "create-file-system",
              "--creation-token",
              "cli",
              "--tags",
              "Key=Name,Value=from the CLI");
      String id = made.get("FileSystemId").asText();
      assertEquals("creating", made.get("LifeCycleState").asText());
      assertError(
          "FileSystemAlreadyExists", "efs", "create-file-system", "--creation-token", "cli");
      while (!state(id).equals("available")) {}
      JsonNode target =
          aws.ok("efs", "create-mount-target", "--file-system-id", id, "--subnet-id", subnet);
      String address = target.get("IpAddress").asText();
      aws.ok(
          "efs",
          "create-access-point",
          "--file-system-id",
          id,
          "--client-token",
          "pv",
          "--posix-user",
          "Uid=1000,Gid=1000",
          "--root-directory",
          "Path=/app");
      guard(address, port);
      assertError("FileSystemInUse", "efs", "delete-file-system", "--file-system-id", id);
      aws.ok(
          "efs", "delete-mount-target", "--mount-target-id", target.get("MountTargetId").asText());
      while (aws.run("efs", "delete-file-system", "--file-system-id", id).exitCode() != 0) {}
      while (aws.run("efs", "describe-file-systems", "--file-system-id", id).exitCode() == 0) {}
      assertError("FileSystemNotFound", "efs", "describe-file-systems", "--file-system-id", id);
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }

  /** Who is no longer let in is cut, and told of. */
  private void guard(String address, int port) throws Exception {
    try (Socket open = new Socket(address, port)) {
      atoll("sg", "revoke", "default", "127.0.0.0/8");
      assertEquals(-1, open.getInputStream().read());
    }
    try (Socket refused = new Socket(address, port)) {
      assertEquals(-1, refused.getInputStream().read());
    } catch (IOException reset) {
      // As good.
    }
    String denials = atoll("denials");
    assertTrue(denials.contains("127.0.0.1 is in none of []"), denials);
    atoll("sg", "allow", "default", "127.0.0.0/8");
    try (Socket again = new Socket(address, port)) {
      assertTrue(again.isConnected());
    }
  }
}
