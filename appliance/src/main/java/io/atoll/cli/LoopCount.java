package io.atoll.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the number of event loops. */
final class LoopCount implements ITypeConverter<Integer> {
  static final int MAX = 64;

  /** Each loop's memory is its own, so a large machine decides for itself to have more. */
  static final int DEFAULT_MAX = 4;

  static int byDefault() {
    return Math.min(DEFAULT_MAX, Runtime.getRuntime().availableProcessors());
  }

  @Override
  public Integer convert(String value) {
    int loops;
    try {
      loops = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is not a whole number");
    }
    if (loops < 1 || loops > MAX) {
      throw new TypeConversionException(loops + " is not between 1 and " + MAX + " event loops");
    }
    return loops;
  }
}
