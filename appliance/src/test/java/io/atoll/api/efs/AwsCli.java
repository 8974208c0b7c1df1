package io.atoll.api.efs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The AWS CLI that is on the path, against one endpoint. */
public final class AwsCli {
  private static final long END_WITHIN_SECONDS = 120;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final String endpoint;
  private final String keyId;
  private final String secret;

  public AwsCli(Path directory, String endpoint, String keyId, String secret) {
    this.directory = directory;
    this.endpoint = endpoint;
    this.keyId = keyId;
    this.secret = secret;
  }

  public static boolean isAvailable() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "aws")));
  }

  /** What a command printed. */
  public record Told(int exitCode, String output) {}

  public Told run(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "aws", "--endpoint-url", endpoint, "--region", "us-east-1", "--output", "json"));
    command.addAll(List.of(arguments));
    ProcessBuilder program = new ProcessBuilder(command).redirectErrorStream(true);
    program
        .environment()
        .putAll(
            Map.of(
                "AWS_ACCESS_KEY_ID",
                keyId,
                "AWS_SECRET_ACCESS_KEY",
                secret,
                "AWS_CONFIG_FILE",
                directory.resolve("aws-config").toString(),
                "AWS_SHARED_CREDENTIALS_FILE",
                directory.resolve("aws-keys").toString(),
                "AWS_EC2_METADATA_DISABLED",
                "true",
                "AWS_PAGER", // of version 2, whose option version 1 does not know
                ""));
    Path output = Files.createTempFile(directory, "aws", ".txt");
    Process process = program.redirectOutput(output.toFile()).start();
    if (!process.waitFor(END_WITHIN_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("aws " + List.of(arguments) + " does not end");
    }
    return new Told(process.exitValue(), Files.readString(output));
  }

  /** A command that succeeds: its answer, or a missing node if it has none. */
  public JsonNode ok(String... arguments) throws IOException, InterruptedException {
    Told told = run(arguments);
    if (told.exitCode() != 0) {
      throw new AssertionError("aws " + List.of(arguments) + ": " + told.output());
    }
    return JSON.readTree(told.output());
  }
}
