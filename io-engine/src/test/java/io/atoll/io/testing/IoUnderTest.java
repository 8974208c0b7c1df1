package io.atoll.io.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.io.ring.RingAvailability;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.EngineUnavailableException;
import io.atoll.io.runtime.IoMode;
import java.util.Optional;

/**
 * What drives the disks and sockets of tests that use real ones: the ring, or what the system
 * property {@value #PROPERTY} says. Where there is no ring it is NIO, and the summary of what was
 * left out says so; with {@code CI=true} such tests fail there.
 *
 * <p>Tests tagged {@link EitherIo} are run once more on NIO by the full profile. The others are
 * those of one of the two themselves, and those that hold what only the ring promises: system calls
 * and heap bytes by operation.
 */
public final class IoUnderTest {
  /** {@code ring} or {@code nio}, as the program's own option. */
  private static final String PROPERTY = "atoll.test.io";

  private static final IoMode MODE = choose();

  private IoUnderTest() {}

  private static IoMode choose() {
    String asked = System.getProperty(PROPERTY, "");
    return switch (asked) {
      case "nio" -> IoMode.NIO;
      case "ring" -> IoMode.URING;
      case "" -> whatThereIs();
      default ->
          throw new IllegalArgumentException(
              "-D" + PROPERTY + "=" + asked + " is neither ring nor nio");
    };
  }

  private static IoMode whatThereIs() {
    Optional<String> obstacle = RingAvailability.obstacle();
    if (obstacle.isEmpty() || !LeftOutTests.isAllowed()) {
      return IoMode.URING;
    }
    LeftOutTests.tell(
        "io_uring under tests of real disks and sockets, which ran on NIO", obstacle.get());
    return IoMode.NIO;
  }

  public static IoMode mode() {
    return MODE;
  }

  /** The program's option for it. */
  public static String option() {
    return "--io=" + name();
  }

  /** What a JVM that a test starts is given, to be in the same mode. */
  public static String property() {
    return "-D" + PROPERTY + "=" + name();
  }

  private static String name() {
    return MODE == IoMode.URING ? "ring" : "nio";
  }

  /** Starts loops and workers in this mode. */
  public static EngineRuntime start(int loopCount, int workerCount)
      throws EngineUnavailableException {
    return EngineRuntime.start(MODE, loopCount, workerCount);
  }

  /** As {@link #start(int, int)} in {@code mode}; ends the test where that can't be had. */
  public static EngineRuntime start(IoMode mode, int loopCount, int workerCount)
      throws EngineUnavailableException {
    if (mode == IoMode.URING) {
      assumeRing();
    }
    return EngineRuntime.start(mode, loopCount, workerCount);
  }

  /** Ends a test of the ring itself where there is none. */
  public static void assumeRing() {
    Optional<String> obstacle = RingAvailability.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "io_uring is not available: " + obstacle.get());
  }
}
