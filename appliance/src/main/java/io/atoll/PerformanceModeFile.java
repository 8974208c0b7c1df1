package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.modes.rate.PerformanceMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * The performance mode of a file system, which is fixed at its creation: a file in its folder, made
 * durable before anything else is there. Without the file it is General Purpose. Blocks.
 */
final class PerformanceModeFile {
  /** The file in the folder of its file system. */
  static final String FILE = "performance-mode";

  /** What a crash may leave of it. */
  private static final String DRAFT = FILE + ".new";

  private PerformanceModeFile() {}

  /**
   * The mode of the file system in {@code folder}; if there is nothing yet, {@code wanted} from now
   * on.
   *
   * @throws StartFailure if it can't be read or written
   */
  static PerformanceMode settle(Path folder, PerformanceMode wanted) {
    try {
      if (wanted != PerformanceMode.GENERAL_PURPOSE && isEmpty(folder)) {
        write(folder, wanted);
      }
      return read(folder);
    } catch (IOException | UncheckedIOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "the performance mode in " + folder.resolve(FILE) + " can't be had: " + e.getMessage());
    }
  }

  /**
   * The mode of the file system in {@code folder}.
   *
   * @throws StartFailure if the file says none that there is
   */
  static PerformanceMode read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return PerformanceMode.GENERAL_PURPOSE;
    }
    String name = Files.readString(file).strip();
    PerformanceMode mode = PerformanceMode.ofApiName(name);
    if (mode == null) {
      throw new StartFailure(
          Kind.STORE_VERSION,
          file
              + " says '"
              + name
              + "', which is none of generalPurpose, maxIO: a later version wrote it, or it is"
              + " damaged; write there which it is");
    }
    return mode;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> names = Files.list(folder)) {
      return names.allMatch(name -> name.endsWith(DRAFT));
    }
  }

  /** A crash leaves the whole of it or nothing. */
  private static void write(Path folder, PerformanceMode mode) throws IOException {
    Path draft = folder.resolve(DRAFT);
    try (FileChannel out =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap((mode.apiName() + "\n").getBytes(StandardCharsets.UTF_8)));
      out.force(true);
    }
    Files.move(draft, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    DurableDirectory.sync(folder);
  }
}
