package io.atoll;

import io.atoll.StartFailure.Kind;
import io.atoll.fs.FileSystemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a file system is kept: a folder of the data directory that bears its name.
 *
 * @param path exists
 * @param idIfNew the identity of the file system if there is none in the folder yet
 */
record FileSystemFolder(Path path, FileSystemId idIfNew) {

  /**
   * The folder of the one file system in {@code data}, made if there is none.
   *
   * @throws StartFailure if there are several, or a salvage has not finished there
   */
  static FileSystemFolder in(DataDirectory data) {
    if (!data.unfinished().isEmpty()) {
      throw new StartFailure(
          Kind.DATA_DIRECTORY,
          "the data directory "
              + data.path()
              + " holds an unfinished salvage ("
              + data.unfinished().getFirst().getFileName()
              + "), which is no file system: remove the directory, and salvage again");
    }
    List<Path> folders = data.fileSystems();
    SecureRandom random = new SecureRandom();
    FileSystemId fresh = new FileSystemId(random.nextLong(), random.nextLong());
    return switch (folders.size()) {
      case 0 -> new FileSystemFolder(make(data.path().resolve(fresh.toString())), fresh);
      case 1 -> existing(folders.getFirst(), fresh);
      default ->
          throw new StartFailure(
              Kind.DATA_DIRECTORY,
              "the data directory "
                  + data.path()
                  + " holds several file systems ("
                  + folders.stream()
                      .map(folder -> folder.getFileName().toString())
                      .collect(Collectors.joining(", "))
                  + "), and this version serves one: move the others away");
    };
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
   * A crash in the midst of the first start leaves a folder without a file system in it: that one
   * then gets the identity that the folder is named after, as far as the name tells it.
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
}
