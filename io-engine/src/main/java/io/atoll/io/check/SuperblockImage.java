package io.atoll.io.check;

import io.atoll.io.volume.Superblock;
import io.netty.buffer.ByteBuf;

/** Reads the superblock of a volume at rest. */
final class SuperblockImage {

  private SuperblockImage() {}

  /**
   * The newer of both copies, which are left at the start of {@code window}. Each is read by
   * itself: one that can't be read does not take the other one with it.
   *
   * @throws io.atoll.io.volume.VolumeOpenException if there is none
   */
  static Superblock read(ImageFile file, ByteBuf window) {
    for (int slot = 0; slot < Superblock.SLOTS; slot++) {
      int at = slot * Superblock.SLOT_BYTES;
      if (file.readNow(window, at, Superblock.SLOT_BYTES, at) < Superblock.SLOT_BYTES) {
        Superblock.spoil(window.slice(at, Superblock.SLOT_BYTES));
      }
    }
    return Superblock.decode(window);
  }
}
