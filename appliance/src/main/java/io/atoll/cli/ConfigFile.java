package io.atoll.cli;

import io.atoll.cli.ConfigText.Malformed;
import io.atoll.cli.ConfigText.Setting;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * Gives a command's options the values of a configuration file ({@link ConfigText}). Refuses a file
 * that it can't understand whole, values included, also those that the command line overrides; each
 * refusal names the file and the line.
 */
final class ConfigFile implements IDefaultValueProvider {
  static final String OPTION = "--config";

  /** Options that say nothing about how to serve. */
  private static final Set<String> NOT_CONFIGURABLE = Set.of("config", "help", "version");

  private final Path file;
  private Map<String, Setting> settings;

  private ConfigFile(Path file) {
    this.file = file;
  }

  /** Finds the file that {@code arguments} name, if any, before the other options are parsed. */
  static void applyTo(CommandLine command, String[] arguments) {
    Choice choice = new Choice();
    CommandLine.ParseResult parsed;
    try {
      parsed =
          new CommandLine(choice)
              .setUnmatchedArgumentsAllowed(true)
              .setOverwrittenOptionsAllowed(true)
              .parseArgs(arguments);
    } catch (ParameterException e) {
      return; // the parse of all options tells what is wrong
    }
    if (parsed.hasMatchedOption(OPTION)) {
      command.setDefaultValueProvider(new ConfigFile(choice.file));
    }
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)
        || !configurable(option.command()).contains(nameOf(option))) {
      return null;
    }
    if (settings == null) {
      settings = load(option.command());
    }
    Setting setting = settings.get(nameOf(option));
    return setting == null ? null : setting.value();
  }

  private static String nameOf(OptionSpec option) {
    return option.longestName().replaceFirst("^--", "");
  }

  private static Set<String> configurable(CommandSpec command) {
    Set<String> names = new TreeSet<>();
    for (OptionSpec option : command.options()) {
      names.add(nameOf(option));
    }
    names.removeAll(NOT_CONFIGURABLE);
    return names;
  }

  private Map<String, Setting> load(CommandSpec command) {
    Map<String, Setting> read;
    try {
      read = ConfigText.parse(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw refusal(command, " is not there");
    } catch (AccessDeniedException e) {
      throw refusal(command, " can't be read by this user");
    } catch (CharacterCodingException e) {
      throw refusal(command, " is not UTF-8 text");
    } catch (IOException e) {
      throw refusal(command, " can't be read: " + e.getMessage());
    } catch (Malformed e) {
      throw refusal(command, ", line " + e.line() + ", " + e.getMessage());
    }
    Set<String> known = configurable(command);
    read.forEach((name, setting) -> {
      String at = ", line " + setting.line() + ", ";
      if (!known.contains(name)) {
        throw refusal(command, at + "sets '" + name + "'; it may set " + String.join(", ", known));
      }
      String fault = faultOf(command, name, setting.value());
      if (fault != null) {
        throw refusal(command, at + "sets '" + name + "' wrongly: " + fault);
      }
    });
    return read;
  }

  /**
   * What the option of that name has against the value, null if nothing. Asked of an option of the
   * same type apart from the command, whose fields stay as they are.
   */
  private static String faultOf(CommandSpec command, String name, String value) {
    CommandSpec probe = CommandSpec.create();
    for (OptionSpec option : command.options()) {
      if (nameOf(option).equals(name)) {
        probe.addOption(
            OptionSpec.builder(option.longestName())
                .type(option.type())
                .converters(option.converters())
                .build());
      }
    }
    try {
      new CommandLine(probe).parseArgs("--" + name + "=" + value);
      return null;
    } catch (ParameterException e) {
      return e.getCause() instanceof TypeConversionException cause
          ? cause.getMessage()
          : e.getMessage();
    }
  }

  private ParameterException refusal(CommandSpec command, String what) {
    return new ParameterException(command.commandLine(), "the configuration file " + file + what);
  }

  /** The one option that is parsed ahead of the others. */
  private static final class Choice {
    @Option(names = OPTION)
    private Path file;
  }
}
