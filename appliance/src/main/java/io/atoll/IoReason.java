package io.atoll;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why the system would not, for a person: what files say of it is often their name alone. */
final class IoReason {
  private IoReason() {}

  /** Without the name of the file, where that is known to be all else. */
  static String of(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "this user may not (Permission denied)";
      case NoSuchFileException _ -> "it is not there";
      case FileSystemException named when named.getReason() != null -> named.getReason();
      default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
    };
  }
}
