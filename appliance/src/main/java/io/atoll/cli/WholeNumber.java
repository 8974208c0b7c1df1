package io.atoll.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a whole number within bounds. */
abstract class WholeNumber implements ITypeConverter<Long> {
  private final long min;
  private final long max;

  WholeNumber(long min, long max) {
    this.min = min;
    this.max = max;
  }

  @Override
  public final Long convert(String value) {
    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is not a whole number");
    }
    if (number < min || number > max) {
      throw new TypeConversionException(number + " is not between " + min + " and " + max);
    }
    return number;
  }
}
