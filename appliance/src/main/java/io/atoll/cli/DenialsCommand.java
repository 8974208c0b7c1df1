package io.atoll.cli;

import io.atoll.cli.NodeClient.NodeFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code atoll denials}: why clients were refused. */
@Command(
    name = "denials",
    description =
        "Tells what a running node has refused by a rule: when, what, the rule, and the values that"
            + " it compared. The newest first.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    sortOptions = false)
public final class DenialsCommand extends NodeCommand {
  @Option(
      names = "--max",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many at most; the node keeps the latest 1024. Default: ${DEFAULT-VALUE}.")
  private int max;

  @Override
  void run(NodeClient node, PrintWriter out) throws NodeFailure {
    JsonArray denials =
        node.ask("GET", "/atoll/v1/denials?max=" + max, null).getJsonArray("Denials");
    for (int i = 0; i < denials.size(); i++) {
      JsonObject denial = denials.getJsonObject(i);
      out.printf(
          "%s  %s %s via %s: %s: %s%n",
          Instant.ofEpochMilli(denial.getLong("TimeMillis")),
          denial.getString("Action"),
          denial.getString("FileSystemId"),
          denial.getString("Via"),
          denial.getString("Rule"),
          denial.getString("Compared"));
    }
    if (denials.isEmpty()) {
      out.println("Nothing was refused since the node was started.");
    }
  }
}
