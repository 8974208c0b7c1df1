package io.atoll.perf.disk;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs fio, the measure that storage engineers know. */
final class Fio {

  private static final String PROGRAM = "fio";

  private Fio() {}

  /** Whether it is installed; if not, says so in one line. */
  static boolean isAvailable() throws InterruptedException {
    try {
      return new ProcessBuilder(PROGRAM, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      System.err.println("fio is not here (apt-get install fio): nothing is compared with it");
      return false;
    }
  }

  /** The command for {@code workload} on {@code file}, without what makes fio slower. */
  static List<String> command(Path file, long fileBytes, DiskWorkload workload, int seconds) {
    List<String> command = new ArrayList<>();
    command.add(PROGRAM);
    command.add("--name=peer");
    command.add("--filename=" + file);
    command.add("--size=" + fileBytes);
    command.add("--rw=" + workload.fioRw());
    command.add("--bs=" + workload.blockBytes());
    command.add("--iodepth=" + workload.depth());
    command.add("--ioengine=io_uring");
    command.add("--direct=1");
    command.add("--thread");
    command.add("--norandommap");
    command.add("--randrepeat=0");
    command.add("--gtod_reduce=1");
    command.add("--time_based");
    command.add("--runtime=" + seconds);
    command.add("--output-format=json");
    return command;
  }

  /** Operations a second. */
  static double run(Path file, long fileBytes, DiskWorkload workload, int seconds)
      throws IOException, InterruptedException {
    return report(command(file, fileBytes, workload, seconds))
        .getJsonObject(workload.writes() ? "write" : "read")
        .getDouble("iops");
  }

  /** What fio reports of the jobs in a file of its own format, as of one. */
  static JsonObject report(Path jobFile) throws IOException, InterruptedException {
    return report(List.of(PROGRAM, "--output-format=json", jobFile.toString()));
  }

  private static JsonObject report(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException("fio ended with " + exit + ": " + output);
    }
    return new JsonObject(output.substring(output.indexOf('{')))
        .getJsonArray("jobs")
        .getJsonObject(0);
  }
}
