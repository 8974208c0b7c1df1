package io.atoll.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * Gives a command's options the values of a properties file. Refuses a file that it can't
 * understand whole, so that a misspelt or half-written line is not silently a default.
 */
final class ConfigFile implements IDefaultValueProvider {
  static final String OPTION = "--config";

  /** Options that say nothing about how to serve. */
  private static final Set<String> NOT_CONFIGURABLE = Set.of("config", "help", "version");

  private final Path file;
  private Properties values;

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
    if (values == null) {
      values = load(option.command());
    }
    return values.getProperty(nameOf(option));
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

  private Properties load(CommandSpec command) {
    Properties read = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      read.load(in);
    } catch (NoSuchFileException e) {
      throw refusal(command, "is not there");
    } catch (CharacterCodingException e) {
      throw refusal(command, "is not UTF-8 text");
    } catch (IllegalArgumentException e) {
      throw refusal(command, "is malformed: " + e.getMessage());
    } catch (IOException e) {
      throw refusal(command, "can't be read: " + e.getMessage());
    }
    Set<String> known = configurable(command);
    for (String name : read.stringPropertyNames()) {
      if (!known.contains(name)) {
        throw refusal(command, "sets '" + name + "'; it may set " + String.join(", ", known));
      }
      if (read.getProperty(name).isBlank()) {
        throw refusal(command, "gives '" + name + "' no value");
      }
    }
    return read;
  }

  private ParameterException refusal(CommandSpec command, String what) {
    return new ParameterException(
        command.commandLine(), "the configuration file " + file + " " + what);
  }

  /** The one option that is parsed ahead of the others. */
  private static final class Choice {
    @Option(names = OPTION)
    private Path file;
  }
}
