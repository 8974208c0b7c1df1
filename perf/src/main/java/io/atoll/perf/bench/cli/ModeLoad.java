package io.atoll.perf.bench.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** One load of the harness on one server, from its begin to its end. */
public final class ModeLoad {
  private ModeLoad() {}

  /**
   * What came of it.
   *
   * @param operations that were measured
   */
  public record Outcome(
      long operations, double perSecond, double mibPerSecond, double p50Micros, double p99Micros) {}

  /**
   * Runs it.
   *
   * @param port of the server, on this machine
   * @param options of {@code atoll bench}
   * @throws IOException if it did not run well to its end; the message says what it said
   */
  public static Outcome run(int port, List<String> options) throws IOException {
    Path figures = Files.createTempFile("atoll-load", ".json");
    StringWriter said = new StringWriter();
    CommandLine bench =
        BenchCommand.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    List<String> arguments = new ArrayList<>(List.of("nfs://127.0.0.1:" + port + "/"));
    arguments.addAll(options);
    arguments.add("--json=" + figures);
    try {
      int exit = bench.execute(arguments.toArray(String[]::new));
      if (exit != BenchExit.OK) {
        throw new IOException("the load " + options + " ended with " + exit + ": " + said);
      }
      return outcome(new ObjectMapper().readTree(figures.toFile()));
    } finally {
      Files.deleteIfExists(figures);
    }
  }

  private static Outcome outcome(JsonNode report) {
    JsonNode round = report.at("/loads/0/servers/0/rounds/0");
    JsonNode operation = round.at("/operations/0");
    return new Outcome(
        operation.path("operations").asLong(),
        round.path("perSecond").asDouble(),
        round.path("mibPerSecond").asDouble(),
        operation.at("/measured/p50").asDouble(),
        operation.at("/measured/p99").asDouble());
  }
}
