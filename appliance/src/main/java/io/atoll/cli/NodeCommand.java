package io.atoll.cli;

import io.atoll.cli.NodeClient.NodeFailure;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that a running node carries out: finds the node, and tells what it answers. */
abstract class NodeCommand implements Callable<Integer> {
  @Mixin private DataOption data;

  @Spec private CommandSpec spec;

  @Override
  public final Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      run(new NodeClient(data.directory()), out);
      out.flush();
      return ExitCode.OK;
    } catch (NodeFailure failure) {
      spec.commandLine().getErr().println("atoll: " + failure.getMessage());
      return ExitCode.NODE_REFUSED;
    }
  }

  abstract void run(NodeClient node, PrintWriter out) throws NodeFailure;

  /** A path whose last part is {@code name}, whatever that has in it. */
  static String pathOf(String prefix, String name) {
    return prefix + "/" + encoded(name);
  }

  /** As a part of a URL. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
