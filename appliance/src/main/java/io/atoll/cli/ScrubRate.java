package io.atoll.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the rate of the scrubber, in bytes per second. */
final class ScrubRate implements ITypeConverter<Long> {

  /** Slower, and a pass over a small file system takes weeks: more like forgotten than gentle. */
  static final long MIN = 4096;

  /** More than any disk reads. */
  static final long MAX = 100L << 30;

  @Override
  public Long convert(String value) {
    long rate;
    try {
      rate = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is not a whole number");
    }
    if (rate != 0 && (rate < MIN || rate > MAX)) {
      throw new TypeConversionException(
          rate + " is neither 0 nor between " + MIN + " and " + MAX + " bytes per second");
    }
    return rate;
  }
}
