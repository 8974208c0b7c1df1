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

/** The command, run in this process, and what came of it. */
record BenchRun(int exitCode, String out, String err, JsonNode json) {

  /** Runs {@code atoll bench arguments...} with its figures in a file of {@code folder}. */
  static BenchRun of(Path folder, String... arguments) throws IOException {
    Path file = folder.resolve("figures.json");
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--json", file.toString(), "--loops", "1"));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        BenchCommand.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    JsonNode json =
        Files.exists(file) && Files.size(file) > 0
            ? new ObjectMapper().readTree(file.toFile())
            : null;
    return new BenchRun(code, out.toString(), err.toString(), json);
  }

  JsonNode load(int number) {
    return json.get("loads").get(number);
  }

  /** The first round of a load on the first server. */
  JsonNode round(int load) {
    return load(load).get("servers").get(0).get("rounds").get(0);
  }

  /** The first kind of operation of that round. */
  JsonNode operation(int load) {
    return round(load).get("operations").get(0);
  }

  @Override
  public String toString() {
    return "exit code " + exitCode + "\n" + out + "\n" + err;
  }
}
