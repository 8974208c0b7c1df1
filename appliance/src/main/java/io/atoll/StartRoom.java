package io.atoll;

import io.atoll.io.volume.FullDisk;
import io.atoll.io.volume.VolumeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room for what a start writes beside its file systems, so that a full disk can be opened and
 * emptied: their ballasts are dropped for it. Blocks.
 */
final class StartRoom {
  private static final Logger LOG = LoggerFactory.getLogger(StartRoom.class);

  private StartRoom() {}

  /** Runs {@code step}, and if it fails on a full disk, again without one more of the ballasts. */
  static <T, E extends Exception> T forStep(DataDirectory data, Step<T, E> step) throws E {
    while (true) {
      try {
        return step.run();
      } catch (Exception e) {
        if (!mayLackRoom(e) || !isFull(data.path()) || !dropBallast(data, e)) {
          throw e;
        }
      }
    }
  }

  /** Damage, or another version's format, is no less with more room. */
  private static boolean mayLackRoom(Exception failure) {
    return failure instanceof IOException
        || (failure instanceof StartFailure start
            && start.kind() == StartFailure.Kind.DATA_DIRECTORY);
  }

  private static boolean isFull(Path directory) {
    try {
      return FullDisk.isFull(
          Files.getFileStore(directory).getUsableSpace(), VolumeOptions.defaults());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean dropBallast(DataDirectory data, Exception failure) {
    for (Path folder : data.fileSystems()) {
      try {
        if (FullDisk.dropBallast(folder)) {
          LOG.warn(
              "the disk is full; the ballast in {} is dropped so that the node starts: {}",
              folder,
              failure.getMessage());
          return true;
        }
      } catch (IOException e) {
        LOG.warn("the ballast in {} can't be dropped: {}", folder, e.toString());
      }
    }
    return false;
  }

  /** What has to be written. */
  @FunctionalInterface
  interface Step<T, E extends Exception> {
    T run() throws E;
  }
}
