package io.atoll.guest;

import io.atoll.guest.PowerCutDisk.Cut;
import io.atoll.io.testing.IoUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The server on a machine of its own, whose power can be cut: a guest with ext4 on a disk that
 * forgets what was not flushed. Its port 2049 is a port of this machine's loopback.
 */
public final class PowerCutServer implements ServerUnderTest {
  private static final Duration START_MOST = Duration.ofMinutes(15);

  /** Under emulation on a busy machine a kernel hangs now and then before its first word. */
  private static final Duration BOOT_MOST = Duration.ofMinutes(3);

  private static final int BOOTS_MOST = 3;

  /** Or later: its job tells something every 10 s while its kernel runs, whatever Atoll does. */
  private static final Duration SILENCE_MOST = Duration.ofMinutes(2);

  private static final Duration STOP_MOST = Duration.ofMinutes(5);
  private static final int MEMORY_MIB = 1536;

  /** About what a rotating disk takes. */
  private static final Duration FLUSH_TAKES = Duration.ofMillis(20);

  /** At the cuts with much in the disk's cache. */
  private static final int UNFLUSHED_WRITES_MOST = 100;

  private static final Duration IDLE = Duration.ofSeconds(3);

  /** One cut in so many comes with whatever is in the cache. */
  private static final int ANY_WRITE_ONE_IN = 4;

  private static final int WRITES_OF_A_MOMENT = 50;

  /** Of ext4's recovery, Atoll's, and of what clients ask for when they are back. */
  private static final int WRITES_OF_A_RECOVERY = 400;

  private static final Duration WRITES_MOST = Duration.ofMinutes(4);

  /**
   * The disk goes before the rest of the machine does: time for a reply to leave that waits for no
   * disk, and for the client to note it.
   */
  private static final Duration OUTLIVES_DISK = Duration.ofSeconds(1);

  private final String label;
  private final SplittableRandom random;
  private final FaultLog log;
  private final Path runtime;
  private final PowerCutDisk disk;
  private final NbdServer nbd;
  private LinuxGuest machine;
  private int port;
  private long launchedNanos;
  private int lives;

  /**
   * Starts nothing yet, and begins with an empty disk.
   *
   * @param label names its files in {@code target/guest}
   * @param seed for what survives a cut
   * @param log gets a line for each start and each cut
   */
  public PowerCutServer(String label, long seed, FaultLog log)
      throws IOException, InterruptedException {
    this.label = label;
    this.log = log;
    random = new SplittableRandom(seed);
    GuestImage.locate();
    runtime = PowerCutImages.runtime();
    disk = new PowerCutDisk(PowerCutImages.emptyDisk(label), FLUSH_TAKES);
    nbd = new NbdServer(disk);
  }

  /** Boots the machine, and returns before it mounts its disk. */
  @Override
  public void launch(int newPort) throws InterruptedException {
    port = newPort;
    lives++;
    launchedNanos = System.nanoTime();
    boot();
    for (int attempt = 1; attempt < BOOTS_MOST && !machine.tellsAnything(BOOT_MOST); attempt++) {
      log.note("life %d: the emulated machine does not boot; once more".formatted(lives));
      machine.close();
      boot();
    }
    machine.awaitMarker("BOOTED", BOOT_MOST);
  }

  private void boot() throws InterruptedException {
    machine =
        LinuxGuest.named("server")
            .label(label + "-" + lives)
            .memoryMib(MEMORY_MIB)
            .forwardedPort(port)
            .drive("file=" + runtime.toAbsolutePath() + ",format=raw,readonly=on")
            .drive("file=nbd://127.0.0.1:" + nbd.port() + ",format=raw,cache=writeback")
            .job("server.sh", IoUnderTest.option())
            .start();
  }

  @Override
  public void awaitReady() throws InterruptedException {
    for (int hung = 0; !machine.tellsUnlessItHangs("READY", START_MOST, SILENCE_MOST); hung++) {
      if (hung == BOOTS_MOST) {
        throw new AssertionError(
            "the emulated machine " + label + " hung " + (hung + 1) + " times before Atoll served");
      }
      try {
        cutPower("the machine hangs");
      } catch (IOException e) {
        throw new UncheckedIOException("cutting the power of " + label, e);
      }
      launch(port);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - launchedNanos);
    log.note("life %d: serves after %d s".formatted(lives, took.toSeconds()));
  }

  /**
   * Cuts the power: at any write, or, mostly, when flushes have stalled and much is in the cache.
   */
  @Override
  public void killMinus9() throws InterruptedException {
    cutPower("under load", WRITES_OF_A_MOMENT);
  }

  /** As {@link #killMinus9}, but of a machine that was just launched, as it recovers. */
  public void cutPowerWhileRecovering() throws InterruptedException {
    cutPower("recovering", WRITES_OF_A_RECOVERY);
  }

  private void cutPower(String when, int writesBeforeMost) throws InterruptedException {
    int writesBefore = 1 + random.nextInt(writesBeforeMost);
    try {
      if (random.nextInt(ANY_WRITE_ONE_IN) == 0) {
        disk.failPowerAfter(writesBefore, WRITES_MOST);
      } else {
        disk.awaitWrites(writesBefore, WRITES_MOST);
        disk.failPowerWithUnflushed(2 + random.nextInt(UNFLUSHED_WRITES_MOST - 1), IDLE);
      }
      cutPower(when);
    } catch (IOException e) {
      throw new UncheckedIOException("cutting the power of " + label, e);
    }
  }

  private void cutPower(String when) throws IOException, InterruptedException {
    Thread.sleep(OUTLIVES_DISK);
    machine.close();
    machine = null;
    Cut cut = disk.cutPower(random);
    log.note(
        String.format(
            Locale.ROOT,
            "cut %d, %s: %d writes and %d flushes so far, %d flushes under way,"
                + " %d writes not flushed: %s, %d kept, %d lost, %d torn;"
                + " of their sectors %d kept, %d lost",
            lives,
            when,
            cut.writes(),
            cut.flushes(),
            cut.flushesUnderWay(),
            cut.unflushedWrites(),
            cut.luck().toString().toLowerCase(Locale.ROOT).replace('_', ' '),
            cut.keptWrites(),
            cut.lostWrites(),
            cut.unflushedWrites() - cut.keptWrites() - cut.lostWrites(),
            cut.keptSectors(),
            cut.lostSectors()));
  }

  @Override
  public void stop() throws InterruptedException {
    machine.send("stop");
    machine.awaitExit(STOP_MOST);
    machine.close();
    machine = null;
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
