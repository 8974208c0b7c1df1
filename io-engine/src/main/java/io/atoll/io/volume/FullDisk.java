package io.atoll.io.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What there is to do about a disk so full that who opens volumes can't write what stands beside
 * them. Blocks.
 */
public final class FullDisk {
  private FullDisk() {}

  /** Whether a disk with so much left is full for a volume with these options. */
  public static boolean isFull(long usableBytes, VolumeOptions options) {
    return DiskWatch.full(usableBytes, options);
  }

  /**
   * Removes the ballast of the volume in {@code folder}; a later opening makes it again when there
   * is room.
   *
   * @return whether there was one
   */
  public static boolean dropBallast(Path folder) throws IOException {
    return Files.deleteIfExists(folder.resolve(Ballast.NAME));
  }
}
