package io.atoll.io.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * A test that this machine lacks something for aborts itself and says what ({@code
 * Assumptions.assumeTrue} with a reason, {@code Assumptions.abort}); here that is kept for the
 * summary that {@code ./atoll test} ends with, or, where the environment says {@code CI=true}, made
 * a failure. In force for all tests.
 */
public final class LeftOutTests
    implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

  /** Of each module; a line is what was left out, a colon, and why. The launcher shows it. */
  private static final Path SUMMARY = Path.of("target", "left-out.txt");

  /** Which JUnit puts before the reason of an assumption. */
  private static final String ASSUMPTION = "Assumption failed: ";

  private final Path summary;
  private final boolean allowed;

  public LeftOutTests() {
    this(SUMMARY, isAllowed());
  }

  /**
   * @param allowed whether a test may be left out
   */
  LeftOutTests(Path summary, boolean allowed) {
    this.summary = summary;
    this.allowed = allowed;
  }

  /** Whether tests may be left out on this machine. */
  static boolean isAllowed() {
    return !"true".equals(System.getenv("CI"));
  }

  /** Keeps for the summary that {@code what} was left out. */
  static void tell(String what, String reason) {
    tell(SUMMARY, what, reason);
  }

  private static void tell(Path summary, String what, String reason) {
    String line = what + ": " + reason.lines().findFirst().orElse("no reason given") + "\n";
    try {
      Files.createDirectories(summary.toAbsolutePath().getParent());
      Files.writeString(summary, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("keeping what tests were left out in " + summary, e);
    }
  }

  private void handle(ExtensionContext context, Throwable thrown) throws Throwable {
    if (thrown instanceof TestAbortedException) {
      String test = context.getRequiredTestClass().getSimpleName();
      leftOut(
          context.getTestMethod().map(method -> test + "." + method.getName()).orElse(test),
          String.valueOf(thrown.getMessage()).replaceFirst("^" + ASSUMPTION, ""));
    }
    throw thrown;
  }

  /** Keeps it for the summary, or fails. */
  void leftOut(String what, String reason) {
    if (!allowed) {
      throw new AssertionError("with CI=true no test may be left out, but here " + reason);
    }
    tell(summary, what, reason);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    handle(context, thrown);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    handle(context, thrown);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    handle(context, thrown);
  }
}
