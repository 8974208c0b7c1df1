package io.atoll.perf.bench.peer;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of this class path in a JVM of its own. */
final class JavaProgram {
  /** The launcher sets it to what it gives a node's JVM: memory and the like. */
  static final String SERVER_OPTIONS_PROPERTY = "atoll.server.options";

  private JavaProgram() {}

  /**
   * The command that runs it.
   *
   * @param options of the JVM, beside access to its internals, which is as here
   */
  static List<String> command(List<String> options, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--") || each.startsWith("-Dchronicle."))
        .forEach(command::add);
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Those of a node, as the launcher gives them to one. */
  static List<String> serverOptions() {
    String options = System.getProperty(SERVER_OPTIONS_PROPERTY, "").strip();
    return options.isEmpty() ? List.of() : List.of(options.split("\\s+", -1));
  }
}
