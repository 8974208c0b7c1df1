package io.atoll.cli;

import io.atoll.StartFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program {@code atoll}: parses the command line and exits with an {@link ExitCode}. */
@Command(
    name = "atoll",
    description = "Elastic NFS file systems on your own machines.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {ServeCommand.class},
    footer = {
      "",
      "Also: 'atoll test [--full]' passes the project's tests; 'atoll perf' measures.",
      "'atoll COMMAND --help' tells a command's options."
    })
public final class AtollCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  private AtollCommand() {}

  public static void main(String[] arguments) {
    Logging.configure();
    CommandLine command =
        new CommandLine(new AtollCommand())
            .setParameterExceptionHandler(AtollCommand::explainWrongUsage)
            .setExecutionExceptionHandler(AtollCommand::explainFailure)
            .setCaseInsensitiveEnumValuesAllowed(true);
    ConfigFile.applyTo(command, arguments);
    System.exit(command.execute(arguments));
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
            wrong.getMessage(), command.getCommandSpec().qualifiedName());
    return ExitCode.USAGE;
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
