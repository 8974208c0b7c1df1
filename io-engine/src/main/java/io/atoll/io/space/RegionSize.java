package io.atoll.io.space;

/**
 * How the extents are divided into regions: which region a block belongs to, and where in it. On
 * disk all have the {@link #STANDARD} size; simulations divide a small space into smaller ones, so
 * that histories meet borders all the time. A smaller region's image has the format of a whole one,
 * of which only the beginning is used.
 */
public class RegionSize {

  /** 128 MiB: that of the on-disk format. */
  public static final RegionSize STANDARD = new RegionSize(RegionImage.UNITS_PER_REGION);

  private final int units;
  private final int blocks;
  private final int shift;

  /**
   * @param units of each region: a power of two, at most {@link RegionImage#UNITS_PER_REGION}
   */
  public RegionSize(int units) {
    if (units < 1 || units > RegionImage.UNITS_PER_REGION || Integer.bitCount(units) != 1) {
      throw new IllegalArgumentException("a region of " + units + " units");
    }
    this.units = units;
    blocks = units * RegionImage.BLOCKS_PER_UNIT;
    shift = Integer.numberOfTrailingZeros(blocks);
  }

  public final int units() {
    return units;
  }

  public final int blocks() {
    return blocks;
  }

  public final int regionOf(long address) {
    return (int) (address >>> shift);
  }

  public final int blockInRegion(long address) {
    return (int) (address & blocks - 1);
  }

  /** How many regions so many blocks are in. */
  public final long regions(long sizeBlocks) {
    return Math.ceilDiv(sizeBlocks, blocks);
  }

  /** The address of a region's first block. */
  public final long firstBlock(int region) {
    return (long) region << shift;
  }

  /** How many blocks there are from this one to the end of its region, itself included. */
  protected int blocksToEnd(long address) {
    return blocks - blockInRegion(address);
  }
}
