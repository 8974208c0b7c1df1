package io.atoll.fs.salvage;

import io.atoll.fs.format.StoredChunk;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.volume.BlockRun;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A chunk of a file on its way to new blocks: for each of its blocks where it was and what it
 * should sum to. Confined to one thread.
 */
final class ChunkCopy {
  /** A block that the file does not have. */
  static final long HOLE = -1;

  /** A block of which is known that the file had it, and not where. */
  static final long LOST = -2;

  private static final int HEADER_BYTES = 12;
  private static final int RUN_BYTES = 20;
  private static final int REFERENCES_AT = 4;
  private static final int RUNS_AT = 2;

  final long[] sources = new long[StoredChunk.CHUNK_BLOCKS];
  final int[] crcs = new int[StoredChunk.CHUNK_BLOCKS];
  private final long[] targets = new long[StoredChunk.CHUNK_BLOCKS];

  /**
   * Begins with what the map says of the chunk, as far as it lies within the first blocks.
   *
   * @param chunk null if the map says nothing
   * @param blocks of the chunk that lie before the file's end
   * @param missing what to take for a block that the map doesn't have: {@link #HOLE} or {@link
   *     #LOST}
   * @return how many blocks there are to be written
   */
  int load(StoredChunk chunk, int blocks, long missing) {
    for (int i = 0; i < sources.length; i++) {
      sources[i] = i < blocks ? missing : HOLE;
    }
    if (chunk != null) {
      for (StoredChunk.Run run : chunk.runs()) {
        for (int i = 0; i < run.blocks() && run.first() + i < blocks; i++) {
          sources[run.first() + i] = run.address() + i;
          crcs[run.first() + i] = run.crcs()[i];
        }
      }
    }
    int count = 0;
    for (long source : sources) {
      count += source == HOLE ? 0 : 1;
    }
    return count;
  }

  /**
   * How many blocks from {@code index} on were neighbours: 0 for a hole, 1 for one that is lost.
   */
  int runLength(int index) {
    if (sources[index] < 0) {
      return sources[index] == HOLE ? 0 : 1;
    }
    int end = index + 1;
    while (end < sources.length && sources[end] == sources[end - 1] + 1) {
      end++;
    }
    return end - index;
  }

  /** Gives the blocks their new places, in order. */
  void place(List<BlockRun> runs) {
    int run = 0;
    int inRun = 0;
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] == HOLE) {
        continue;
      }
      targets[i] = runs.get(run).address() + inRun;
      if (++inRun == runs.get(run).blocks()) {
        run++;
        inRun = 0;
      }
    }
  }

  /** The chunk's value. */
  byte[] encode(long birth) {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + sources.length * (RUN_BYTES + Integer.BYTES));
    out.put(0, StoredKeys.VERSION).putInt(REFERENCES_AT, 1).position(HEADER_BYTES);
    int runs = 0;
    for (int first = 0; first < sources.length; ) {
      if (sources[first] == HOLE) {
        first++;
        continue;
      }
      int end = first + 1;
      while (end < sources.length && sources[end] != HOLE && targets[end] == targets[end - 1] + 1) {
        end++;
      }
      out.put((byte) first).put((byte) (end - first)).putShort((short) 0);
      out.putLong(targets[first]).putLong(birth);
      for (int i = first; i < end; i++) {
        out.putInt(crcs[i]);
      }
      runs++;
      first = end;
    }
    out.put(RUNS_AT, (byte) runs);
    byte[] value = new byte[out.position()];
    out.get(0, value);
    return value;
  }
}
