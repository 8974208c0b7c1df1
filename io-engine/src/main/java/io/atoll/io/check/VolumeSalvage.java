package io.atoll.io.check;

import io.atoll.io.check.Finding.Kind;
import io.atoll.io.index.EmptyIndex;
import io.atoll.io.index.ForgivingIndex;
import io.atoll.io.index.IndexException;
import io.atoll.io.index.IndexView;
import io.atoll.io.index.LayeredIndex;
import io.atoll.io.index.RocksDbImage;
import io.atoll.io.index.RocksDbRepair;
import io.atoll.io.volume.VolumeFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Reads what can be read of a volume that refuses to open, and changes nothing of it: of the index,
 * every table that is there and every block of it that matches its checksum, and over that what the
 * log has ({@link LogSalvage}). What is read so is to be checked before it is believed. One use, by
 * one thread that may block.
 */
public final class VolumeSalvage implements AutoCloseable {

  private static final long INDEX_CACHE_BYTES = 64L << 20;

  private final Path folder;
  private final Scratch scratch;
  private final Findings findings;
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("atoll-salvage").factory());
  private LayeredIndex index;
  private LogSalvage log;

  public VolumeSalvage(Path folder, Scratch scratch, Findings findings) {
    this.folder = folder;
    this.scratch = scratch;
    this.findings = findings;
  }

  /**
   * All that is left of the map, and the blocks.
   *
   * @throws io.atoll.io.volume.VolumeOpenException if another version of Atoll wrote the volume:
   *     what this one does not know would be taken for lost
   * @throws io.atoll.io.log.NewerLogException likewise
   */
  public VolumeImage open() {
    index =
        new LayeredIndex(
            new ForgivingIndex(openIndex(), this::tellLoss), scratch.index("replayed"));
    ImageFile extents = openExtents();
    log = new LogSalvage(folder, findings, index, extents, reader);
    log.replay();
    return new VolumeImage(index, extents, new SpaceCheck(scratch, 0));
  }

  /** At least that of every earlier opening, as far as is known; 0 if nothing is. */
  public long incarnation() {
    return log.incarnation();
  }

  private void fault(String place, String what) {
    findings.add(Kind.STORE, place, what);
  }

  private void tellLoss(byte[] from, byte[] to, String why) {
    HexFormat hex = HexFormat.of();
    fault(
        VolumeFiles.INDEX,
        "entries between "
            + hex.formatHex(from)
            + " and "
            + hex.formatHex(to)
            + " can't be read, and are lost or as they were before: "
            + why);
  }

  private ImageFile openExtents() {
    try {
      return ImageFile.open(folder, VolumeFiles.EXTENTS, reader);
    } catch (IOException e) {
      fault(VolumeFiles.EXTENTS, e.getMessage());
      return ImageFile.absent(VolumeFiles.EXTENTS);
    }
  }

  // --- the index ---

  private IndexView openIndex() {
    Path original = folder.resolve(VolumeFiles.INDEX);
    try {
      return RocksDbImage.openDamaged(original, INDEX_CACHE_BYTES);
    } catch (IndexException e) {
      fault(
          VolumeFiles.INDEX,
          e.getMessage()
              + "; what its whole tables hold is taken, and what others held is lost, or as it was"
              + " before");
    }
    try {
      Path copy = scratch.folder().resolve("repaired");
      copyTables(original, copy);
      RocksDbRepair.repair(copy);
      return RocksDbImage.openDamaged(copy, INDEX_CACHE_BYTES);
    } catch (IndexException | IOException e) {
      fault(VolumeFiles.INDEX, "nothing can be made of it: " + e.getMessage());
      return new EmptyIndex();
    }
  }

  /** Copies what can be read: a repair writes. */
  private void copyTables(Path original, Path copy) throws IOException {
    Files.createDirectories(copy);
    if (!Files.isDirectory(original)) {
      return;
    }
    try (Stream<Path> files = Files.list(original)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString();
        try {
          Files.copy(file, copy.resolve(name));
        } catch (IOException e) {
          Files.deleteIfExists(copy.resolve(name));
          fault(VolumeFiles.INDEX + "/" + name, "it can't be read: " + e.getMessage());
        }
      }
    }
  }

  @Override
  public void close() {
    reader.shutdown();
    if (log != null) {
      log.close();
    }
  }
}
