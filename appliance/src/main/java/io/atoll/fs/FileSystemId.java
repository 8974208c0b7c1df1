package io.atoll.fs;

import java.util.HexFormat;
import java.util.regex.Pattern;

/** 128 bits that tell a file system from all others. */
public record FileSystemId(long high, long low) {
  private static final int NAME_DIGITS = 17;
  private static final Pattern NAME = Pattern.compile("fs-[0-9a-f]{" + NAME_DIGITS + "}");
  private static final int LOW_DIGITS_AFTER_NAME = 15;

  /** As EFS writes its names: {@code fs-} and 17 hexadecimal digits, the first of the 32. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return "fs-" + (hex.toHexDigits(high) + hex.toHexDigits(low)).substring(0, NAME_DIGITS);
  }

  /**
   * An identity that is written as {@code name}.
   *
   * @param rest gives the bits that a name does not show
   * @return null if {@code name} is none
   */
  public static FileSystemId withName(String name, FileSystemId rest) {
    if (!NAME.matcher(name).matches()) {
      return null;
    }
    String digits = name.substring("fs-".length());
    long shownInLow =
        (long) Character.digit(digits.charAt(NAME_DIGITS - 1), 16)
            << (LOW_DIGITS_AFTER_NAME * Byte.SIZE / 2);
    long notShown = rest.low() & ((1L << (LOW_DIGITS_AFTER_NAME * Byte.SIZE / 2)) - 1);
    return new FileSystemId(
        HexFormat.fromHexDigitsToLong(digits, 0, NAME_DIGITS - 1), shownInLow | notShown);
  }
}
