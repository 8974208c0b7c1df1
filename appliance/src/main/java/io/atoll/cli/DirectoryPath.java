package io.atoll.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads the path of a directory. One that begins with {@code ~} is refused: only a shell knows
 * whose home that is, and neither {@code --data=~/x} nor a line of a configuration file goes
 * through one. Taken as it stands it would make a directory of that name wherever the node happens
 * to be started.
 */
final class DirectoryPath implements ITypeConverter<Path> {

  @Override
  public Path convert(String value) {
    if (value.startsWith("~")) {
      throw new TypeConversionException(
          "'" + value + "' begins with ~, which only a shell understands: write the path out");
    }
    if (value.isEmpty()) {
      throw new TypeConversionException("an empty path names no directory");
    }
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'" + value + "' is not a path: " + e.getReason());
    }
  }
}
