package io.atoll.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The disks of a machine whose power is cut: one with the JDK and Atoll, and an empty one. */
final class PowerCutImages {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final String DISK_SIZE = "3G";
  private static final String RUNTIME_SIZE = "700M";

  private PowerCutImages() {}

  /** An ext4 with what it takes to run this build, made anew. */
  static Path runtime() throws IOException, InterruptedException {
    Path staged = GuestImage.LOGS.resolve("runtime");
    Path image = GuestImage.LOGS.resolve("runtime.img");
    Files.createDirectories(staged);
    run("cp", "-rLTu", System.getProperty("java.home"), staged.resolve("jdk").toString());
    run(
        "rm",
        "-rf",
        staged.resolve("jdk/jmods").toString(),
        staged.resolve("jdk/lib/src.zip").toString());
    run("cp", "-rTu", TARGET.resolve("classes").toString(), staged.resolve("classes").toString());
    run("cp", "-rTu", TARGET.resolve("lib").toString(), staged.resolve("lib").toString());
    Files.writeString(staged.resolve("java.args"), jvmFlags());
    make(image, RUNTIME_SIZE, "-O", "^has_journal", "-d", staged.toString());
    return image;
  }

  /** An ext4 as an installer would make it, on a sparse file. */
  static Path emptyDisk(String label) throws IOException, InterruptedException {
    Path image = GuestImage.LOGS.resolve(label + ".disk");
    make(image, DISK_SIZE, "-N", "16384", "-E", "lazy_itable_init=0,lazy_journal_init=0");
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
