package io.atoll.io.volume;

import io.atoll.io.disk.Errno;
import io.atoll.io.loop.Loop;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports reads that failed or did not match their checksums, or writes that failed, at most once a
 * second with the number of those left out: a bad disk has many. Loop-confined.
 */
final class DamageLog {

  private static final Logger logger = LoggerFactory.getLogger(DamageLog.class);
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private final UUID volume;
  private boolean reported;
  private long lastNanos;
  private long leftOut;

  DamageLog(Loop loop, UUID volume) {
    this.loop = loop;
    this.volume = volume;
  }

  void unreadable(BlockRun run, int result) {
    if (mayReport()) {
      logger.error(
          "volume {}: {} can't be read at offset {}, {} blocks: {} ({} more like it)",
          volume,
          VolumeFiles.EXTENTS,
          run.address() * Volume.BLOCK_BYTES,
          run.blocks(),
          result < 0 ? Errno.describe(-result) : "it ends after " + result + " bytes",
          leftOut);
      leftOut = 0;
    }
  }

  void unwritable(BlockRun run, int result) {
    if (mayReport()) {
      logger.error(
          "volume {}: {} can't be written at offset {}, {} blocks: {} ({} more like it)",
          volume,
          VolumeFiles.EXTENTS,
          run.address() * Volume.BLOCK_BYTES,
          run.blocks(),
          Errno.describe(-result),
          leftOut);
      leftOut = 0;
    }
  }

  void mismatch(long address) {
    if (mayReport()) {
      logger.error(
          "volume {}: {} at offset {} does not match its checksum ({} more like it)",
          volume,
          VolumeFiles.EXTENTS,
          address * Volume.BLOCK_BYTES,
          leftOut);
      leftOut = 0;
    }
  }

  private boolean mayReport() {
    long now = loop.monotonicNanos();
    if (reported && now - lastNanos < INTERVAL_NANOS) {
      leftOut++;
      return false;
    }
    reported = true;
    lastNanos = now;
    return true;
  }
}
