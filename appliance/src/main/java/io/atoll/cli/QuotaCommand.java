package io.atoll.cli;

import io.atoll.cli.NodeClient.NodeFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code atoll quota}: how much file systems and directories may come to hold. */
@Command(
    name = "quota",
    description =
        "Sets, shows and removes the quotas of a running node: how much a file system, an access"
            + " point's directory or any other directory may hold, with all that lies below it.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {
      QuotaCommand.Set.class,
      QuotaCommand.Show.class,
      QuotaCommand.List.class,
      QuotaCommand.Remove.class
    })
public final class QuotaCommand implements Callable<Integer> {
  private static final String PATH = "/atoll/v1/quotas";
  private static final String FORM = "%-32s %-9s %16s %16s %12s %12s%n";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do: set, show, list or remove");
  }

  private static void printHead(PrintWriter out) {
    out.printf(FORM, "PATH", "STATE", "USED BYTES", "OF BYTES", "USED FILES", "OF FILES");
  }

  private static void print(JsonObject quota, PrintWriter out) {
    String path = quota.getString("Path");
    out.printf(
        FORM,
        path == null ? "(moving)" : path,
        quota.getString("State"),
        quota.getLong("UsedBytes"),
        limit(quota, "LimitBytes"),
        quota.getLong("UsedObjects"),
        limit(quota, "LimitObjects"));
  }

  private static String limit(JsonObject quota, String name) {
    Long limit = quota.getLong(name);
    return limit == null ? "-" : limit.toString();
  }

  /** One that is about a single quota. */
  abstract static class OfOne extends NodeCommand {
    @Parameters(
        paramLabel = "TARGET",
        description =
            "A file system's ID; an access point's, for its root directory; or a file system's"
                + " and a path, as fs-...:/projects/one.")
    private String target;

    String path() {
      return pathOf(PATH, target);
    }

    String target() {
      return target;
    }
  }

  @Command(
      name = "set",
      description =
          "Sets or changes a quota, at once. What is there already is counted first; what is"
              + " too much stays, and nothing is added until it fits again.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Set extends OfOne {
    @Option(
        names = "--size",
        paramLabel = "BYTES",
        converter = ByteCount.class,
        description =
            "The most bytes, or with k, m, g or t behind it KiB, MiB, GiB or TiB: 2 KiB for each"
                + " file and its blocks of 4 KiB. Default: no limit.")
    private Long bytes;

    @Option(
        names = "--files",
        paramLabel = "N",
        description = "The most files, directories and others. Default: no limit.")
    private Long files;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonObject wanted = new JsonObject();
      if (bytes != null) {
        wanted.put("LimitBytes", bytes);
      }
      if (files != null) {
        wanted.put("LimitObjects", files);
      }
      if (wanted.isEmpty()) {
        throw new NodeFailure("say how much: --size, --files");
      }
      JsonObject quota = node.ask("PUT", path(), wanted);
      printHead(out);
      print(quota, out);
    }
  }

  @Command(
      name = "show",
      description = "One quota, and how much of it is used.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Show extends OfOne {
    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonObject quota = node.ask("GET", path(), null);
      printHead(out);
      print(quota, out);
    }
  }

  @Command(
      name = "list",
      description = "All quotas of a file system.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class List extends NodeCommand {
    @Parameters(paramLabel = "ID", description = "As 'atoll fs list' tells it.")
    private String id;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonArray quotas =
          node.ask("GET", PATH + "?file-system=" + encoded(id), null).getJsonArray("Quotas");
      printHead(out);
      for (int i = 0; i < quotas.size(); i++) {
        print(quotas.getJsonObject(i), out);
      }
    }
  }

  @Command(
      name = "remove",
      description = "Lifts a quota, at once.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Remove extends OfOne {
    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      node.ask("DELETE", path(), null);
      out.println(target() + " has no quota any more.");
    }
  }
}
