package io.atoll.guest;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A disk with a volatile cache, in a file. What was written is seen by reads at once, and is in the
 * file when a flush has covered it; a power cut keeps of the rest whatever luck keeps, sector by
 * sector, in the order in which it was written. Thread-safe.
 */
final class PowerCutDisk implements AutoCloseable {
  static final int SECTOR_BYTES = 512;

  /** More than that in its cache, and it writes out the oldest of it by itself. */
  private static final long MAX_CACHED_BYTES = 64L << 20;

  private final FileChannel medium;
  private final ArrayDeque<Write> cached = new ArrayDeque<>();

  /** The newest content of each sector that is in the cache. */
  private final Map<Long, Sector> newest = new HashMap<>();

  private long cachedBytes;
  private int writesUntilFailure;
  private boolean failed;
  private int cuts;
  private long writes;
  private long flushes;

  /** Takes a file of the disk's size and content. */
  PowerCutDisk(Path file) throws IOException {
    medium = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  long sizeBytes() throws IOException {
    return medium.size();
  }

  /** Fills {@code into}. */
  synchronized void read(long offset, ByteBuffer into) throws IOException {
    awaitPower();
    int start = into.position();
    while (into.hasRemaining() && medium.read(into, offset + into.position() - start) >= 0) {}
    for (int at = start; at < into.limit(); at += SECTOR_BYTES) {
      Sector sector = newest.get((offset + at - start) / SECTOR_BYTES);
      if (sector != null) {
        into.put(at, sector.content(), 0, SECTOR_BYTES);
      }
    }
  }

  /** Whole sectors; {@code data} is the disk's from now on. */
  synchronized void write(long offset, ByteBuffer data) throws IOException {
    awaitPower();
    Write write = new Write(writes, offset, data);
    cached.add(write);
    for (int i = 0; i < write.sectors(); i++) {
      newest.put(write.sector(i), new Sector(write.number(), write.content(i)));
    }
    cachedBytes += data.remaining();
    writes++;
    while (cachedBytes > MAX_CACHED_BYTES) {
      writeOut(cached.remove());
    }
    if (writesUntilFailure > 0 && --writesUntilFailure == 0) {
      failed = true;
      notifyAll();
      awaitPower();
    }
  }

  /** All that was written before is durable when this returns. */
  synchronized void flush() throws IOException {
    awaitPower();
    while (!cached.isEmpty()) {
      writeOut(cached.remove());
    }
    flushes++;
  }

  /**
   * The power is to fail with one of the next writes, while it is in the cache: nothing is answered
   * from then on. Waits for that.
   *
   * @param maxWrites 1 or more
   * @param most how long to wait; the power then fails between two requests
   */
  synchronized void failPower(SplittableRandom random, int maxWrites, Duration most)
      throws InterruptedException {
    writesUntilFailure = 1 + random.nextInt(maxWrites);
    long givenUpAt = System.nanoTime() + most.toNanos();
    while (!failed && System.nanoTime() < givenUpAt) {
      TimeUnit.NANOSECONDS.timedWait(this, givenUpAt - System.nanoTime());
    }
    writesUntilFailure = 0;
    failed = true;
  }

  /** The power comes back; whoever waited for it gets an error. Tells what became of the cache. */
  synchronized Cut cutPower(SplittableRandom random) throws IOException {
    int lost = 0;
    int kept = 0;
    // All is lost, or all is kept, or each write has its own luck.
    int luck = random.nextInt(4);
    for (Write write : cached) {
      int keepPercent = luck == 0 ? 0 : luck == 1 ? 100 : random.nextInt(101);
      for (int i = 0; i < write.sectors(); i++) {
        if (random.nextInt(100) < keepPercent) {
          medium.write(write.content(i), write.sector(i) * SECTOR_BYTES);
          kept++;
        } else {
          lost++;
        }
      }
    }
    Cut cut = new Cut(writes, flushes, cached.size(), kept, lost);
    cached.clear();
    newest.clear();
    cachedBytes = 0;
    failed = false;
    cuts++;
    notifyAll();
    return cut;
  }

  private void awaitPower() throws IOException {
    int before = cuts;
    try {
      while (failed) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("waiting for power");
    }
    if (cuts != before) {
      throw new IOException("the power was cut");
    }
  }

  private void writeOut(Write write) throws IOException {
    ByteBuffer data = write.data.duplicate();
    long offset = write.offset;
    while (data.hasRemaining()) {
      offset += medium.write(data, offset);
    }
    cachedBytes -= write.data.remaining();
    for (int i = 0; i < write.sectors(); i++) {
      Sector sector = newest.get(write.sector(i));
      if (sector != null && sector.write() == write.number()) {
        newest.remove(write.sector(i));
      }
    }
  }

  @Override
  public void close() throws IOException {
    medium.close();
  }

  /**
   * @param writes so far
   * @param flushes so far
   * @param unflushedWrites that were in the cache
   * @param keptSectors of them that survived
   * @param lostSectors of them that did not
   */
  record Cut(long writes, long flushes, int unflushedWrites, int keptSectors, int lostSectors) {}

  /**
   * @param write the number of the one that it is of
   */
  private record Sector(long write, ByteBuffer content) {}

  private record Write(long number, long offset, ByteBuffer data) {
    int sectors() {
      return data.remaining() / SECTOR_BYTES;
    }

    long sector(int i) {
      return offset / SECTOR_BYTES + i;
    }

    ByteBuffer content(int i) {
      return data.slice(data.position() + i * SECTOR_BYTES, SECTOR_BYTES);
    }
  }
}
