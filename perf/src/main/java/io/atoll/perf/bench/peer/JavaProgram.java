package io.atoll.perf.bench.peer;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program in a JVM of its own. */
final class JavaProgram {
  /** The launcher sets it to what it gives a node's JVM, memory and the like, one a line. */
  static final String SERVER_OPTIONS_PROPERTY = "atoll.server.options";

  /** The launcher sets it to a node's class path. */
  private static final String SERVER_CLASS_PATH_PROPERTY = "atoll.server.class.path";

  private JavaProgram() {}

  /**
   * The command that runs a node as the launcher would, in this program's JDK and with its access
   * to internals.
   */
  static List<String> node(String... arguments) {
    String classPath = System.getProperty(SERVER_CLASS_PATH_PROPERTY, ownClassPath());
    return command(classPath, serverOptions(), "io.atoll.cli.AtollCommand", arguments);
  }

  /**
   * The command that runs a program of this class path.
   *
   * @param options of the JVM, beside access to its internals, which is as here
   */
  static List<String> command(List<String> options, String mainClass, String... arguments) {
    return command(ownClassPath(), options, mainClass, arguments);
  }

  private static List<String> command(
      String classPath, List<String> options, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--") || each.startsWith("-Dchronicle."))
        .forEach(command::add);
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String ownClassPath() {
    return System.getProperty("java.class.path");
  }

  private static List<String> serverOptions() {
    return System.getProperty(SERVER_OPTIONS_PROPERTY, "").lines().toList();
  }
}
