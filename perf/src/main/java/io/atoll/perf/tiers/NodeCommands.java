package io.atoll.perf.tiers;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code atoll fs} for a running node, as a process of its own. */
final class NodeCommands {
  private NodeCommands() {}

  /**
   * Runs {@code atoll fs arguments...}.
   *
   * @param data the node's data directory
   * @return what it said
   * @throws IOException if the node refused
   */
  static String fs(Path data, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--") || each.startsWith("-Dchronicle."))
        .forEach(command::add);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "io.atoll.cli.AtollCommand", "fs"));
    command.addAll(List.of(arguments));
    command.add("--data=" + data);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("atoll fs " + String.join(" ", arguments) + " failed: " + said.strip());
    }
    return said;
  }
}
