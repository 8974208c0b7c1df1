package io.atoll;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;

/** Directories whose names survive a power cut. Blocks. */
final class DurableDirectory {
  private DurableDirectory() {}

  /** Makes {@code path} and what is missing above it, each durable in the directory above. */
  static void create(Path path, FileAttribute<?>... attributes) throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    Path parent = path.getParent();
    if (parent != null) {
      create(parent, attributes);
    }
    Files.createDirectory(path, attributes);
    if (parent != null) {
      sync(parent);
    }
  }

  /** Makes the names in {@code directory} durable: its {@code fsync}. */
  static void sync(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }
}
