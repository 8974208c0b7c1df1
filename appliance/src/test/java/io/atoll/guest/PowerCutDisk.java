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
import java.util.function.BooleanSupplier;

/**
 * A disk with a volatile cache, in a file. What was written is seen by reads at once, and is in the
 * file when a flush has covered it, which takes its time while other requests go on; a power cut
 * keeps of the rest whatever luck keeps, in the order in which it was written. Thread-safe.
 */
final class PowerCutDisk implements AutoCloseable {
  static final int SECTOR_BYTES = 512;

  /** More than that in its cache, and it writes out the oldest of it by itself. */
  private static final long MAX_CACHED_BYTES = 64L << 20;

  private static final int ALWAYS_PERCENT = 100;

  private static final int NO_FAILURE = Integer.MAX_VALUE;

  private final FileChannel medium;
  private final long flushNanos;
  private final ArrayDeque<Write> cached = new ArrayDeque<>();

  /** The newest content of each sector that is in the cache. */
  private final Map<Long, Sector> newest = new HashMap<>();

  private long cachedBytes;

  /** The power fails with so many writes in the cache; no flush is finished meanwhile. */
  private int failAtUnflushed = NO_FAILURE;

  /** The power fails when so many more writes have come. */
  private int writesUntilFailure = NO_FAILURE;

  private boolean failed;
  private int cuts;
  private long writes;
  private long flushes;
  private int flushesUnderWay;

  /**
   * Takes a file of the disk's size and content.
   *
   * @param flushTakes how long after its request a flush is done
   */
  PowerCutDisk(Path file, Duration flushTakes) throws IOException {
    medium = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    flushNanos = flushTakes.toNanos();
  }

  long sizeBytes() throws IOException {
    return medium.size();
  }

  /** Fills {@code into}. */
  synchronized void read(long offset, ByteBuffer into) throws IOException {
    awaitPower(cuts);
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
    int life = cuts;
    awaitPower(life);
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
    if (cached.size() >= failAtUnflushed || --writesUntilFailure == 0) {
      fail();
    } else {
      notifyAll();
    }
    awaitPower(life);
  }

  /** All writes that had returned before are durable when this returns. */
  synchronized void flush() throws IOException {
    int life = cuts;
    awaitPower(life);
    long coveredTo = writes;
    flushesUnderWay++;
    try {
      await(() -> failed || cuts != life, flushNanos);
      await(() -> failAtUnflushed == NO_FAILURE || cuts != life, Long.MAX_VALUE);
      awaitPower(life);
      while (!cached.isEmpty() && cached.peek().number() < coveredTo) {
        writeOut(cached.remove());
      }
      flushes++;
    } finally {
      flushesUnderWay--;
    }
  }

  /**
   * The power fails when many writes are in the cache, and nothing is answered from then on. So
   * that they become many, the disk takes writes before and finishes no flush. Waits for that.
   *
   * @param unflushed how many writes are to be in the cache, 1 or more
   * @param idle the power fails earlier if for so long nobody writes, who all wait for a flush then
   */
  synchronized void failPowerWithUnflushed(int unflushed, Duration idle)
      throws InterruptedIOException {
    failAtUnflushed = unflushed;
    long seen;
    do {
      seen = writes;
      long before = seen;
      await(() -> failed || writes != before, idle.toNanos());
    } while (!failed && writes != seen);
    fail();
  }

  /**
   * The power fails with a write, and nothing is answered from then on. Waits for that.
   *
   * @param count how many writes from now, 1 or more
   * @param most how long to wait; the power then fails between two requests
   */
  synchronized void failPowerAfter(int count, Duration most) throws InterruptedIOException {
    writesUntilFailure = count;
    await(() -> failed, most.toNanos());
    fail();
  }

