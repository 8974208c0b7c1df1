package io.atoll.process;

import io.atoll.modes.rate.PerformanceMode;
import java.util.List;

/**
 * The performance mode of the first file system of nodes that tests start as processes: General
 * Purpose, or what the system property {@value #PROPERTY} says. The full profile runs tests marked
 * {@link EitherPerformance} once more in Max I/O.
 */
final class PerformanceUnderTest {
  /** As the program's own option. */
  private static final String PROPERTY = "atoll.test.performance";

  private static final String MODE_OPTION = "--performance-mode";

  /** Spreads connections wherever there are processors; more than two, so that some never meet. */
  private static final String LOOPS_OPTION = "--loops";

  private PerformanceUnderTest() {}

  /** What {@code arguments} of the program lack for the mode. */
  static List<String> optionsFor(List<String> arguments) {
    String mode = System.getProperty(PROPERTY, PerformanceMode.GENERAL_PURPOSE.apiName());
    boolean isMaxIo = mode.equals(PerformanceMode.MAX_IO.apiName());
    if (!isMaxIo && !mode.equals(PerformanceMode.GENERAL_PURPOSE.apiName())) {
      throw new IllegalArgumentException("-D" + PROPERTY + "=" + mode + " is no performance mode");
    }
    boolean isForTheTest =
        arguments.contains("serve")
            && arguments.stream()
                .noneMatch(
                    each -> each.startsWith(MODE_OPTION) || each.startsWith("--throughput-mode"));
    if (!isMaxIo || !isForTheTest) {
      return List.of();
    }
    // What General Purpose has by default: no throttling below the ceiling.
    List<String> options =
        List.of(
            MODE_OPTION + "=" + mode, "--throughput-mode=provisioned", "--provisioned-mibps=3072");
    boolean hasLoops = arguments.stream().anyMatch(each -> each.startsWith(LOOPS_OPTION));
    return hasLoops
        ? options
        : List.of(options.get(0), options.get(1), options.get(2), LOOPS_OPTION + "=3");
  }
}
