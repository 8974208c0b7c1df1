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

/** {@code atoll sg}: who may connect to mount targets. */
@Command(
    name = "sg",
    description =
        "Makes, lists, changes and deletes security groups of a running node: the networks whose"
            + " clients may connect to mount targets.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {
      SgCommand.Create.class,
      SgCommand.List.class,
      SgCommand.Allow.class,
      SgCommand.Revoke.class,
      SgCommand.Delete.class
    })
public final class SgCommand implements Callable<Integer> {
  private static final String PATH = "/atoll/v1/security-groups";
  private static final String SOURCES = "Sources";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: create, list, allow, revoke or delete");
  }

  private static java.util.List<String> sources(JsonObject group) {
    return group.getJsonArray(SOURCES).stream()
        .map(String::valueOf)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static void print(JsonObject group, PrintWriter out) {
    out.printf(
        "%-20s  %-20s  %s%n",
        group.getString("GroupId"),
        group.getString("GroupName"),
        String.join(", ", sources(group)));
  }

  @Command(
      name = "create",
      description = "Makes a group, and prints it.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Create extends NodeCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "Unique.")
    private String name;

    @Parameters(
        index = "1..*",
        paramLabel = "NETWORK",
        description = "Whose clients may connect, as 10.0.0.0/8; none for nobody yet.")
    private java.util.List<String> networks = new ArrayList<>();

    @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
    private String description = "";

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonObject wanted =
          new JsonObject()
              .put("GroupName", name)
              .put("Description", description)
              .put(SOURCES, new JsonArray(networks));
      print(node.ask("POST", PATH, wanted), out);
    }
  }

  @Command(
      name = "list",
      description = "One line for each group: its ID, name and networks.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class List extends NodeCommand {
    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      JsonArray groups = node.ask("GET", PATH, null).getJsonArray("SecurityGroups");
      for (int i = 0; i < groups.size(); i++) {
        print(groups.getJsonObject(i), out);
      }
    }
  }

  /** One that changes the networks of a group. */
  abstract static class Change extends NodeCommand {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Its ID or name.")
    private String group;

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "NETWORK",
        description = "As 10.0.0.0/8.")
    private java.util.List<String> networks;

    @Override
    final void run(NodeClient node, PrintWriter out) throws NodeFailure {
      String path = pathOf(PATH, group);
      java.util.List<String> sources = sources(node.ask("GET", path, null));
      change(sources, networks);
      print(node.ask("PUT", path, new JsonObject().put(SOURCES, new JsonArray(sources))), out);
    }

    abstract void change(java.util.List<String> sources, java.util.List<String> given);
  }

  @Command(
      name = "allow",
      description = "Lets clients of more networks connect, from now on.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Allow extends Change {
    @Override
    void change(java.util.List<String> sources, java.util.List<String> given) {
      sources.addAll(given);
    }
  }

  @Command(
      name = "revoke",
      description = "Lets clients of some networks connect no more, and cuts those that have.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Revoke extends Change {
    @Override
    void change(java.util.List<String> sources, java.util.List<String> given) {
      sources.removeAll(given);
    }
  }

  @Command(
      name = "delete",
      description = "Deletes a group that no mount target has.",
      mixinStandardHelpOptions = true,
      versionProvider = VersionText.class)
  static final class Delete extends NodeCommand {
    @Parameters(paramLabel = "GROUP", description = "Its ID or name.")
    private String group;

    @Override
    void run(NodeClient node, PrintWriter out) throws NodeFailure {
      node.ask("DELETE", pathOf(PATH, group), null);
      out.println(group + " is deleted.");
    }
  }
}
