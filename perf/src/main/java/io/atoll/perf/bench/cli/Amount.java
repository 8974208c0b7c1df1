package io.atoll.perf.bench.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers with units. */
final class Amount {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([kmgt]?)(?:i?b)?");
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
  private static final int BITS_PER_UNIT = 10;
  private static final String UNITS = "kmgt";

  private Amount() {}

  /** Bytes: {@code 4096}, {@code 4k}, {@code 1m}, {@code 2g}. */
  static final class Bytes implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      Matcher form = SIZE.matcher(text.toLowerCase(Locale.ROOT));
      if (!form.matches()) {
        throw new TypeConversionException("'" + text + "' is no size, as 4096, 4k, 1m or 2g are");
      }
      int units = form.group(2).isEmpty() ? 0 : UNITS.indexOf(form.group(2)) + 1;
      return Math.multiplyExact(Long.parseLong(form.group(1)), 1L << (units * BITS_PER_UNIT));
    }
  }

  /** Nanoseconds: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}. */
  static final class Nanos implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      Matcher form = TIME.matcher(text.toLowerCase(Locale.ROOT));
      if (!form.matches()) {
        throw new TypeConversionException("'" + text + "' is no time, as 500ms, 10s or 5m are");
      }
      long nanos =
          switch (form.group(2)) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
          };
      return Math.multiplyExact(Long.parseLong(form.group(1)), nanos);
    }
  }
}
