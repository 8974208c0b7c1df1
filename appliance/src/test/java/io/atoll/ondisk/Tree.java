package io.atoll.ondisk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Folders of files, for tests that spoil them. */
public final class Tree {
  private static final int BUFFER_BYTES = 1 << 20;

  /** For {@link #overwrite}. */
  public static final Consumer<byte[]> ZEROS = piece -> {};

  private Tree() {}

  public static void copy(Path source, Path target) throws IOException {
    for (Path path : walk(source)) {
      Path copy = target.resolve(source.relativize(path));
      if (Files.isDirectory(path)) {
        Files.createDirectories(copy);
      } else {
        copyFile(path, copy);
      }
    }
  }

  /** The same while files come and go: those that have gone when their turn comes are left out. */
  static void copyWhatIsThere(Path source, Path target) throws IOException {
    for (Path path : walkWhatIsThere(source)) {
      Path copy = target.resolve(source.relativize(path));
      try {
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else {
          copyFile(path, copy);
        }
      } catch (NoSuchFileException gone) {
        Files.deleteIfExists(copy);
      }
    }
  }

  private static List<Path> walkWhatIsThere(Path folder) throws IOException {
    while (true) {
      try {
        return walk(folder);
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e;
        }
      }
    }
  }

  public static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      List<Path> all = walk(folder);
      for (int i = all.size() - 1; i >= 0; i--) {
        Files.delete(all.get(i));
      }
    }
  }

  /** The files whose path within {@code folder} starts with {@code prefix}, in order. */
  public static List<Path> files(Path folder, String prefix) throws IOException {
    return walk(folder).stream()
        .filter(Files::isRegularFile)
        .filter(path -> folder.relativize(path).toString().startsWith(prefix))
        .toList();
  }

  /** All files and what they hold, as length and checksum. */
  public static Map<String, String> fingerprint(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (Path path : walk(folder)) {
      if (Files.isRegularFile(path)) {
        all.put(folder.relativize(path).toString(), fingerprintOf(path));
      }
    }
    return all;
  }

  public static void flip(Path file, long offset, int bit) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ (1 << bit))).flip();
      channel.write(one, offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void truncate(Path file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  /** Overwrites a file from end to end, a buffer of zeros filled by {@code filler} at a time. */
  public static void overwrite(Path file, Consumer<byte[]> filler) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long length = channel.size();
      for (long at = 0; at < length; ) {
        byte[] piece = new byte[(int) Math.min(BUFFER_BYTES, length - at)];
        filler.accept(piece);
        at += channel.write(ByteBuffer.wrap(piece), at);
      }
    }
  }

  private static List<Path> walk(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted().toList();
    }
  }

  /** As {@code cp --sparse=always}: tests copy often, and most of a file is zeros. */
  private static void copyFile(Path source, Path target) throws IOException {
    try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      long at = 0;
      while (in.read(buffer, at) > 0) {
        buffer.flip();
        int length = buffer.remaining();
        if (!isZero(buffer)) {
          out.write(buffer, at);
        }
        at += length;
        buffer.clear();
      }
      if (out.size() < at) {
        out.write(ByteBuffer.allocate(1), at - 1);
      }
    }
  }

  private static boolean isZero(ByteBuffer buffer) {
    for (int i = 0; i < buffer.limit(); i++) {
      if (buffer.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static String fingerprintOf(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      long at = 0;
      while (in.read(buffer, at) > 0) {
        at += buffer.position();
        crc.update(buffer.flip());
        buffer.clear();
      }
      return at + " bytes " + Long.toHexString(crc.getValue());
    }
  }
}
