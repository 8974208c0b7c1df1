package io.atoll.io.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this process has open. */
public final class OpenDescriptors {
  private static final Path ALL = Path.of("/proc/self/fd");

  private OpenDescriptors() {}

  /** The files and directories at and below {@code directory} that are open. */
  public static List<String> below(Path directory) throws IOException {
    String prefix = directory.toRealPath().toString();
    try (Stream<Path> descriptors = Files.list(ALL)) {
      return descriptors
          .map(OpenDescriptors::target)
          .filter(target -> target.startsWith(prefix))
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }
}
