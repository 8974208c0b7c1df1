package io.atoll.io.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

class RocksDbIndexTest extends IndexContract {

  private static final long MEMORY_BYTES = 16L * 1024 * 1024;

  @TempDir private Path directory;
  private int crashes;

  @Override
  protected Index open(boolean fresh) {
    return RocksDbIndex.open(directory.resolve("index" + crashes), fresh, MEMORY_BYTES);
  }

  /** What a crash leaves are the files as they are: a copy of them is opened. */
  @Override
  protected Index crashAndReopen(Index index) {
    Path from = directory.resolve("index" + crashes);
    crashes++;
    Path to = directory.resolve("index" + crashes);
    try (Stream<Path> files = Files.list(from)) {
      Files.createDirectories(to);
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    index.close();
    return open(false);
  }
}
