package io.atoll.io.cache;

/** What a cache has done since it was made. Loop-confined; other threads see estimates. */
public final class CacheCounters {
  long blocksFound;
  long blocksMissed;
  long fills;
  long evictions;
  long replacements;
  long lentPieces;
  long lentBytes;
  long copiedPieces;
  long damagedBlocks;
  long rangesWaited;
  long granulesAhead;
  long granulesAheadUsed;
  long granulesAheadWasted;
  long edgesFound;
  long blocksWritten;

  CacheCounters() {}

  /** All of them now. */
  public Snapshot snapshot() {
    return new Snapshot(
        blocksFound,
        blocksMissed,
        edgesFound,
        blocksWritten,
        fills,
        damagedBlocks,
        evictions,
        replacements,
        rangesWaited,
        lentPieces,
        lentBytes,
        copiedPieces,
        granulesAhead,
        granulesAheadUsed,
        granulesAheadWasted);
  }

  /**
   * The counters at one time.
   *
   * @param blocksFound asked for by clients, and here or on their way
   * @param blocksMissed asked for by clients, that had to be read
   * @param edgesFound blocks that were written in part, whose rest was here
   * @param blocksWritten kept when they were written
   * @param fills disk reads, those ahead of need included
   * @param damagedBlocks that could not be read, or did not match their checksums
   * @param evictions granules given up for others
   * @param replacements granules replaced because a block of theirs was outdated and still on its
   *     way to someone
   * @param rangesWaited that had to wait for granules
   * @param lentPieces parts of replies that were the cache's own memory
   * @param lentBytes of these
   * @param copiedPieces parts of replies that were copied, as too much was lent already
   * @param granulesAhead taken to read ahead
   * @param granulesAheadUsed of these, asked for since
   * @param granulesAheadWasted of these, gone before anyone asked
   */
  public record Snapshot(
      long blocksFound,
      long blocksMissed,
      long edgesFound,
      long blocksWritten,
      long fills,
      long damagedBlocks,
      long evictions,
      long replacements,
      long rangesWaited,
      long lentPieces,
      long lentBytes,
      long copiedPieces,
      long granulesAhead,
      long granulesAheadUsed,
      long granulesAheadWasted) {}
}
