package io.atoll.modes;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process with the class path and the flags of this one, to be killed. */
public final class ChildProcess {

  /** What a process ends with that SIGKILL has ended. */
  public static final int SIGKILL_EXIT = 128 + 9;

  private ChildProcess() {}

  /** Starts {@code main} with one argument. */
  public static Process start(Class<?> main, String argument) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("--") || flag.equals("-ea") || flag.startsWith("-Dchronicle")) {
        command.add(flag);
      }
    }
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            argument));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
