package io.atoll.fs.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Where up to 64 blocks of a file lie, as it lies in the map. */
public record StoredChunk(long inode, long chunk, List<Run> runs) {
  public static final int BLOCK_BYTES = 4096;
  public static final int CHUNK_BLOCKS = 64;
  public static final long CHUNK_BYTES = (long) CHUNK_BLOCKS * BLOCK_BYTES;

  private static final int HEADER_BYTES = 12;
  private static final int RUN_BYTES = 20;
  private static final int RUNS_AT = 2;
  private static final int REFERENCES_AT = 4;
  private static final int KEY_BYTES = 17;

  /**
   * Neighbouring blocks.
   *
   * @param first its first block's place in the chunk
   * @param address the volume's block that holds it
   * @param birth sequence of the record that put the blocks there
   * @param crcs one for each block
   */
  public record Run(int first, long address, long birth, int[] crcs) {
    public int blocks() {
      return crcs.length;
    }
  }

  public static StoredChunk decode(byte[] key, byte[] value) throws MalformedValueException {
    MalformedValueException.check(value, HEADER_BYTES);
    if (key.length != KEY_BYTES) {
      throw new MalformedValueException("its key has " + key.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(value);
    if (in.getInt(REFERENCES_AT) != 1) {
      throw new MalformedValueException("it counts " + in.getInt(REFERENCES_AT) + " references");
    }
    int count = value[RUNS_AT];
    List<Run> runs = new ArrayList<>();
    in.position(HEADER_BYTES);
    int next = 0;
    for (int i = 0; i < count; i++) {
      Run run = decodeRun(in, next);
      next = run.first() + run.blocks();
      runs.add(run);
    }
    if (runs.isEmpty() || in.hasRemaining()) {
      throw new MalformedValueException("it has " + count + " runs in " + value.length + " bytes");
    }
    return new StoredChunk(
        StoredKeys.number(key, StoredKeys.INODE_AT),
        StoredKeys.number(key, StoredKeys.SECOND_AT),
        runs);
  }

  private static Run decodeRun(ByteBuffer in, int next) throws MalformedValueException {
    if (in.remaining() < RUN_BYTES) {
      throw new MalformedValueException("it ends within a run");
    }
    int first = in.get();
    int blocks = in.get();
    in.getShort();
    long address = in.getLong();
    long birth = in.getLong();
    if (first < next
        || blocks < 1
        || first + blocks > CHUNK_BLOCKS
        || address < 0
        || in.remaining() < blocks * Integer.BYTES) {
      throw new MalformedValueException(
          "a run of " + blocks + " blocks from block " + first + " on can't be");
    }
    int[] crcs = new int[blocks];
    for (int i = 0; i < blocks; i++) {
      crcs[i] = in.getInt();
    }
    return new Run(first, address, birth, crcs);
  }

  /** The inode in a chunk's key. */
  public static long inodeOf(byte[] key) {
    return StoredKeys.number(key, StoredKeys.INODE_AT);
  }

  /** The chunk's number in its key. */
  public static long chunkOf(byte[] key) {
    return StoredKeys.number(key, StoredKeys.SECOND_AT);
  }

  /** Where block {@code index} of the chunk lies in the file. */
  public long fileOffsetBytes(int index) {
    return chunk * CHUNK_BYTES + (long) index * BLOCK_BYTES;
  }
}
