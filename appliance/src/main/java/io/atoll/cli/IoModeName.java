package io.atoll.cli;

import io.atoll.io.runtime.IoMode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code ring} or {@code nio}. */
final class IoModeName implements ITypeConverter<IoMode> {

  @Override
  public IoMode convert(String value) {
    return switch (value) {
      case "ring" -> IoMode.URING;
      case "nio" -> IoMode.NIO;
      default -> throw new TypeConversionException("'" + value + "' is neither ring nor nio");
    };
  }
}
