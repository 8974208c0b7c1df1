package io.atoll.cli;

import io.atoll.OfflineSalvage;
import io.atoll.StartFailure;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Findings;
import io.atoll.io.runtime.IoMode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code atoll salvage}: makes a sound data directory of what is left of a damaged one. */
@Command(
    name = "salvage",
    description =
        "Copies what is left of damaged file systems into a new data directory, where they are"
            + " sound, and lists what is lost. Changes nothing of the damaged ones.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is lost",
      "1:a defect of Atoll",
      "2:wrong option",
      "4:a directory can't be used, or is in use, or the disk is full",
      "5:io_uring is not to be had",
      "6:the store is of another version",
      "9:something is lost; what was kept is in the new directory"
    })
public final class SalvageCommand implements Callable<Integer> {

  @Mixin private DataOption data;

  @Option(
      names = "--to",
      paramLabel = "NEWDIR",
      required = true,
      converter = DirectoryPath.class,
      description =
          "The new data directory: made, or empty. It takes the space of all content that is left,"
              + " and about 320 MiB for each file system.")
  private Path to;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      converter = DirectoryPath.class,
      description =
          "Where to keep what has to be remembered meanwhile, a few hundred bytes a name; removed"
              + " at the end. Default: the system's temporary directory.")
  private Path scratch = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--io",
      paramLabel = "ring|nio",
      defaultValue = "ring",
      converter = IoModeName.class,
      description =
          "How disks are driven: io_uring, or a pool of workers where io_uring is forbidden."
              + " Default: ${DEFAULT-VALUE}.")
  private IoMode io;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean lost = run(data.directory(), to.toAbsolutePath().normalize(), scratch, io, out);
    out.println("Serve what was kept: atoll serve --data " + to);
    out.flush();
    return lost ? ExitCode.DATA : ExitCode.OK;
  }

  /**
   * Salvages all file systems of {@code source}, then checks the new ones.
   *
   * @return whether anything is lost
   */
  static boolean run(Path source, Path target, Path scratch, IoMode io, PrintWriter out) {
    boolean lost = false;
    try (OfflineSalvage salvage = new OfflineSalvage(source, target, scratch, io)) {
      List<Path> folders = salvage.fileSystems();
      if (folders.isEmpty()) {
        throw new StartFailure(
            StartFailure.Kind.DATA_DIRECTORY, "there is no file system in " + source);
      }
      for (Path folder : folders) {
        String name = folder.getFileName().toString();
        Findings findings = tellingTo(out, name + ": ");
        long objects = salvage.salvage(folder, findings);
        lost |= !findings.none();
        out.println(name + ": kept " + objects + " objects" + summary(findings));
        out.flush();
      }
      // What was made has to be sound, or it is better not served.
      if (!salvage.finish(tellingTo(out, "in the new directory: "))) {
        throw new IllegalStateException("what was salvaged is not sound, see above");
      }
    }
    return lost;
  }

  private static String summary(Findings findings) {
    if (findings.none()) {
      return "; nothing is lost";
    }
    StringBuilder text = new StringBuilder("; what is lost, by kind:");
    for (Finding.Kind kind : Finding.Kind.values()) {
      if (findings.count(kind) > 0) {
        text.append(' ').append(findings.count(kind)).append(" '").append(kind.word()).append("'");
      }
    }
    return text.toString();
  }

  private static Findings tellingTo(PrintWriter out, String prefix) {
    return new Findings(finding -> {
      out.println(prefix + finding);
      out.flush();
    });
  }
}
