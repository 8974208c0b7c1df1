package io.atoll.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads the size of the cache: bytes, or with {@code k}, {@code m} or {@code g} KiB, MiB or GiB.
 */
final class CacheBytes implements ITypeConverter<Long> {
  /** Less, and some reads of a MiB use all of it. */
  static final long MIN = 16L << 20;

  static final long DEFAULT_PER_LOOP = 256L << 20;

  /** Each 64 KiB of it take some 370 bytes of heap. */
  static final long MAX = 64L << 30;

  private static final String UNITS = "kmg";
  private static final int UNIT_BITS = 10;

  @Override
  public Long convert(String value) {
    long bytes = bytes(value);
    if (bytes < MIN || bytes > MAX) {
      throw new TypeConversionException(value + " is not between 16m and 64g");
    }
    return bytes;
  }

  private static long bytes(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    int unit = lower.isEmpty() ? -1 : UNITS.indexOf(lower.charAt(lower.length() - 1));
    String digits = unit < 0 ? lower : lower.substring(0, lower.length() - 1);
    try {
      return Math.multiplyExact(Long.parseLong(digits), 1L << (UNIT_BITS * (unit + 1)));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new TypeConversionException(
          "'" + value + "' is not a number of bytes, or one with k, m or g behind it");
    }
  }
}
