package io.atoll.control.catalog;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;

/**
 * The catalog on disk: one JSON text, written anew beside the old one and put in its place, so that
 * a crash leaves the one or the other. Blocks.
 */
final class CatalogFile {
  private static final int FORMAT = 1;

  private final Path file;

  CatalogFile(Path file) {
    this.file = file;
  }

  /**
   * @throws IllegalStateException if it is there and can't be understood
   */
  List<CatalogEntry> load() {
    try {
      if (!Files.exists(file)) {
        return List.of();
      }
      JsonObject json = new JsonObject(Files.readString(file));
      if (json.getInteger("format", 0) != FORMAT) {
        throw new IllegalStateException(
            file + " was written by another version of Atoll: run that one");
      }
      return CatalogEntry.allOf(json.getJsonArray("fileSystems"));
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new IllegalStateException(
          file
              + " can't be understood: restore it, or move it away; file systems that are not in"
              + " it are opened, and served nowhere",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  void store(Collection<CatalogEntry> entries) {
    JsonArray all = new JsonArray();
    entries.forEach(entry -> all.add(entry.toJson()));
    String text = new JsonObject().put("format", FORMAT).put("fileSystems", all).encodePrettily();
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileChannel out =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel names = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
        names.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
