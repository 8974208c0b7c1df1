package io.atoll.io.volume;

import io.atoll.io.index.Index;
import io.atoll.io.space.Holes;
import io.atoll.io.space.RegionImage;
import io.atoll.io.space.RegionSize;
import io.atoll.io.space.SpaceMap;
import io.atoll.io.volume.VolumeOpenException.Reason;

/**
 * Reads all regions from the index, one by one in their order. Made by a worker; its map then
 * belongs to the loop.
 */
final class SpaceLoader {

  private static final byte[] EMPTY = RegionImage.empty();

  private final RegionSize size;
  private final SpaceMap map;
  private final Holes holes;
  private final long diskUsableBytes;
  private final long sizeBlocks;
  private long usedBlocks;

  /**
   * @throws VolumeOpenException if a region does not fit the extents file
   */
  SpaceLoader(Index index, RegionSize size, long extentsBytes, long diskUsableBytes) {
    this.size = size;
    map = new SpaceMap(size);
    holes = new Holes(size);
    this.diskUsableBytes = diskUsableBytes;
    sizeBlocks = sizeBlocks(extentsBytes);
    index.scan(
        IndexKeys.regionsFrom(),
        IndexKeys.regionsTo(),
        (key, image) -> {
          int number = IndexKeys.regionNumber(key);
          check(number, image, size, extentsBytes);
          usedBlocks += RegionImage.inUseBlocks(image);
          loadEmptyUpTo(size.firstBlock(number));
          load(image);
          noteHoles(number, image);
          return true;
        });
    loadEmptyUpTo(sizeBlocks);
  }

  /** Regions of which the index says nothing. */
  private void loadEmptyUpTo(long endBlocks) {
    while (map.sizeBlocks() < Math.min(endBlocks, sizeBlocks)) {
      load(EMPTY);
    }
  }

  private void load(byte[] image) {
    long left = sizeBlocks - map.sizeBlocks();
    if (left > 0) {
      map.load(image, (int) Math.min(size.blocks(), left));
    }
  }

  /**
   * Looks at all regions, ahead of any change to the volume.
   *
   * @throws VolumeOpenException if a region does not fit the extents file
   */
  static void check(Index index, RegionSize size, long extentsBytes) {
    index.scan(
        IndexKeys.regionsFrom(),
        IndexKeys.regionsTo(),
        (key, image) -> {
          check(IndexKeys.regionNumber(key), image, size, extentsBytes);
          return true;
        });
  }

  private static long sizeBlocks(long extentsBytes) {
    return extentsBytes
        / Volume.BLOCK_BYTES
        / RegionImage.BLOCKS_PER_UNIT
        * RegionImage.BLOCKS_PER_UNIT;
  }

  SpaceMap map() {
    return map;
  }

  /** Of which the disk has nothing, or something still, if a crash came before the punch. */
  Holes holes() {
    return holes;
  }

  long usedBlocks() {
    return usedBlocks;
  }

  long diskUsableBytes() {
    return diskUsableBytes;
  }

  /** A crash may have taken the end of the file back; what a hole was there is none any more. */
  private void noteHoles(int number, byte[] image) {
    for (int unit = 0; unit < size.units(); unit++) {
      long address = size.firstBlock(number) + (long) unit * RegionImage.BLOCKS_PER_UNIT;
      if (address < sizeBlocks && RegionImage.isHole(image, unit)) {
        holes.add(new BlockRun(address, RegionImage.BLOCKS_PER_UNIT));
      }
    }
  }

  private static void check(int number, byte[] image, RegionSize size, long extentsBytes) {
    if (!RegionImage.readable(image)) {
      throw new VolumeOpenException(
          Reason.VERSION,
          "index: region " + number + " has a format that this Atoll does not read");
    }
    long end = size.firstBlock(number) + RegionImage.endOfUse(image);
    if (RegionImage.endOfUse(image) > 0 && end > sizeBlocks(extentsBytes)) {
      throw VolumeOpenException.damaged(
          VolumeOpener.EXTENTS_NAME
              + " at offset "
              + extentsBytes
              + ": the file ends there, but blocks up to "
              + end * Volume.BLOCK_BYTES
              + " are in use: restore the volume from a backup or a replica");
    }
  }
}
