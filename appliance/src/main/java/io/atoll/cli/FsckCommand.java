package io.atoll.cli;

import io.atoll.OfflineCheck;
import io.atoll.fs.check.CheckReport;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Findings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code atoll fsck}: checks file systems at rest, and changes nothing. */
@Command(
    name = "fsck",
    description =
        "Checks the file systems of a data directory that no node is serving: superblock, log,"
            + " index, every name, object and block. Changes nothing.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes, the gravest that applies:%n",
    exitCodeList = {
      "0:all is as it should be",
      "1:a defect of Atoll",
      "2:wrong option",
      "4:the data directory can't be read or is in use, or --scratch is full",
      "6:a store does not start: its superblock, log or index is damaged",
      "8:a store contradicts itself: names, objects, blocks",
      "9:content of files is lost",
      "10:nothing is lost: space that nobody uses, one of two copies"
    })
public final class FsckCommand implements Callable<Integer> {
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(10);

  @Mixin private DataOption data;

  @Option(
      names = "--file-system",
      paramLabel = "ID",
      description = "Checks this one only. Default: all that are there.")
  private String fileSystem;

  @Option(
      names = "--data-blocks",
      description = "Reads the content of all files, too, and compares it with its checksums.")
  private boolean dataBlocks;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      converter = DirectoryPath.class,
      description =
          "Where to keep what the check has to remember, about 100 bytes a name and 64 MiB a TiB;"
              + " removed at the end. Default: the system's temporary directory.")
  private Path scratch = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(names = "--verbose", description = "Logs more of what happens.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (verbose) {
      Logging.verbose();
    }
    PrintWriter out = spec.commandLine().getOut();
    int exitCode = ExitCode.OK;
    try (OfflineCheck check = new OfflineCheck(data.directory(), scratch, dataBlocks)) {
      List<Path> folders = check.fileSystems(fileSystem);
      if (folders.isEmpty()) {
        out.println("There is no file system in " + data.directory() + ".");
      }
      for (Path folder : folders) {
        exitCode = graver(exitCode, check(check, folder, out));
      }
    }
    out.flush();
    return exitCode;
  }

  private int check(OfflineCheck check, Path folder, PrintWriter out) {
    String name = folder.getFileName().toString();
    Findings findings =
        new Findings(finding -> {
          out.println(name + ": " + finding);
          out.flush();
        });
    CheckReport report = check.check(folder, findings, progress(name));
    out.println(name + ": " + summary(report, findings));
    out.flush();
    return exitCode(findings);
  }

  private LongConsumer progress(String name) {
    PrintWriter err = spec.commandLine().getErr();
    long[] next = {System.nanoTime() + PROGRESS_NANOS};
    return objects -> {
      if (System.nanoTime() - next[0] >= 0) {
        err.println(name + ": " + objects + " objects checked");
        err.flush();
        next[0] = System.nanoTime() + PROGRESS_NANOS;
      }
    };
  }

  private static String summary(CheckReport report, Findings findings) {
    StringBuilder text = new StringBuilder();
    if (findings.none()) {
      text.append("clean");
    } else {
      List<String> counts = new ArrayList<>();
      for (Finding.Kind kind : Finding.Kind.values()) {
        long count = findings.count(kind);
        if (count > 0) {
          String more = count > Findings.MAX_TOLD ? ", " + Findings.MAX_TOLD + " of them told" : "";
          counts.add(count + " of kind '" + kind.word() + "'" + more);
        }
      }
      text.append("found ").append(String.join("; ", counts));
    }
    if (report == null) {
      return text.append(". Its namespace can't be read").toString();
    }
    text.append(". Checked ")
        .append(report.inodes())
        .append(" objects, ")
        .append(report.directories())
        .append(" of them directories, ")
        .append(report.names())
        .append(" names, ")
        .append(report.blocks())
        .append(" blocks");
    return report.blocksRead() == 0
        ? text.toString()
        : text.append(", ").append(report.blocksRead()).append(" of them read").toString();
  }

  static int exitCode(Findings findings) {
    for (Finding.Kind kind : Finding.Kind.values()) {
      if (findings.count(kind) > 0) {
        return switch (kind) {
          case STORE -> ExitCode.STORE;
          case STRUCTURE -> ExitCode.STRUCTURE;
          case DATA -> ExitCode.DATA;
          case HARMLESS -> ExitCode.HARMLESS;
        };
      }
    }
    return ExitCode.OK;
  }

  /** The codes of findings fall with their gravity. */
  private static int graver(int one, int other) {
    if (one == ExitCode.OK || other == ExitCode.OK) {
      return Math.max(one, other);
    }
    return Math.min(one, other);
  }
}
