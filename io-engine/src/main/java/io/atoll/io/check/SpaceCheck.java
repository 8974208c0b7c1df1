package io.atoll.io.check;

import io.atoll.io.space.RegionImage;
import io.atoll.io.space.RegionSize;
import io.atoll.io.volume.Volume;

/**
 * Holds which blocks the volume says are in use against those that something refers to. Two bits
 * for each block, mapped from scratch files: 64 MiB for a TiB. Confined to one thread.
 */
public final class SpaceCheck {

  private final BlockBitmap used;
  private final BlockBitmap referred;
  private long usedBlocks;
  private long referredBlocks;

  SpaceCheck(Scratch scratch, long extentsBytes) {
    long blocks = extentsBytes / Volume.BLOCK_BYTES;
    used = new BlockBitmap(scratch, "used", blocks);
    referred = new BlockBitmap(scratch, "referred", blocks);
  }

  /** Takes over what the index says of a region; false if that reaches beyond the extents. */
  boolean load(int region, byte[] image) {
    long first = RegionSize.STANDARD.firstBlock(region);
    int end = RegionImage.endOfUse(image);
    for (int block = 0; block < end && first + block < used.blocks(); block++) {
      if (RegionImage.inUse(image, block)) {
        used.set(first + block);
        usedBlocks++;
      }
    }
    return first + end <= used.blocks();
  }

  /** Something refers to the block. */
  public Reference refer(long address) {
    if (address >= used.blocks()) {
      return Reference.BEYOND_THE_END;
    }
    if (!referred.set(address)) {
      return Reference.SHARED;
    }
    referredBlocks++;
    return used.get(address) ? Reference.SOUND : Reference.FREE;
  }

  /** Visits the runs that are in use though nothing refers to them. */
  public void forEachLeak(BlockBitmap.RunVisitor visitor) {
    used.forEachRunMissingIn(referred, visitor);
  }

  public long usedBlocks() {
    return usedBlocks;
  }

  public long referredBlocks() {
    return referredBlocks;
  }

  /** What a reference to a block is worth. */
  public enum Reference {
    SOUND,
    /** Another one came before. */
    SHARED,
    /** The volume would give the block to somebody else. */
    FREE,
    /** The extents have no such block. */
    BEYOND_THE_END
  }
}
