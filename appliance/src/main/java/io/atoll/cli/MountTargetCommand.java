package io.atoll.cli;

import io.atoll.cli.NodeClient.NodeFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code atoll mount-target}: addresses at which nothing but an access point is seen. */
@Command(
    name = "mount-target",
    description =
        "Makes, lists and deletes mount targets of access points: addresses at which nothing else"
            + " of the file system can be mounted. Those of whole file systems are made by 'aws efs"
            + " create-mount-target'.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {
      MountTargetCommand.Create.class,
      MountTargetCommand.List.class,
      MountTargetCommand.Delete.class
    })
public final class MountTargetCommand implements Callable<Integer> {
  private static final String PATH = "/atoll/v1/mount-targets";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do: create, list or delete");
  }

  private static void print(JsonObject target, PrintWriter out) {
    out.printf(
        "%-23s  %-23s  %-15s  %-10s  %s%n",
        target.getString("MountTargetId"),
        target.getString("AccessPointId"),
        target.getString("IpAddress"),
        target.getString("LifeCycleState"),
        target.getJsonArray("SecurityGroups").stream()
            .map(String::valueOf)
            .collect(Collectors.joining(", ")));
  }

  @Command(
      name = "create",
      description = "Makes one, and prints it when it listens.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Create extends NodeCommand {
    @Parameters(paramLabel = "ACCESS-POINT", description = "Its ID.")
    private String accessPoint;

    @Option(
        names = "--subnet",
        paramLabel = "ID",
        description = "Which its address is of. Default: the first of the file system's zones.")
    private String subnet;

    @Option(
        names = "--address",
        paramLabel = "IP",
        description = "Of the subnet. Default: a free one.")
    private String address;

    @Option(
        names = "--security-group",
        paramLabel = "GROUP",
        description =
            "Whose networks may connect, by ID or name; may be given again. Default:"
                + " 'default'.")
    private java.util.List<String> groups = new ArrayList<>();

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonObject wanted = new JsonObject().put("AccessPointId", accessPoint);
      if (subnet != null) {
        wanted.put("SubnetId", subnet);
      }
      if (address != null) {
        wanted.put("IpAddress", address);
      }
      if (!groups.isEmpty()) {
        wanted.put("SecurityGroups", new JsonArray(groups));
      }
      print(node.ask("POST", PATH, wanted), out);
    }
  }

  @Command(
      name = "list",
      description = "One line for each: its ID, access point, address, state and groups.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class List extends NodeCommand {
    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonArray targets = node.ask("GET", PATH, null).getJsonArray("MountTargets");
      for (int i = 0; i < targets.size(); i++) {
        print(targets.getJsonObject(i), out);
      }
    }
  }

  @Command(
      name = "delete",
      description = "Deletes one, and cuts the clients that came by it.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Delete extends NodeCommand {
    @Parameters(paramLabel = "ID", description = "As 'atoll mount-target list' tells it.")
    private String id;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      node.ask("DELETE", pathOf(PATH, id), null);
      out.println(id + " is deleted.");
    }
  }
}
