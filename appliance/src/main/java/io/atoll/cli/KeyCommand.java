package io.atoll.cli;

import io.atoll.cli.NodeClient.NodeFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code atoll key}: who may call the EFS API of a running node. */
@Command(
    name = "key",
    description = "Makes, lists and revokes access keys for the EFS API of a running node.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {KeyCommand.Create.class, KeyCommand.List.class, KeyCommand.Revoke.class})
public final class KeyCommand implements Callable<Integer> {
  private static final String PATH = "/atoll/v1/access-keys";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do: create, list or revoke");
  }

  @Command(
      name = "create",
      description = "Makes a key and prints it: its secret is told this once.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Create extends NodeCommand {
    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonObject pair = node.ask("POST", PATH, new JsonObject());
      out.println("export AWS_ACCESS_KEY_ID=" + pair.getString("AccessKeyId"));
      out.println("export AWS_SECRET_ACCESS_KEY=" + pair.getString("SecretAccessKey"));
    }
  }

  @Command(
      name = "list",
      description = "One line for each key.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class List extends NodeCommand {
    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonArray keys = node.ask("GET", PATH, null).getJsonArray("AccessKeys");
      out.printf("%-20s  %s%n", "KEY", "CREATED");
      for (int i = 0; i < keys.size(); i++) {
        JsonObject key = keys.getJsonObject(i);
        out.printf(
            "%-20s  %s%n",
            key.getString("AccessKeyId"), Instant.ofEpochMilli(key.getLong("CreatedMillis")));
      }
    }
  }

  @Command(
      name = "revoke",
      description = "Ends a key: what it signs is refused from now on.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Revoke extends NodeCommand {
    @Parameters(paramLabel = "KEY", description = "As 'atoll key list' tells it.")
    private String key;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      node.ask("DELETE", pathOf(PATH, key), null);
      out.println(key + " is revoked.");
    }
  }
}
