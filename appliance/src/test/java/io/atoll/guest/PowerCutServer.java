package io.atoll.guest;

import io.atoll.guest.PowerCutDisk.Cut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * The server on a machine of its own, whose power can be cut: a guest with ext4 on a disk that
 * forgets what was not flushed. Its port 2049 is a port of this machine's loopback.
 */
public final class PowerCutServer implements ServerUnderTest {
  private static final Duration START_MOST = Duration.ofMinutes(15);
  private static final Duration STOP_MOST = Duration.ofMinutes(5);
  private static final int MEMORY_MIB = 1536;
  private static final int MAX_WRITES_TO_CUT = 100;
  private static final Duration WRITE_MOST = Duration.ofSeconds(20);

  private final String label;
  private final SplittableRandom random;
  private final Path log;
  private final Path runtime;
  private final PowerCutDisk disk;
  private final NbdServer nbd;
  private LinuxGuest machine;
  private int lives;

  /**
   * Starts nothing yet, and begins with an empty disk.
   *
   * @param label names its files in {@code target/guest}: what became of each cut is in {@code
   *     LABEL.cuts}
   * @param seed for what survives a cut
   */
  public PowerCutServer(String label, long seed) throws IOException, InterruptedException {
    this.label = label;
    random = new SplittableRandom(seed);
    GuestImage.locate();
    Files.createDirectories(GuestImage.LOGS);
    log = GuestImage.LOGS.resolve(label + ".cuts");
    Files.deleteIfExists(log);
    runtime = PowerCutImages.runtime();
    disk = new PowerCutDisk(PowerCutImages.emptyDisk(label));
    nbd = new NbdServer(disk);
    note("seed " + seed);
  }

  @Override
  public void start(int port) throws InterruptedException {
    lives++;
    machine =
        LinuxGuest.named("server")
            .label(label + "-" + lives)
            .memoryMib(MEMORY_MIB)
            .forwardedPort(port)
            .drive("file=" + runtime.toAbsolutePath() + ",format=raw,readonly=on")
            .drive("file=nbd://127.0.0.1:" + nbd.port() + ",format=raw,cache=writeback")
            .job("server.sh")
            .start();
    machine.awaitMarker("READY", START_MOST);
  }

  /** Cuts the power, in the midst of some write. */
  @Override
  public void killMinus9() {
    try {
      disk.failPower(random, MAX_WRITES_TO_CUT, WRITE_MOST);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the test", e);
    }
    machine.close();
    machine = null;
    try {
      Cut cut = disk.cutPower(random);
      note(
          "cut %d: after %d writes and %d flushes, %d writes were not flushed: %d sectors kept, %d lost"
              .formatted(
                  lives,
                  cut.writes(),
                  cut.flushes(),
                  cut.unflushedWrites(),
                  cut.keptSectors(),
                  cut.lostSectors()));
    } catch (IOException e) {
      throw new UncheckedIOException("cutting the power of " + label, e);
    }
  }

  @Override
  public void stop() throws InterruptedException {
    machine.send("stop");
    machine.awaitExit(STOP_MOST);
    machine.close();
    machine = null;
  }

  /** Adds a line to the log of the cuts. */
  public void note(String line) {
    try {
      Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + log, e);
    }
  }

  @Override
  public void close() {
    if (machine != null) {
      machine.close();
    }
    try {
      nbd.close();
      disk.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the disk of " + label, e);
    }
  }
}
