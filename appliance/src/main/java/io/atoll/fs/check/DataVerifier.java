package io.atoll.fs.check;

import io.atoll.fs.format.StoredChunk;
import io.atoll.io.check.BlockReader;
import io.atoll.io.check.Finding.Kind;
import io.atoll.io.check.Findings;
import io.atoll.io.check.VolumeImage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads the blocks of files and compares them with their checksums, some chunks at once. Whoever
 * hands in a chunk waits while as many as may be are under way.
 */
final class DataVerifier implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int MAX_CHUNKS_UNDER_WAY = 4 * THREADS;

  private final VolumeImage volume;
  private final NameTable names;
  private final Findings findings;
  private final LongAdder blocksRead = new LongAdder();
  private final Semaphore room = new Semaphore(MAX_CHUNKS_UNDER_WAY);
  private final Deque<BlockReader> readers = new ConcurrentLinkedDeque<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("atoll-verify-", 0).factory());
  private volatile RuntimeException defect;

  DataVerifier(VolumeImage volume, NameTable names, Findings findings) {
    this.volume = volume;
    this.names = names;
    this.findings = findings;
  }

  /**
   * @param sizeBytes of the file; behind it there are to be zeros, unless it is negative
   */
  void verify(StoredChunk chunk, long sizeBytes) {
    room.acquireUninterruptibly();
    threads.execute(() -> {
      BlockReader reader = readers.poll();
      try {
        reader = reader == null ? volume.newBlockReader() : reader;
        for (StoredChunk.Run run : chunk.runs()) {
          verify(reader, chunk, run, sizeBytes);
        }
      } catch (RuntimeException e) {
        defect = e;
      } finally {
        if (reader != null) {
          readers.add(reader);
        }
        room.release();
      }
    });
  }

  private void verify(BlockReader reader, StoredChunk chunk, StoredChunk.Run run, long sizeBytes) {
    reader.read(run.address(), run.blocks());
    blocksRead.add(run.blocks());
    Deque<Integer> bad = new ArrayDeque<>();
    for (int i = 0; i < run.blocks(); i++) {
      if (!reader.isReadable(i) || !reader.matches(i, run.crcs()[i])) {
        bad.add(i);
      }
    }
    while (!bad.isEmpty()) {
      int first = bad.poll();
      int last = first;
      while (!bad.isEmpty()
          && bad.peek() == last + 1
          && reader.isReadable(last + 1) == reader.isReadable(first)) {
        last = bad.poll();
      }
      tell(chunk, run, first, last, !reader.isReadable(first));
    }
    checkEnd(reader, chunk, run, sizeBytes);
  }

  private void tell(
      StoredChunk chunk, StoredChunk.Run run, int first, int last, boolean unreadable) {
    long from = chunk.fileOffsetBytes(run.first() + first);
    long to = chunk.fileOffsetBytes(run.first() + last + 1) - 1;
    long address = run.address() + first;
    findings.add(
        Kind.DATA,
        () -> names.placeOf(chunk.inode()) + " at offset " + from,
        "bytes "
            + from
            + " to "
            + to
            + " are lost: extents/0000 at offset "
            + address * StoredChunk.BLOCK_BYTES
            + (unreadable ? " can't be read" : " does not match its checksum"));
  }

  /** What lies behind the end of the file in its last block would come to light when it grows. */
  private void checkEnd(
      BlockReader reader, StoredChunk chunk, StoredChunk.Run run, long sizeBytes) {
    long start = chunk.fileOffsetBytes(run.first());
    long end = chunk.fileOffsetBytes(run.first() + run.blocks());
    if (sizeBytes <= start || sizeBytes >= end) {
      return;
    }
    int blockEnd =
        (int) (((sizeBytes - start) + StoredChunk.BLOCK_BYTES - 1) / StoredChunk.BLOCK_BYTES)
            * StoredChunk.BLOCK_BYTES;
    for (int at = (int) (sizeBytes - start); at < blockEnd; at++) {
      if (reader.buffer().getByte(at) != 0) {
        findings.add(
            Kind.STRUCTURE,
            () -> names.placeOf(chunk.inode()) + " at offset " + sizeBytes,
            "its last block has content behind its end");
        return;
      }
    }
  }

  long blocksRead() {
    return blocksRead.sum();
  }

  /** Waits for all. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(1, TimeUnit.HOURS)) {
        throw new IllegalStateException("reads of blocks have not ended within an hour");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    readers.forEach(BlockReader::close);
    if (defect != null) {
      throw defect;
    }
  }
}
