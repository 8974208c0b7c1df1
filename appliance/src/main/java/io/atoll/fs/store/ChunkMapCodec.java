package io.atoll.fs.store;

import io.netty.buffer.ByteBuf;

/**
 * A chunk map's value: runs of neighbouring blocks of one birth, each run with its place, its birth
 * and a checksum for each block. Drawn in {@code docs/namespace-format.md}.
 */
final class ChunkMapCodec implements ObjectCache.Format<ChunkMap> {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 12;
  static final int RUN_BYTES = 20;

  private static final int RUNS = 2;
  private static final int REFERENCES = 4;
  private static final int RUN_FIRST = 0;
  private static final int RUN_BLOCKS = 1;
  private static final int RUN_ADDRESS = 4;
  private static final int RUN_BIRTH = 12;

  @Override
  public byte[] key(long inode, long chunk, byte[] name) {
    return Keys.chunk(inode, chunk);
  }

  @Override
  public ChunkMap decode(long inode, long chunk, byte[] name, byte[] value) {
    ChunkMap map = new ChunkMap(inode, chunk);
    if (value == null) {
      return map;
    }
    CorruptValueException.check("chunk of inode " + inode, value, HEADER_BYTES, VERSION);
    int at = HEADER_BYTES;
    int next = 0;
    for (int run = 0; run < value[RUNS]; run++) {
      check(at + RUN_BYTES <= value.length, inode, chunk);
      int first = value[at + RUN_FIRST];
      int blocks = value[at + RUN_BLOCKS];
      long address = BigEndian.getLong(value, at + RUN_ADDRESS);
      long birth = BigEndian.getLong(value, at + RUN_BIRTH);
      at += RUN_BYTES;
      check(
          first >= next
              && blocks > 0
              && first + blocks <= ChunkMap.CHUNK_BLOCKS
              && address >= 0
              && at + blocks * Integer.BYTES <= value.length,
          inode,
          chunk);
      for (int i = 0; i < blocks; i++) {
        map.set(first + i, address + i, birth, BigEndian.getInt(value, at));
        at += Integer.BYTES;
      }
      next = first + blocks;
    }
    return map;
  }

  /** How many bytes {@link #encode} writes. */
  static int encodedBytes(ChunkMap map) {
    return HEADER_BYTES + runs(map) * RUN_BYTES + map.mapped() * Integer.BYTES;
  }

  /** Writes a map's value. */
  static void encode(ChunkMap map, ByteBuf out) {
    int at = out.writerIndex();
    out.writeZero(HEADER_BYTES);
    out.setByte(at, VERSION);
    out.setByte(at + RUNS, runs(map));
    out.setInt(at + REFERENCES, 1);
    int run = at;
    int blocks = 0;
    for (int i = 0; i < ChunkMap.CHUNK_BLOCKS; i++) {
      if (map.address(i) == ChunkMap.HOLE) {
        continue;
      }
      if (startsRun(map, i)) {
        run = out.writerIndex();
        blocks = 0;
        out.writeZero(RUN_BYTES);
        out.setByte(run + RUN_FIRST, i);
        out.setLong(run + RUN_ADDRESS, map.address(i));
        out.setLong(run + RUN_BIRTH, map.birth(i));
      }
      out.setByte(run + RUN_BLOCKS, ++blocks);
      out.writeInt(map.crc(i));
    }
  }

  private static int runs(ChunkMap map) {
    int runs = 0;
    for (int i = 0; i < ChunkMap.CHUNK_BLOCKS; i++) {
      if (startsRun(map, i)) {
        runs++;
      }
    }
    return runs;
  }

  private static boolean startsRun(ChunkMap map, int index) {
    long address = map.address(index);
    return address != ChunkMap.HOLE
        && (index == 0
            || map.address(index - 1) == ChunkMap.HOLE
            || map.address(index - 1) + 1 != address
            || map.birth(index - 1) != map.birth(index));
  }

  private static void check(boolean sound, long inode, long chunk) {
    if (!sound) {
      throw new CorruptValueException("chunk " + chunk + " of inode " + inode + " has a wrong run");
    }
  }
}
