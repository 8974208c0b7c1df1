package io.atoll.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the size of the cache, as {@link ByteCount}. */
final class CacheBytes implements ITypeConverter<Long> {
  /** Less, and some reads of a MiB use all of it. */
  static final long MIN = 16L << 20;

  static final long DEFAULT_PER_LOOP = 256L << 20;

  /** Each 64 KiB of it take some 370 bytes of heap. */
  static final long MAX = 64L << 30;

  @Override
  public Long convert(String value) {
    long bytes = ByteCount.parse(value);
    if (bytes < MIN || bytes > MAX) {
      throw new TypeConversionException(value + " is not between 16m and 64g");
    }
    return bytes;
  }
}
