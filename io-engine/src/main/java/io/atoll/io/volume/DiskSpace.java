package io.atoll.io.volume;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a disk has left, and the one ledger of what the volumes of this process that are on it have
 * claimed and not taken yet. So two volumes never grow into the same space. Thread-safe; asking the
 * disk blocks, so it is for workers.
 */
public final class DiskSpace {

  /** What is claimed of each device; an entry stays, as devices are few. */
  private static final Map<Long, AtomicLong> DEVICES = new ConcurrentHashMap<>();

  private final Asked disk;

  /** Shared; its monitor is held while something is claimed. */
  private final AtomicLong claimedBytes;

  private DiskSpace(Asked disk, AtomicLong claimedBytes) {
    this.disk = disk;
    this.claimedBytes = claimedBytes;
  }

  /**
   * @param disk that nobody claims anything of but by this object
   */
  public DiskSpace(Asked disk) {
    this(disk, new AtomicLong());
  }

  /**
   * One that shares its ledger with all others of that device.
   *
   * @param deviceNumber as in {@link io.atoll.io.disk.StorageFacts#deviceNumber}
   */
  public static DiskSpace of(long deviceNumber, Asked disk) {
    return new DiskSpace(disk, DEVICES.computeIfAbsent(deviceNumber, ignored -> new AtomicLong()));
  }

  /** What the disk has left, without what is claimed. Blocks. */
  public long usableBytes() {
    // Claims first: one that is settled in between counts twice then, rather than not at all.
    long claimed = claimedBytes.get();
    return disk.usableBytes() - claimed;
  }

  /**
   * Claims space that is then to be allocated, and {@link #settle settled} when it has been, or
   * could not be. Blocks.
   *
   * @param wantedBytes at most; whole {@code unitBytes} are granted, or nothing
   * @param leftBytes what there must be left then
   */
  Claim claim(long wantedBytes, long unitBytes, long leftBytes) {
    synchronized (claimedBytes) {
      long usable = usableBytes();
      long most = Math.min(wantedBytes, Math.max(0, usable - leftBytes));
      long granted = most / unitBytes * unitBytes;
      claimedBytes.addAndGet(granted);
      return new Claim(granted, usable - granted);
    }
  }

  /** What was claimed is the disk's to know of now, or nobody's. Does not block. */
  void settle(long bytes) {
    claimedBytes.addAndGet(-bytes);
  }

  /**
   * The answer to a claim.
   *
   * @param bytes that were granted
   * @param leftBytes what is left without them
   */
  record Claim(long bytes, long leftBytes) {}

  /** Asks the disk for its free space. Blocks. */
  @FunctionalInterface
  public interface Asked {
    long usableBytes();
  }
}
