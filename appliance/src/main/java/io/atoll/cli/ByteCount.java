package io.atoll.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads bytes, or with {@code k}, {@code m}, {@code g} or {@code t} KiB, MiB, GiB or TiB. */
final class ByteCount implements ITypeConverter<Long> {
  private static final String UNITS = "kmgt";
  private static final int UNIT_BITS = 10;

  @Override
  public Long convert(String value) {
    return parse(value);
  }

  static long parse(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    int unit = lower.isEmpty() ? -1 : UNITS.indexOf(lower.charAt(lower.length() - 1));
    String digits = unit < 0 ? lower : lower.substring(0, lower.length() - 1);
    try {
      long bytes = Math.multiplyExact(Long.parseLong(digits), 1L << (UNIT_BITS * (unit + 1)));
      if (bytes >= 0) {
        return bytes;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // Told below.
    }
    throw new TypeConversionException(
        "'" + value + "' is not a number of bytes, or one with k, m, g or t behind it");
  }
}
