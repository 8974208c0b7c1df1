package io.atoll.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the length of a lease. */
final class LeaseSeconds implements ITypeConverter<Integer> {
  /** Shorter, and a client that is merely slow loses its locks. */
  static final int MIN = 5;

  static final int MAX = 3600;

  @Override
  public Integer convert(String value) {
    int seconds;
    try {
      seconds = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is not a whole number");
    }
    if (seconds < MIN || seconds > MAX) {
      throw new TypeConversionException(
          seconds + " is not between " + MIN + " and " + MAX + " seconds");
    }
    return seconds;
  }
}
