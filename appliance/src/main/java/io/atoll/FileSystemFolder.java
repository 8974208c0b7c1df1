package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.fs.FileSystemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/**
 * Where a file system is kept: a folder of the data directory that bears its name.
 *
 * @param path exists
 * @param idIfNew the identity of the file system if there is none in the folder yet
 */
record FileSystemFolder(Path path, FileSystemId idIfNew) {

  /**
   * The folders of all file systems in {@code data}, by name.
   *
   * @throws StartFailure if one is not named as a file system is, or a salvage has not finished
   *     there
   */
  static List<FileSystemFolder> in(DataDirectory data) {
    if (!data.unfinished().isEmpty()) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "the data directory "
              + data.path()
              + " holds an unfinished salvage ("
              + data.unfinished().getFirst().getFileName()
              + "), which is no file system: remove the directory, and salvage again");
    }
    return data.fileSystems().stream().map(folder -> existing(folder, freshId())).toList();
  }

  /** An identity that no file system has. */
  static FileSystemId freshId() {
    SecureRandom random = new SecureRandom();
    return new FileSystemId(random.nextLong(), random.nextLong());
  }

  /**
   * The folder for the file system {@code id} in {@code data}, made durably if it is not there.
   * Blocks.
   *
   * @throws StartFailure if it can't be made
   */
  static FileSystemFolder of(DataDirectory data, FileSystemId id) {
    Path folder = data.path().resolve(id.toString());
    return new FileSystemFolder(Files.isDirectory(folder) ? folder : make(folder), id);
  }

  static Path make(Path folder) {
    try {
      Files.createDirectory(folder);
      DurableDirectory.sync(folder.getParent());
      return folder;
    } catch (IOException e) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY, "the folder " + folder + " can't be made: " + e.getMessage());
    }
  }

  /**
   * A crash in the midst of the creation leaves a folder without a file system in it: that one then
   * gets the identity that the folder is named after, as far as the name tells it.
   */
  private static FileSystemFolder existing(Path folder, FileSystemId fresh) {
    String name = folder.getFileName().toString();
    FileSystemId id = FileSystemId.withName(name, fresh);
    if (id == null) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "the folder "
              + folder
              + " is not named as a file system is (fs- and 17 hexadecimal digits)");
    }
    return new FileSystemFolder(folder, id);
  }

  /** The name of the file system, and of the folder. */
  String name() {
    return idIfNew.toString();
  }
}
