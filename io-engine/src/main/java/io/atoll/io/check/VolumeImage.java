package io.atoll.io.check;

import io.atoll.io.index.IndexCursor;
import io.atoll.io.index.LayeredIndex;
import io.atoll.io.volume.IndexKeys;
import java.nio.file.Path;

/**
 * A volume at rest, as a start would find it after replaying its log, while no file of it is
 * changed. Blocks. {@link #get} and block readers may be used by many threads.
 */
public final class VolumeImage implements AutoCloseable {

  private final LayeredIndex index;
  private final ImageFile extents;
  private final SpaceCheck space;

  VolumeImage(LayeredIndex index, ImageFile extents, SpaceCheck space) {
    this.index = index;
    this.extents = extents;
    this.space = space;
  }

  /**
   * Opens the volume in {@code folder}, and checks all that can be checked without knowing what the
   * volume is used for: superblock, log, index, and the map of space.
   *
   * @return null if so much is lost that there is nothing to go on with
   */
  public static VolumeImage open(Path folder, Scratch scratch, Findings findings) {
    try (VolumeCheck check = new VolumeCheck(folder, scratch, findings)) {
      return check.open();
    }
  }

  /** The value of the user's {@code key}, or null. */
  public byte[] get(byte[] key) {
    return index.get(IndexKeys.user(key));
  }

  /** The user's entries with {@code from <= key < to}, in order. To be closed. */
  public IndexCursor cursor(byte[] from, byte[] to) {
    return new UserCursor(index.cursor(IndexKeys.user(from), IndexKeys.user(to)));
  }

  /** The sequence of the last record there is. */
  public long lastSequence() {
    return index.appliedSequence();
  }

  /** Which blocks are in use. */
  public SpaceCheck space() {
    return space;
  }

  /** For one thread, to be closed. */
  public BlockReader newBlockReader() {
    return new BlockReader(extents::readNow);
  }

  @Override
  public void close() {
    index.close();
    extents.close();
  }
}
