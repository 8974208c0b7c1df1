package io.atoll.modes.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A moment by two clocks. The wall clock can be set; the monotonic one can't, and goes on over
 * processes but not over boots of the machine.
 *
 * @param wallNanos since the epoch, UTC
 * @param monotonicNanos since the machine was started ({@code CLOCK_MONOTONIC}, which {@code
 *     System.nanoTime} reads on Linux; time in suspension does not count)
 * @param boot which start of the machine that was
 */
public record LedgerTime(long wallNanos, long monotonicNanos, UUID boot) {

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** Which start of the machine this is. Reads a file of the kernel; not for a loop. */
  public static UUID thisBoot() throws IOException {
    return UUID.fromString(Files.readString(BOOT_ID).strip());
  }
}
