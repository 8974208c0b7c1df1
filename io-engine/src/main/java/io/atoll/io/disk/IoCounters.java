package io.atoll.io.disk;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a disk has done: operations that ended well, counted once each however many steps the kernel
 * took. Written by the disk's loop alone, readable from any thread; a reading may lag, it never
 * tears.
 */
public final class IoCounters {

  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong readBytes = new AtomicLong();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong durableWrites = new AtomicLong();
  private final AtomicLong writtenBytes = new AtomicLong();
  private final AtomicLong dataSyncs = new AtomicLong();
  private final AtomicLong spaceChanges = new AtomicLong();
  private final AtomicLong nameChanges = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  /** A read ended with {@code bytes}. */
  public void countRead(long bytes) {
    add(reads, 1);
    add(readBytes, bytes);
  }

  /** A plain or vectored write ended. */
  public void countWrite(long bytes) {
    add(writes, 1);
    add(writtenBytes, bytes);
  }

  /** A write ended whose data is durable, at the price of a flush. */
  public void countDurableWrite(long bytes) {
    add(durableWrites, 1);
    add(writtenBytes, bytes);
  }

  /** A data-sync ended. */
  public void countDataSync() {
    add(dataSyncs, 1);
  }

  /** Space was allocated or punched. */
  public void countSpaceChange() {
    add(spaceChanges, 1);
  }

  /** A file was created, renamed or removed. */
  public void countNameChange() {
    add(nameChanges, 1);
  }

  /** Any operation ended with an errno. */
  public void countFailure() {
    add(failures, 1);
  }

  /** All of them now. */
  public Snapshot snapshot() {
    return new Snapshot(
        reads.getOpaque(),
        readBytes.getOpaque(),
        writes.getOpaque(),
        durableWrites.getOpaque(),
        writtenBytes.getOpaque(),
        dataSyncs.getOpaque(),
        spaceChanges.getOpaque(),
        nameChanges.getOpaque(),
        failures.getOpaque());
  }

  /** One writer, so no locked instruction is needed. */
  private static void add(AtomicLong counter, long amount) {
    counter.setOpaque(counter.getPlain() + amount);
  }

  /**
   * The counters at one time.
   *
   * @param writes plain and vectored writes, without durable ones
   * @param spaceChanges allocations and punches
   * @param nameChanges files created, renamed and removed
   * @param failures operations of any kind that ended with an errno
   */
  public record Snapshot(
      long reads,
      long readBytes,
      long writes,
      long durableWrites,
      long writtenBytes,
      long dataSyncs,
      long spaceChanges,
      long nameChanges,
      long failures) {

    /** Device flushes that were asked for: data-syncs and durable writes. */
    public long flushes() {
      return dataSyncs + durableWrites;
    }

    /** What was done since {@code earlier}. */
    public Snapshot since(Snapshot earlier) {
      return new Snapshot(
          reads - earlier.reads,
          readBytes - earlier.readBytes,
          writes - earlier.writes,
          durableWrites - earlier.durableWrites,
          writtenBytes - earlier.writtenBytes,
          dataSyncs - earlier.dataSyncs,
          spaceChanges - earlier.spaceChanges,
          nameChanges - earlier.nameChanges,
          failures - earlier.failures);
    }
  }
}
