package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.salvage.Salvage;
import io.atoll.fs.salvage.SalvageException;
import io.atoll.io.check.Findings;
import io.atoll.io.check.Scratch;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.check.VolumeSalvage;
import io.atoll.io.index.IndexException;
import io.atoll.io.index.ScratchException;
import io.atoll.io.log.NewerLogException;
import io.atoll.io.runtime.IoMode;
import io.atoll.io.volume.VolumeOpenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes a new data directory of what is left in a damaged one, of which nothing is changed. Until
 * all of it is written and checked, what is made does not bear the name of a file system, so that
 * nobody serves a part. Blocks.
 */
public final class OfflineSalvage implements AutoCloseable {
  private final DataDirectory source;
  private final DataDirectory target;
  private final Path scratchParent;
  private final IoMode ioMode;

  /** What is made, by the name that it is to have. */
  private final Map<String, Path> unfinished = new LinkedHashMap<>();

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
    String remains = remainsIn(directory);
    if (remains != null) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          directory
              + " "
              + remains
              + ": a salvage writes into a directory of its own; choose another, or remove it");
    }
  }

  /** Null if there is nothing. */
  private static String remainsIn(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      List<String> names = entries.map(each -> each.getFileName().toString()).sorted().toList();
      if (names.stream().anyMatch(name -> name.startsWith(DataDirectory.UNFINISHED_PREFIX))) {
        return "is not empty, and what is in it is an unfinished salvage";
      }
      return names.isEmpty() ? null : "is not empty";
    } catch (IOException | UncheckedIOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY, directory + " can't be listed: " + e.getMessage());
    }
  }

  /**
   * Whether {@code directory} is one that a salvage has made and finished, or a node has served.
   */
  public static boolean isFinished(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      List<String> names = entries.map(each -> each.getFileName().toString()).toList();
      return names.stream().anyMatch(name -> name.startsWith(DataDirectory.FILE_SYSTEM_PREFIX))
          && names.stream().noneMatch(name -> name.startsWith(DataDirectory.UNFINISHED_PREFIX));
    } catch (IOException | UncheckedIOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY, directory + " can't be listed: " + e.getMessage());
    }
  }

  /** The folders of the file systems there are. */
  public List<Path> fileSystems() {
    return source.fileSystems();
  }

  /**
   * Salvages one file system. It is one only after {@link #finish}.
   *
   * @param findings told what is lost
   * @return how many objects were kept
   * @throws StartFailure if the new one can't be written, or another version wrote the old one
   */
  public long salvage(Path folder, Findings findings) {
    String name = folder.getFileName().toString();
    SecureRandom random = new SecureRandom();
    FileSystemId id =
        FileSystemId.withName(name, new FileSystemId(random.nextLong(), random.nextLong()));
    if (id == null) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY, "the folder " + folder + " is not named as a file system");
    }
    try (Scratch scratch = makeScratch();
        VolumeSalvage salvage = new VolumeSalvage(folder, scratch, findings);
        VolumeImage image = salvage.open()) {
      FileSystemId known = Salvage.identity(image);
      if (known != null && !known.toString().equals(name)) {
        throw new StartFailure(
            Kind.DATA_DIRECTORY,
            "the folder "
                + folder
                + " holds the file system "
                + known
                + ": give it that name again");
      }
      Path made =
          FileSystemFolder.make(target.path().resolve(DataDirectory.UNFINISHED_PREFIX + name));
      PerformanceModeFile.settle(made, PerformanceModeFile.read(folder));
      unfinished.put(name, made);
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
      throw new StartFailure(
          e.isOfOtherVersion() ? Kind.STORE_VERSION : Kind.DATA_DIRECTORY, e.getMessage());
    } catch (VolumeOpenException | NewerLogException e) {
      throw new StartFailure(Kind.STORE_VERSION, folder + ": " + e.getMessage());
    } catch (ScratchException e) {
      throw OfflineCheck.scratchFailed("the salvage of " + folder, scratchParent, e);
    } catch (IndexException | IOException | UncheckedIOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "the salvage of " + folder + " into " + target.path() + " failed: " + e.getMessage());
    }
  }

  private Scratch makeScratch() {
    try {
      return Scratch.in(scratchParent);
    } catch (IOException e) {
      throw OfflineCheck.noScratch(scratchParent, e);
    }
  }

  /** Copies a file with its permissions, or a folder of files. */
  private static void copy(Path from, Path to) throws IOException {
    if (!Files.isDirectory(from)) {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      return;
    }
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        copy(file, to.resolve(file.getFileName()));
      }
    }
    DurableDirectory.sync(to);
  }

  /**
   * Checks what was salvaged, and gives it the names of file systems if it is sound.
   *
   * @param unsound told what is not as it should be: a defect
   * @return whether it is sound
   */
  public boolean finish(Findings unsound) {
    unfinished.forEach((name, made) ->
        OfflineCheck.check(made, name, scratchParent, false, unsound, objects -> {}));
    if (!unsound.none()) {
      return false;
    }
    try {
      for (String record : DataDirectory.RECORDS) {
        Path kept = source.path().resolve(record);
        if (Files.exists(kept)) {
          copy(kept, target.path().resolve(record));
        }
      }
      for (var each : unfinished.entrySet()) {
        Files.move(
            each.getValue(), target.path().resolve(each.getKey()), StandardCopyOption.ATOMIC_MOVE);
      }
      DurableDirectory.sync(target.path());
    } catch (IOException | UncheckedIOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY, "what was salvaged can't be renamed: " + e.getMessage());
    }
    unfinished.clear();
    return true;
  }

  @Override
  public void close() {
    target.settled();
    target.close();
    source.close();
  }
}
