package io.atoll.cli;

import io.atoll.cli.NodeClient.NodeFailure;
import io.netty.util.NetUtil;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code atoll fs}: the file systems of a running node. */
@Command(
    name = "fs",
    description = "Makes, lists, changes and deletes the file systems of a running node, live.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {
      FsCommand.Create.class,
      FsCommand.List.class,
      FsCommand.Show.class,
      FsCommand.Update.class,
      FsCommand.Delete.class
    })
public final class FsCommand implements Callable<Integer> {
  private static final String PATH = "/atoll/v1/file-systems";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: create, list, show, update or delete");
  }

  /** How much a file system may do. */
  static final class Throughput {
    @Option(
        names = "--throughput-mode",
        paramLabel = "MODE",
        description = "bursting, provisioned or elastic. Default: bursting.")
    private String mode;

    @Option(
        names = "--provisioned-mibps",
        paramLabel = "N",
        description = "MiB a second; with --throughput-mode=provisioned only.")
    private Double mibps;

    JsonObject addTo(JsonObject json) {
      if (mode != null) {
        json.put("throughputMode", mode);
      }
      return mibps == null ? json : json.put("provisionedThroughputInMibps", mibps);
    }
  }

  @Command(
      name = "create",
      description = "Makes a file system and serves it, and prints how to mount it.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class,
      sortOptions = false)
  static final class Create extends NodeCommand {
    @Option(
        names = "--nfs",
        paramLabel = "HOST:PORT",
        converter = HostAndPort.class,
        description =
            "Where it is served, and nothing else is: any address of this machine, 127.0.0.2:2049"
                + " say. Default: nowhere.")
    private InetSocketAddress nfs;

    @Option(
        names = "--performance-mode",
        paramLabel = "MODE",
        defaultValue = "generalPurpose",
        description =
            "generalPurpose, or maxIO, which spreads its connections over all event loops. Fixed"
                + " for ever. Default: ${DEFAULT-VALUE}.")
    private String performanceMode;

    @Mixin private Throughput throughput;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonObject wanted = new JsonObject().put("performanceMode", performanceMode);
      throughput.addTo(wanted);
      if (nfs != null) {
        wanted.put("address", NetUtil.toSocketAddressString(nfs));
      }
      JsonObject made = node.ask("POST", PATH, wanted);
      out.println(made.getString("id"));
      if (nfs != null) {
        out.println("mount: " + Banner.mountCommand(nfs));
      }
    }
  }

  @Command(
      name = "list",
      description = "One line for each file system.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class List extends NodeCommand {
    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonArray all = node.ask("GET", PATH, null).getJsonArray("fileSystems");
      String form = "%-22s %-10s %-15s %-12s %14s  %s%n";
      out.printf(
          form, "FILE SYSTEM", "STATE", "PERFORMANCE", "THROUGHPUT", "USED BYTES", "SERVED AT");
      for (int i = 0; i < all.size(); i++) {
        JsonObject each = all.getJsonObject(i);
        out.printf(
            form,
            each.getString("id"),
            each.getString("state"),
            each.getString("performanceMode"),
            each.getString("throughputMode"),
            each.getLong("usedBytes", 0L),
            String.join(", ", addresses(each)));
      }
    }

    private static java.util.List<String> addresses(JsonObject fileSystem) {
      return fileSystem.getJsonArray("addresses", new JsonArray()).stream()
          .map(String::valueOf)
          .toList();
    }
  }

  @Command(
      name = "show",
      description = "All that the node says of one file system, in JSON.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Show extends NodeCommand {
    @Parameters(paramLabel = "ID", description = "As 'atoll fs list' tells it.")
    private String id;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      out.println(node.ask("GET", pathOf(PATH, id), null).encodePrettily());
    }
  }

  @Command(
      name = "update",
      description = "Changes the throughput of a file system, live.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Update extends NodeCommand {
    @Parameters(paramLabel = "ID", description = "As 'atoll fs list' tells it.")
    private String id;

    @Mixin private Throughput throughput;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonObject wanted = throughput.addTo(new JsonObject());
      if (wanted.isEmpty()) {
        throw new NodeFailure("say what to change: --throughput-mode, --provisioned-mibps");
      }
      out.println(node.ask("PATCH", pathOf(PATH, id), wanted).encodePrettily());
    }
  }

  @Command(
      name = "delete",
      description = "Deletes a file system with all that is in it, and cuts its clients.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Delete extends NodeCommand {
    @Parameters(paramLabel = "ID", description = "As 'atoll fs list' tells it.")
    private String id;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      node.ask("DELETE", pathOf(PATH, id), null);
      out.println(id + " is deleted.");
    }
  }
}
