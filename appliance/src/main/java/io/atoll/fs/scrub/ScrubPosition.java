package io.atoll.fs.scrub;

import io.atoll.fs.format.StoredKeys;
import java.nio.ByteBuffer;

/**
 * How far a scrubber has come: the chunk that it reads next.
 *
 * @param pass which time it goes through the file system, from 1
 * @param inode of the chunk
 * @param chunk its number in the file
 */
record ScrubPosition(long pass, long inode, long chunk) {
  static final byte[] KEY = {'M', 'c'};

  private static final byte VERSION = 1;
  private static final int PASS_AT = 8;
  private static final int INODE_AT = 16;
  private static final int CHUNK_AT = 24;
  private static final int BYTES = 32;

  static final ScrubPosition FIRST = new ScrubPosition(1, 0, 0);

  /** Behind the keys of all chunks. */
  static final byte[] END = StoredKeys.endOf(StoredKeys.CHUNK);

  /** What was noted; the beginning if nothing was, or nothing that this release can read. */
  static ScrubPosition decode(byte[] value) {
    if (value == null || value.length < BYTES || value[0] != VERSION) {
      return FIRST;
    }
    ByteBuffer in = ByteBuffer.wrap(value);
    return new ScrubPosition(in.getLong(PASS_AT), in.getLong(INODE_AT), in.getLong(CHUNK_AT));
  }

  byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .put(0, VERSION)
        .putLong(PASS_AT, pass)
        .putLong(INODE_AT, inode)
        .putLong(CHUNK_AT, chunk)
        .array();
  }

  byte[] chunkKey() {
    return StoredKeys.chunk(inode, chunk);
  }

  /** In the same pass, at a chunk that is to be read. */
  ScrubPosition at(long otherInode, long otherChunk) {
    return new ScrubPosition(pass, otherInode, otherChunk);
  }

  ScrubPosition after(long doneInode, long doneChunk) {
    return new ScrubPosition(pass, doneInode, doneChunk + 1);
  }

  ScrubPosition nextPass() {
    return new ScrubPosition(pass + 1, 0, 0);
  }
}
