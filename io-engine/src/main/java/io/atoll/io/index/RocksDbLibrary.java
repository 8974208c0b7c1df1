package io.atoll.io.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * RocksDB's native library. RocksDB unpacks its 17 MB into a temporary file, which stays when the
 * process is killed or halts; here the file goes as soon as it is loaded. Thread-safe.
 */
public final class RocksDbLibrary {
  /** RocksDB's own: names the folder to unpack it in, where the temporary one runs no programs. */
  private static final String FOLDER_VARIABLE = "ROCKSDB_SHAREDLIB_DIR";

  private static final String FOLDER_PREFIX = "atoll-rocksdb-";
  private static boolean loaded;

  private RocksDbLibrary() {}

  /** Loads it, unless that has been done; before any other use of RocksDB. Blocks. */
  public static synchronized void load() {
    if (!loaded) {
      loadFromFileThatGoes();
      RocksDB.loadLibrary();
      loaded = true;
    }
  }

  private static void loadFromFileThatGoes() {
    try {
      Path folder = makeFolder();
      try {
        NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
      } finally {
        remove(folder);
      }
    } catch (IOException e) {
      // RocksDB tries by itself, and says why it can't.
    }
  }

  private static Path makeFolder() throws IOException {
    String named = System.getenv(FOLDER_VARIABLE);
    return named == null || named.isEmpty()
        ? Files.createTempDirectory(FOLDER_PREFIX)
        : Files.createTempDirectory(Path.of(named), FOLDER_PREFIX);
  }

  private static void remove(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(folder);
  }
}
