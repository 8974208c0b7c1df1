package io.atoll.io.cache;

/** What a cache has done since it was made. Loop-confined; other threads see estimates. */
public final class CacheCounters {
  long blocksFound;
  long blocksMissed;
  long fills;
  long evictions;
  long replacements;
  long lentPieces;
  long copiedPieces;
  long damagedBlocks;
  long rangesWaited;
  long granulesAhead;
  long granulesAheadWasted;

  CacheCounters() {}

  /** Blocks asked for by clients that were here, or on their way. */
  public long blocksFound() {
    return blocksFound;
  }

  /** Blocks asked for by clients that had to be read. */
  public long blocksMissed() {
    return blocksMissed;
  }

  /** Disk reads, those ahead of need included. */
  public long fills() {
    return fills;
  }

  /** Granules given up for others. */
  public long evictions() {
    return evictions;
  }

  /** Granules replaced because a block of theirs was outdated and still on its way to someone. */
  public long replacements() {
    return replacements;
  }

  /** Parts of replies that were the cache's own memory. */
  public long lentPieces() {
    return lentPieces;
  }

  /** Parts of replies that were copied, as too much was lent already. */
  public long copiedPieces() {
    return copiedPieces;
  }

  /** Blocks that could not be read, or did not match their checksums. */
  public long damagedBlocks() {
    return damagedBlocks;
  }

  /** Ranges that had to wait for granules. */
  public long rangesWaited() {
    return rangesWaited;
  }

  /** Granules taken to read ahead. */
  public long granulesAhead() {
    return granulesAhead;
  }

  /** Of these, the ones that left before anyone asked. */
  public long granulesAheadWasted() {
    return granulesAheadWasted;
  }
}
