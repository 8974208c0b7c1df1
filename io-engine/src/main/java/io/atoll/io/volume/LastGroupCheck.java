package io.atoll.io.volume;

import io.atoll.io.buffer.BlockChecksums;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.disk.DiskFutures;
import io.atoll.io.log.ChangeVisitor;
import io.atoll.io.log.LogReplayer.Replayed;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Tells whether the data of the log's last group reached the disk. A power cut between a group's
 * write and the flush that follows it may leave the group without its data; it was never
 * acknowledged then, and does not count. Every earlier group's flush has completed, since the next
 * one was written after it. What the group itself frees again is not looked at: once the group was
 * durable, it could be reused. Loop-confined.
 */
public class LastGroupCheck {

  /** No block. */
  public static final long NONE = -1;

  private final ByteBuf window;
  private final BlockChecksums checksums = new BlockChecksums();

  /**
   * @param window to read into, at least one block long
   */
  public LastGroupCheck(ByteBuf window) {
    this.window = window;
  }

  /**
   * The first block that the group allocates, does not free again, and that does not match its
   * checksum; {@link #NONE} if all do.
   */
  public CompletableFuture<Long> firstLostBlock(
      List<Replayed> group, DiskFile extents, String name) {
    NetBlocks blocks = new NetBlocks();
    for (Replayed record : group) {
      record.changes().forEach(blocks);
    }
    return lostFrom(blocks.crcs, extents, name);
  }

  /** Checks the first run of neighbours in {@code crcs}, then the rest. */
  private CompletableFuture<Long> lostFrom(
      NavigableMap<Long, Integer> crcs, DiskFile extents, String name) {
    if (crcs.isEmpty()) {
      return CompletableFuture.completedFuture(NONE);
    }
    long first = crcs.firstKey();
    int most = window.capacity() / Volume.BLOCK_BYTES;
    int blocks = 1;
    while (blocks < most && crcs.containsKey(first + blocks)) {
      blocks++;
    }
    long next = first + blocks;
    if (next * Volume.BLOCK_BYTES > extents.lengthBytes()) {
      // Space is synced before a record refers to it: this is no torn end, whatever was
      // acknowledged.
      return CompletableFuture.failedFuture(
          VolumeOpenException.damaged(
              name
                  + " at offset "
                  + extents.lengthBytes()
                  + ": the file ends there, but the log's last group has blocks up to "
                  + next * Volume.BLOCK_BYTES
                  + ": restore the volume from a backup or a replica"));
    }
    int bytes = blocks * Volume.BLOCK_BYTES;
    return DiskFutures.read(extents, name, window, bytes, first * Volume.BLOCK_BYTES)
        .thenCompose(ignored -> {
          long lost = firstMismatch(crcs.headMap(next, false), first);
          return lost == NONE
              ? lostFrom(crcs.tailMap(next, true), extents, name)
              : CompletableFuture.completedFuture(lost);
        });
  }

  private long firstMismatch(NavigableMap<Long, Integer> crcs, long first) {
    for (var block : crcs.tailMap(first, true).entrySet()) {
      int at = (int) (block.getKey() - first) * Volume.BLOCK_BYTES;
      if (checksums.of(window, at, Volume.BLOCK_BYTES) != block.getValue()) {
        return block.getKey();
      }
    }
    return NONE;
  }

  /** The blocks that are allocated and not freed again, with their checksums. */
  private static final class NetBlocks implements ChangeVisitor {
    private final NavigableMap<Long, Integer> crcs = new TreeMap<>();

    @Override
    public void allocated(long address, int blocks, ByteBuf in, int crcsAt) {
      for (int i = 0; i < blocks; i++) {
        crcs.put(address + i, in.getIntLE(crcsAt + Integer.BYTES * i));
      }
    }

    @Override
    public void freed(long address, int blocks) {
      crcs.subMap(address, true, address + blocks, false).clear();
    }
  }
}
