package io.atoll.cli;

import io.atoll.StartFailure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code atoll}: parses the command line and exits with an {@link ExitCode}. */
@Command(
    name = "atoll",
    description = "Elastic NFS file systems on your own machines.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {
      ServeCommand.class,
      FsCommand.class,
      SgCommand.class,
      QuotaCommand.class,
      MountTargetCommand.class,
      KeyCommand.class,
      DenialsCommand.class,
      FsckCommand.class,
      SalvageCommand.class,
      TopCommand.class
    },
    footer = {
      "",
      "Also: 'atoll test [--full]' passes the project's tests; 'atoll bench' puts load",
      "on any NFS server; 'atoll perf' measures parts of Atoll.",
      "'atoll COMMAND --help' tells a command's options."
    })
public final class AtollCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  private AtollCommand() {}

  public static void main(String[] arguments) {
    Logging.configure();
    CommandLine command =
        commandLine()
            .setParameterExceptionHandler(AtollCommand::explainWrongUsage)
            .setExecutionExceptionHandler(AtollCommand::explainFailure)
            .setCaseInsensitiveEnumValuesAllowed(true);
    ConfigFile.applyTo(command, arguments);
    ProcessEnd.exit(command.execute(arguments));
  }

  /** The program's commands and options. */
  static CommandLine commandLine() {
    return new CommandLine(new AtollCommand());
  }

  /**
   * Without a command there is nothing to do, and a unit file that forgot it should not succeed.
   */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  private static int explainWrongUsage(CommandLine.ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    command
        .getErr()
        .printf(
            "atoll: %s; see '%s --help'%n",
            explanation(wrong), command.getCommandSpec().qualifiedName());
    return ExitCode.USAGE;
  }

  private static String explanation(CommandLine.ParameterException wrong) {
    if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
      return wrong.getMessage();
    }
    String first = unmatched.getUnmatched().getFirst();
    String kind = first.startsWith("-") ? "option" : "command or argument";
    List<String> suggestions = unmatched.getSuggestions();
    return "there is no "
        + kind
        + " '"
        + first
        + "'"
        + (suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?");
  }

  private static int explainFailure(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    if (failure instanceof StartFailure expected) {
      command.getErr().println("atoll: " + expected.getMessage());
      return ExitCode.of(expected.kind());
    }
    command.getErr().println("atoll: this is a defect of Atoll, please report it:");
    failure.printStackTrace(command.getErr());
    return ExitCode.DEFECT;
  }
}
