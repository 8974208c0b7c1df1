package io.atoll.io.volume;

/**
 * Neighbouring blocks of a volume.
 *
 * @param address the number of the first block
 * @param blocks how many; at least 1
 */
public record BlockRun(long address, int blocks) {

  public BlockRun {
    if (address < 0 || blocks < 1) {
      throw new IllegalArgumentException("no run of blocks: address " + address + ", " + blocks);
    }
  }

  /** The number of the block after the last. */
  public long end() {
    return address + blocks;
  }
}
