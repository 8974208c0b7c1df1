package io.atoll.fs.scrub;

import io.atoll.io.volume.Volume;
import io.atoll.io.volume.VolumeStatus;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Finds where the map of chunks can be read again behind a place where it can't: by steps that
 * double until one succeeds, and then by halves, so that no inode is passed over whose chunks can
 * be read. A place within a damaged block of the index fails, and so does what comes before it in
 * that block. Confined to the home loop; one search at a time.
 */
final class MapGap {
  private final Volume volume;
  private final BooleanSupplier ends;
  private long unreadable;
  private long readable;
  private long step;
  private LongConsumer found;

  /**
   * @param ends whether nothing more is to be read; then a search ends without a word
   */
  MapGap(Volume volume, BooleanSupplier ends) {
    this.volume = volume;
    this.ends = ends;
  }

  /**
   * Finds the first inode after {@code inode}, whose chunks can't be read, from which on the map
   * can be; Long.MAX_VALUE if there is none.
   */
  void findEnd(long inode, LongConsumer told) {
    found = told;
    unreadable = inode;
    readable = Long.MAX_VALUE;
    step = 1;
    next();
  }

  private void next() {
    long left = readable - unreadable;
    if (left <= 1) {
      found.accept(readable);
      return;
    }
    boolean isBounded = readable != Long.MAX_VALUE;
    long probed = unreadable + (isBounded ? left / 2 : Math.min(step, left - 1));
    step = isBounded || step > Long.MAX_VALUE / 2 ? step : 2 * step;
    volume.scan(
        new ScrubPosition(0, probed, 0).chunkKey(),
        ScrubPosition.END,
        1,
        (status, entries) -> {
          if (ends.getAsBoolean()) {
            return;
          }
          if (status == VolumeStatus.OK) {
            readable = probed;
          } else {
            unreadable = probed;
          }
          next();
        });
  }
}
