package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.salvage.Salvage;
import io.atoll.fs.salvage.SalvageException;
import io.atoll.io.check.Findings;
import io.atoll.io.check.Scratch;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.check.VolumeSalvage;
import io.atoll.io.runtime.IoMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes a new data directory of what is left in a damaged one, of which nothing is changed. Blocks.
 */
public final class OfflineSalvage implements AutoCloseable {
  private final DataDirectory source;
  private final DataDirectory target;
  private final Path scratchParent;
  private final IoMode ioMode;

  /**
   * Locks both directories.
   *
   * @param sourceDirectory absolute
   * @param targetDirectory absolute; made, or empty
   * @param scratchParent where to make a folder for what the salvage has to remember
   * @throws StartFailure if one of them can't be had
   */
  public OfflineSalvage(
      Path sourceDirectory, Path targetDirectory, Path scratchParent, IoMode ioMode) {
    this.scratchParent = scratchParent;
    this.ioMode = ioMode;
    source = DataDirectory.openToRead(sourceDirectory);
    try {
      requireEmpty(targetDirectory);
      target = DataDirectory.open(targetDirectory);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static void requireEmpty(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      if (entries.findAny().isPresent()) {
        throw new StartFailure(
            Kind.DATA_DIRECTORY,
            directory
                + " is not empty: a salvage writes into a directory of its own. If one was made"
                + " here before, serve that; else choose another, or remove it");
      }
    } catch (IOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY, directory + " can't be listed: " + e.getMessage());
    }
  }

  /** The folders of the file systems there are. */
  public List<Path> fileSystems() {
    return source.fileSystems();
  }

  /**
   * Salvages one file system.
   *
   * @param findings told what is lost
   * @return how many objects were kept
   * @throws StartFailure if the new one can't be written
   */
  public long salvage(Path folder, Findings findings) {
    String name = folder.getFileName().toString();
    SecureRandom random = new SecureRandom();
    FileSystemId id =
        FileSystemId.withName(name, new FileSystemId(random.nextLong(), random.nextLong()));
    if (id == null) {
      throw new StartFailure(Kind.STORE, "the folder " + folder + " is not named as a file system");
    }
    Path made = FileSystemFolder.make(target.path().resolve(name));
    try (Scratch scratch = Scratch.in(scratchParent);
        VolumeSalvage salvage = new VolumeSalvage(folder, scratch, findings);
        VolumeImage image = salvage.open()) {
      long objects;
      try (NewVolume volume = NewVolume.in(made, ioMode);
          Salvage copy = new Salvage(image, scratch, findings, volume.volume(), volume.loop())) {
        objects = copy.run(id, random);
      }
      // The write verifier must be none that a client has seen; if the old ones are not known, the
      // seconds since 1970 are more than any store has been opened.
      NewVolume.raiseIncarnation(
          made, Math.max(salvage.incarnation() + 1, Instant.now().getEpochSecond()));
      return objects;
    } catch (SalvageException e) {
      throw new StartFailure(Kind.DATA_DIRECTORY, e.getMessage());
    } catch (IOException e) {
      throw new StartFailure(Kind.DATA_DIRECTORY, "a salvage failed: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    target.settled();
    target.close();
    source.close();
  }
}
