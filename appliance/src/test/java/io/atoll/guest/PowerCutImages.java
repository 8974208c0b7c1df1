package io.atoll.guest;

import static java.util.stream.Collectors.joining;

import io.atoll.io.testing.IoUnderTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The disks of a machine whose power is cut: one with the JDK and Atoll, and an empty one. */
final class PowerCutImages {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final String DISK_SIZE = "3G";
  private static final String RUNTIME_SIZE = "700M";

  /** One compiler, for what the other gains comes too late here. */
  private static final String MEMORY =
      """

      -Xms128m
      -Xmx384m
      -XX:MaxDirectMemorySize=256m
      -XX:TieredStopAtLevel=1
      -XX:+UseSerialGC\
      """;

  private PowerCutImages() {}

  /**
   * An ext4 with what it takes to run this build, made anew: a JDK, the libraries, the options for
   * {@code java} in {@code java.args}, and {@code atoll.jsa}, the loaded classes as CDS archives
   * them, which spares the emulated processor a third of the start.
   */
  static Path runtime() throws IOException, InterruptedException {
    Path staged = GuestImage.LOGS.resolve("runtime");
    Path image = GuestImage.LOGS.resolve("runtime.img");
    run("rm", "-rf", staged.toString());
    Files.createDirectories(staged);
    run("cp", "-rLT", System.getProperty("java.home"), staged.resolve("jdk").toString());
    run(
        "rm",
        "-rf",
        staged.resolve("jdk/jmods").toString(),
        staged.resolve("jdk/lib/src.zip").toString());
    run("cp", "-rT", TARGET.resolve("lib").toString(), staged.resolve("lib").toString());
    run(
        Path.of(System.getProperty("java.home"), "bin", "jar").toString(),
        "--create",
        "--file=" + staged.resolve("lib/atoll.jar"),
        "-C",
        TARGET.resolve("classes").toString(),
        ".");
    Files.writeString(
        staged.resolve("java.args"), jvmFlags() + MEMORY + "\n-cp\n" + classPath(staged) + "\n");
    archiveClasses(staged);
    make(image, RUNTIME_SIZE, "-O", "^has_journal", "-d", staged.toString());
    return image;
  }

  /** The archive fits this order only. */
  private static String classPath(Path staged) throws IOException {
    try (Stream<Path> jars = Files.list(staged.resolve("lib"))) {
      return jars.map(jar -> "lib/" + jar.getFileName()).sorted().collect(joining(":"));
    }
  }

  /** Runs a server for a moment. */
  private static void archiveClasses(Path staged) throws IOException, InterruptedException {
    Path data = GuestImage.LOGS.resolve("runtime.data");
    run("rm", "-rf", data.toString());
    Process server =
        new ProcessBuilder(
                "jdk/bin/java",
                "@java.args",
                "-XX:ArchiveClassesAtExit=atoll.jsa",
                "io.atoll.cli.AtollCommand",
                "serve",
                "--data=" + data,
                "--nfs=127.0.0.1:0",
                "--api=none",
                IoUnderTest.option())
            .directory(staged.toFile())
            .redirectError(staged.resolve("archive.log").toFile())
            .start();
    try (BufferedReader output = server.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.equals("Ready.")) {
          server.toHandle().destroy();
        }
      }
    }
    if (server.waitFor() != 0) {
      throw new IOException("no archive of classes; see " + staged.resolve("archive.log"));
    }
    run("rm", "-rf", data.toString());
  }

  /**
   * An ext4 as an installer would make it, on a sparse file; but without checksums of its metadata,
   * for with these a superblock of which one sector of two was written is beyond mounting.
   */
  static Path emptyDisk(String label) throws IOException, InterruptedException {
    Path image = GuestImage.LOGS.resolve(label + ".disk");
    make(
        image,
        DISK_SIZE,
        "-O",
        "^metadata_csum",
        "-N",
        "16384",
        "-E",
        "lazy_itable_init=0,lazy_journal_init=0");
    return image;
  }

  /** What the launcher gives the JVM, from the same place. */
  private static String jvmFlags() throws IOException {
    String pom = Files.readString(Path.of("..", "pom.xml"));
    String open = "<jvm.flags>";
    int from = pom.indexOf(open) + open.length();
    return pom.substring(from, pom.indexOf("</jvm.flags>", from)).replace(' ', '\n');
  }

  private static void make(Path image, String size, String... options)
      throws IOException, InterruptedException {
    Files.deleteIfExists(image);
    run("truncate", "-s", size, image.toString());
    List<String> command = new ArrayList<>(List.of("mke2fs", "-q", "-F", "-t", "ext4"));
    command.addAll(List.of(options));
    command.add(image.toString());
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed with " + process.exitValue());
    }
  }
}
