package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.fs.check.CheckReport;
import io.atoll.fs.check.NamespaceCheck;
import io.atoll.io.check.Finding;
import io.atoll.io.check.Findings;
import io.atoll.io.check.Scratch;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.ScratchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Checks file systems of a data directory that no node is serving, and changes nothing of them.
 * Blocks.
 */
public final class OfflineCheck implements AutoCloseable {
  private final DataDirectory data;
  private final Path scratchParent;
  private final boolean dataBlocks;

  /**
   * Locks the data directory against nodes.
   *
   * @param dataDirectory absolute
   * @param scratchParent where to make a folder for what the check has to remember
   * @param dataBlocks read the content of all files, too
   * @throws StartFailure if it can't be read or a node has it
   */
  public OfflineCheck(Path dataDirectory, Path scratchParent, boolean dataBlocks) {
    data = DataDirectory.openToRead(dataDirectory);
    this.scratchParent = scratchParent;
    this.dataBlocks = dataBlocks;
  }

  /**
   * The folders of the file systems there are.
   *
   * @param name of the only one that is wanted, or null
   * @throws StartFailure if it is not there
   */
  public List<Path> fileSystems(String name) {
    List<Path> all = data.fileSystems();
    if (name == null) {
      return all;
    }
    List<Path> wanted =
        all.stream().filter(each -> each.getFileName().toString().equals(name)).toList();
    if (wanted.isEmpty()) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY, "the data directory " + data.path() + " has no file system " + name);
    }
    return wanted;
  }

  /**
   * Checks one file system.
   *
   * @param progress told now and then how many objects have been checked
   * @return how much there was to check; null if so much is lost that its namespace can't be read
   * @throws StartFailure if the scratch folder can't be used, and so nothing is known of the store
   */
  public CheckReport check(Path folder, Findings findings, LongConsumer progress) {
    String name = folder.getFileName().toString();
    return check(folder, name, scratchParent, dataBlocks, findings, progress);
  }

  /**
   * As the other, of a folder that nobody else has.
   *
   * @param name of the file system that the folder should hold
   */
  static CheckReport check(
      Path folder,
      String name,
      Path scratchParent,
      boolean dataBlocks,
      Findings findings,
      LongConsumer progress) {
    try (Scratch scratch = Scratch.in(scratchParent);
        VolumeImage volume = VolumeImage.open(folder, scratch, findings)) {
      if (volume == null) {
        return null;
      }
      CheckReport report =
          new NamespaceCheck(volume, scratch, findings, dataBlocks, progress).run();
      if (report.id() != null && !report.id().toString().equals(name)) {
        findings.add(
            Finding.Kind.STORE,
            folder.toString(),
            "the folder holds the file system " + report.id() + ": give it that name again");
      }
      return report;
    } catch (ScratchException e) {
      throw scratchFailed("the check of " + folder, scratchParent, e);
    } catch (IOException e) {
      throw noScratch(scratchParent, e);
    }
  }

  /** What ends {@code work} that has no room for what it has to remember. */
  static StartFailure scratchFailed(String work, Path scratchParent, ScratchException why) {
    return new StartFailure(
        Kind.DATA_DIRECTORY,
        work
            + " could not come to its end, as it has no room in "
            + scratchParent
            + " ("
            + why.getMessage()
            + "): choose another directory (--scratch)");
  }

  static StartFailure noScratch(Path scratchParent, IOException why) {
    return new StartFailure(
        Kind.DATA_DIRECTORY,
        "no scratch folder can be made in " + scratchParent + " (--scratch): " + why.getMessage());
  }

  @Override
  public void close() {
    data.close();
  }
}
