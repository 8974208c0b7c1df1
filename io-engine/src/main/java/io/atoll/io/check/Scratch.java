package io.atoll.io.check;

import io.atoll.io.index.IndexException;
import io.atoll.io.index.RocksDbIndex;
import io.atoll.io.index.ScratchException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * A folder for what a check has to remember, removed when it ends. What would not fit memory lies
 * here, in indexes and in mapped files, which the kernel keeps in memory as far as there is any.
 * Every method throws a {@link ScratchException} if there is no room. Confined to one thread.
 */
public final class Scratch implements AutoCloseable {

  /** Of each index in here: cache and write buffers. */
  private static final long INDEX_MEMORY_BYTES = 32L << 20;

  private static final int ZEROS_AT_ONCE_BYTES = 1 << 20;

  private final Path folder;
  private final Arena maps = Arena.ofShared();

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /** Makes a folder in {@code parent}. */
  public static Scratch in(Path parent) throws IOException {
    return new Scratch(Files.createTempDirectory(parent, "atoll-check-"));
  }

  public Path folder() {
    return folder;
  }

  /** A new, empty index. */
  public RocksDbIndex index(String name) {
    try {
      return RocksDbIndex.open(folder.resolve(name), true, INDEX_MEMORY_BYTES);
    } catch (IndexException e) {
      throw new ScratchException(e.getMessage(), e);
    }
  }

  /**
   * Zeros to write over, at least one byte. They are written before they are mapped: where there is
   * no room for them, a write to the mapping would be the end of the process.
   */
  public MemorySegment zeros(String name, long bytes) {
    Path file = folder.resolve(name);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(bytes, ZEROS_AT_ONCE_BYTES));
      for (long left = bytes; left > 0; ) {
        left -= channel.write(zeros.clear().limit((int) Math.min(left, zeros.capacity())));
      }
      return channel.map(MapMode.READ_WRITE, 0, bytes, maps);
    } catch (IOException e) {
      throw new ScratchException("cannot make " + file + ": " + e.getMessage(), e);
    }
  }

  /** A file that was written here, to be read. At least one byte. */
  public MemorySegment map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), maps);
    }
  }

  @Override
  public void close() {
    maps.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new ScratchException("cannot remove " + folder + ": " + e.getMessage(), e);
    }
  }
}
