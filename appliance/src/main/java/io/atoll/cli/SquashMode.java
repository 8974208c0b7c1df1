package io.atoll.cli;

import io.atoll.nfs4.op.Squash;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code none}, {@code root} or {@code all}. */
final class SquashMode implements ITypeConverter<Squash.Mode> {

  @Override
  public Squash.Mode convert(String value) {
    return switch (value) {
      case "none" -> Squash.Mode.NONE;
      case "root" -> Squash.Mode.ROOT;
      case "all" -> Squash.Mode.ALL;
      default -> throw new TypeConversionException("'" + value + "' is none of none, root and all");
    };
  }
}