  /**
   * Waits until there was that much writing.
   *
   * @param count how many writes from now
   * @param most how long to wait
   */
  synchronized void awaitWrites(int count, Duration most) throws InterruptedIOException {
    long wanted = writes + count;
    await(() -> writes >= wanted, most.toNanos());
  }

  /** The power comes back; whoever waited for it gets an error. Tells what became of the cache. */
  synchronized Cut cutPower(SplittableRandom random) throws IOException {
    Luck luck = Luck.drawn(random);
    int keptWrites = 0;
    int lostWrites = 0;
    long keptSectors = 0;
    long lostSectors = 0;
    for (Write write : cached) {
      int keepPercent = luck.keepPercent(random);
      int kept = 0;
      for (int i = 0; i < write.sectors(); i++) {
        if (random.nextInt(ALWAYS_PERCENT) < keepPercent) {
          medium.write(write.content(i), write.sector(i) * SECTOR_BYTES);
          kept++;
        }
      }
      keptWrites += kept == write.sectors() ? 1 : 0;
      lostWrites += kept == 0 ? 1 : 0;
      keptSectors += kept;
      lostSectors += write.sectors() - kept;
    }
    Cut cut =
        new Cut(
            writes,
            flushes,
            flushesUnderWay,
            cached.size(),
            luck,
            keptWrites,
            lostWrites,
            keptSectors,
            lostSectors);
    cached.clear();
    newest.clear();
    cachedBytes = 0;
    failed = false;
    cuts++;
    notifyAll();
    return cut;
  }

  private void fail() {
    failed = true;
    failAtUnflushed = NO_FAILURE;
    writesUntilFailure = NO_FAILURE;
    notifyAll();
  }

  /** Returns while there is power; an error, if it was cut since it was on for the caller. */
  private void awaitPower(int life) throws IOException {
    await(() -> !failed, Long.MAX_VALUE);
    if (cuts != life) {
      throw new IOException("the power was cut");
    }
  }

  /** Waits for the condition, or until the time is over. */
  private void await(BooleanSupplier condition, long nanosMost) throws InterruptedIOException {
    long start = System.nanoTime();
    try {
      while (!condition.getAsBoolean()) {
        long left = nanosMost - (System.nanoTime() - start);
        if (left <= 0) {
          return;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("waiting for the disk");
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

  /** What becomes of the writes in the cache when the power is cut. */
  enum Luck {
    ALL_LOST,
    ALL_KEPT,
    /** Each write is kept whole, or lost whole. */
    SOME_WRITES,
    /** Each write is torn, the one more and the other less. */
    SOME_SECTORS;

    private static final int EXTREMES_ONE_IN = 8;

    private static Luck drawn(SplittableRandom random) {
      return switch (random.nextInt(EXTREMES_ONE_IN)) {
        case 0 -> ALL_LOST;
        case 1 -> ALL_KEPT;
        default -> random.nextBoolean() ? SOME_WRITES : SOME_SECTORS;
      };
    }

    /** How many of a hundred sectors of the next write are kept. */
    private int keepPercent(SplittableRandom random) {
      return switch (this) {
        case ALL_LOST -> 0;
        case ALL_KEPT -> ALWAYS_PERCENT;
        case SOME_WRITES -> random.nextBoolean() ? ALWAYS_PERCENT : 0;
        case SOME_SECTORS -> random.nextInt(ALWAYS_PERCENT + 1);
      };
    }
  }

  /**
   * @param writes so far
   * @param flushes so far
   * @param flushesUnderWay that were asked for and not answered
   * @param unflushedWrites that were in the cache
   * @param luck what became of them
   * @param keptWrites of them that survived whole
   * @param lostWrites of them of which nothing survived
   * @param keptSectors of them that survived
   * @param lostSectors of them that did not
   */
  record Cut(
      long writes,
      long flushes,
      int flushesUnderWay,
      int unflushedWrites,
      Luck luck,
      int keptWrites,
      int lostWrites,
      long keptSectors,
      long lostSectors) {}

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
