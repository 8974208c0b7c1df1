package io.atoll.fs.store;

import io.atoll.io.volume.Volume;
import java.util.Arrays;

/**
 * Where 64 blocks of a file lie, since when, and their checksums: its <em>chunk</em>. A chunk
 * without any block has no value in the map, and an empty object here.
 */
final class ChunkMap extends Cached {
  static final int BLOCK_BYTES = Volume.BLOCK_BYTES;
  static final int CHUNK_BLOCKS = 64;
  static final int CHUNK_BYTES = CHUNK_BLOCKS * BLOCK_BYTES;
  static final long HOLE = -1;

  private final long[] addresses = new long[CHUNK_BLOCKS];
  private final long[] births = new long[CHUNK_BLOCKS];
  private final int[] crcs = new int[CHUNK_BLOCKS];
  private int mapped;

  ChunkMap(long inode, long chunk) {
    super(inode, chunk, null);
    Arrays.fill(addresses, HOLE);
  }

  long chunk() {
    return keyLow;
  }

  /** How many blocks are not holes. */
  int mapped() {
    return mapped;
  }

  /** The volume's block that holds block {@code index} of the chunk, or {@link #HOLE}. */
  long address(int index) {
    return addresses[index];
  }

  /** The sequence of the record that put the block in place: with the address, its identity. */
  long birth(int index) {
    return births[index];
  }

  int crc(int index) {
    return crcs[index];
  }

  /** Puts a block in place, or with {@link #HOLE} takes it out. */
  void set(int index, long address, long birth, int crc) {
    if (addresses[index] != HOLE) {
      mapped--;
    }
    if (address != HOLE) {
      mapped++;
    }
    addresses[index] = address;
    births[index] = birth;
    crcs[index] = crc;
  }

  /** Takes out the blocks from {@code index} on and tells them to {@code freed}. */
  void cut(int index, FreedRuns freed) {
    for (int i = index; i < CHUNK_BLOCKS; i++) {
      if (addresses[i] != HOLE) {
        freed.add(addresses[i]);
        set(i, HOLE, 0, 0);
      }
    }
  }
}
