package io.atoll.fs.salvage;

import io.atoll.fs.format.MalformedValueException;
import io.atoll.fs.format.StoredChunk;
import io.atoll.fs.format.StoredInode;
import io.atoll.fs.format.StoredKeys;
import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.check.BlockReader;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.VolumeImage;
import io.atoll.io.index.IndexCursor;
import io.atoll.io.volume.BlockRun;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Carries the blocks of files over to a new volume. A block that does not match its checksum is
 * carried over as it is, with the checksum that it does not match. Where the map of a file has lost
 * blocks, what is missing gets blocks that match nothing, so that nobody reads zeros for content.
 * Confined to one thread.
 */
final class FileCopy implements AutoCloseable {
  /**
   * The most blocks that stand in for lost ones in one file: 256 MiB. A file of which it can't be
   * told what are holes and what is lost, and that has more, is cut at the first.
   */
  private static final long MAX_STAND_INS = 65_536;

  private final VolumeImage image;
  private final VolumeWriter target;
  private final SalvagePlan plan;
  private final Findings findings;
  private final BlockReader reader;
  private final ByteBuf buffer =
      AlignedMemory.allocate(StoredChunk.CHUNK_BLOCKS * StoredChunk.BLOCK_BYTES);
  private final BlockChecksums checksums = new BlockChecksums();
  private final ChunkCopy copy = new ChunkCopy();

  FileCopy(VolumeImage image, VolumeWriter target, SalvagePlan plan, Findings findings) {
    this.image = image;
    this.target = target;
    this.plan = plan;
    this.findings = findings;
    reader = image.newBlockReader();
  }

  /** What became of a file. */
  record Copied(long blocks, long sizeBytes) {}

  Copied copy(StoredInode file) {
    Count count = count(file);
    long blocksToEnd = blocks(file.sizeBytes());
    long lost = file.usedBlocks() - count.blocks;
    if (lost <= 0) {
      return copyChunks(file, file.sizeBytes(), false);
    }
    long gaps = blocksToEnd - count.blocks;
    boolean canStandIn = gaps <= MAX_STAND_INS;
    findings.add(
        Kind.DATA,
        () -> plan.placeOf(file.number()),
        "where "
            + lost
            + " of its blocks lie is lost; "
            + (canStandIn
                ? "reading what is missing, and its holes, gives an I/O error"
                : "it is cut at offset " + count.firstGapBytes));
    return canStandIn
        ? copyChunks(file, file.sizeBytes(), true)
        : copyChunks(file, count.firstGapBytes, false);
  }

  private static long blocks(long bytes) {
    return bytes / StoredChunk.BLOCK_BYTES + (bytes % StoredChunk.BLOCK_BYTES == 0 ? 0 : 1);
  }

  /** The blocks that the map has before the file's end, and where the first is that it lacks. */
  private static final class Count {
    private long blocks;
    private long firstGapBytes;
  }

  private Count count(StoredInode file) {
    Count count = new Count();
    try (IndexCursor chunks = chunks(file)) {
      while (chunks.next()) {
        StoredChunk chunk = decode(chunks);
        if (chunk == null) {
          continue;
        }
        for (StoredChunk.Run run : chunk.runs()) {
          count.blocks += run.blocks();
          if (chunk.fileOffsetBytes(run.first()) == count.firstGapBytes) {
            count.firstGapBytes += (long) run.blocks() * StoredChunk.BLOCK_BYTES;
          }
        }
      }
    }
    return count;
  }

  private IndexCursor chunks(StoredInode file) {
    return image.cursor(StoredKeys.chunk(file.number(), 0), StoredKeys.chunk(file.number() + 1, 0));
  }

  /** Null if the value is damaged; that is told by what it leaves missing. */
  private static StoredChunk decode(IndexCursor chunks) {
    try {
      return StoredChunk.decode(chunks.key(), chunks.value());
    } catch (MalformedValueException e) {
      return null;
    }
  }

  private Copied copyChunks(StoredInode file, long sizeBytes, boolean standIns) {
    long written = 0;
    long next = 0;
    try (IndexCursor chunks = chunks(file)) {
      while (chunks.next()) {
        StoredChunk chunk = decode(chunks);
        if (chunk == null) {
          continue;
        }
        for (; standIns && next < chunk.chunk(); next++) {
          written += copyChunk(file, next, null, sizeBytes, ChunkCopy.LOST);
        }
        long missing = standIns ? ChunkCopy.LOST : ChunkCopy.HOLE;
        written += copyChunk(file, chunk.chunk(), chunk, sizeBytes, missing);
        next = chunk.chunk() + 1;
      }
    }
    for (; standIns && next * StoredChunk.CHUNK_BYTES < sizeBytes; next++) {
      written += copyChunk(file, next, null, sizeBytes, ChunkCopy.LOST);
    }
    return new Copied(written, sizeBytes);
  }

  private int copyChunk(
      StoredInode file, long number, StoredChunk chunk, long sizeBytes, long missing) {
    long left = blocks(sizeBytes) - number * StoredChunk.CHUNK_BLOCKS;
    int blocks = Math.clamp(left, 0, StoredChunk.CHUNK_BLOCKS);
    int count = copy.load(chunk, blocks, missing);
    if (count == 0) {
      return 0;
    }
    read(file, number);
    List<BlockRun> runs = target.allocate(count);
    copy.place(runs);
    long birth = target.sequence();
    int at = 0;
    for (BlockRun run : runs) {
      int[] crcs = new int[run.blocks()];
      checksums.ofBlocks(buffer, at, run.blocks(), crcs, 0);
      target.write(run, buffer, at, crcs);
      at += run.blocks() * StoredChunk.BLOCK_BYTES;
    }
    byte[] value = copy.encode(birth);
    target.putTogether(StoredKeys.chunk(file.number(), number), value);
    return count;
  }

  /** Reads the chunk's blocks, one behind the other. */
  private void read(StoredInode file, long number) {
    int at = 0;
    long firstBad = -1;
    long endBad = -1;
    for (int i = 0; i < StoredChunk.CHUNK_BLOCKS; ) {
      int blocks = copy.runLength(i);
      if (copy.sources[i] == ChunkCopy.LOST) {
        standIn(i, at);
      } else if (blocks > 0) {
        reader.read(copy.sources[i], blocks);
        buffer.setBytes(at, reader.buffer(), 0, blocks * StoredChunk.BLOCK_BYTES);
        for (int j = 0; j < blocks; j++) {
          if (!reader.isReadable(j) || !reader.matches(j, copy.crcs[i + j])) {
            long offset =
                number * StoredChunk.CHUNK_BYTES + (long) (i + j) * StoredChunk.BLOCK_BYTES;
            if (endBad != offset) {
              tellBad(file, firstBad, endBad);
              firstBad = offset;
            }
            endBad = offset + StoredChunk.BLOCK_BYTES;
          }
        }
      }
      at += blocks * StoredChunk.BLOCK_BYTES;
      i += Math.max(1, blocks);
    }
    tellBad(file, firstBad, endBad);
  }

  /** Zeros that don't match. */
  private void standIn(int index, int at) {
    buffer.setZero(at, StoredChunk.BLOCK_BYTES);
    copy.crcs[index] = ~checksums.of(buffer, at, StoredChunk.BLOCK_BYTES);
  }

  private void tellBad(StoredInode file, long from, long to) {
    if (from >= 0) {
      findings.add(
          Kind.DATA,
          () -> plan.placeOf(file.number()),
          "bytes " + from + " to " + (to - 1) + " are lost; reading them gives an I/O error");
    }
  }

  @Override
  public void close() {
    reader.close();
    buffer.release();
  }
}
