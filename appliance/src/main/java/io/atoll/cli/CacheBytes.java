package io.atoll.cli;

import io.atoll.CacheSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the size of the cache, as {@link ByteCount}. */
final class CacheBytes implements ITypeConverter<Long> {
  @Override
  public Long convert(String value) {
    long bytes = ByteCount.parse(value);
    if (bytes < CacheSize.LEAST_BYTES_PER_LOOP || bytes > CacheSize.MOST_BYTES) {
      throw new TypeConversionException(value + " is not between 16m and 64g");
    }
    return bytes;
  }
}
