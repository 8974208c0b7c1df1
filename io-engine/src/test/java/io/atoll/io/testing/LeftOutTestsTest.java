package io.atoll.io.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class LeftOutTestsTest {
  @TempDir private Path folder;

  /** What JUnit tells an extension of where it is: in a test, or, if that is null, in its class. */
  private static ExtensionContext in(Method test) {
    return (ExtensionContext)
        Proxy.newProxyInstance(
            ExtensionContext.class.getClassLoader(),
            new Class<?>[] {ExtensionContext.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "getRequiredTestClass" -> LeftOutTestsTest.class;
                  case "getTestMethod" -> Optional.ofNullable(test);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static Throwable aborted(String missing) {
    return assertThrows(TestAbortedException.class, () -> assumeTrue(false, missing));
  }

  @Test
  void whatIsLeftOutIsToldWithItsReason() throws Exception {
    Path summary = folder.resolve("target/left-out.txt");
    LeftOutTests tests = new LeftOutTests(summary, true);
    ExtensionContext test = in(getClass().getDeclaredMethod("whatIsLeftOutIsToldWithItsReason"));
    assertThrows(
        TestAbortedException.class,
        () -> tests.handleTestExecutionException(test, aborted("the moon\nis not here")));
    assertThrows(
        TestAbortedException.class,
        () -> tests.handleBeforeEachMethodExecutionException(test, aborted("the sun")));
    assertThrows(
        TestAbortedException.class,
        () -> tests.handleBeforeAllMethodExecutionException(in(null), aborted("a star")));
    assertEquals(
        List.of(
            "LeftOutTestsTest.whatIsLeftOutIsToldWithItsReason: the moon",
            "LeftOutTestsTest.whatIsLeftOutIsToldWithItsReason: the sun",
            "LeftOutTestsTest: a star"),
        Files.readAllLines(summary));
  }

  @Test
  void whereNothingMayBeLeftOutThatFails() {
    LeftOutTests tests = new LeftOutTests(folder.resolve("none"), false);
    AssertionError failure =
        assertThrows(
            AssertionError.class,
            () -> tests.handleTestExecutionException(in(null), aborted("the moon is not here")));
    assertTrue(failure.getMessage().endsWith("the moon is not here"), failure.getMessage());
    assertFalse(Files.exists(folder.resolve("none")));
  }

  @Test
  void otherFailuresStayWhatTheyAre() {
    LeftOutTests tests = new LeftOutTests(folder.resolve("none"), true);
    IOException failure = new IOException();
    assertEquals(
        failure,
        assertThrows(
            IOException.class, () -> tests.handleTestExecutionException(in(null), failure)));
    assertFalse(Files.exists(folder.resolve("none")));
  }

  /** JUnit's own conditions would leave tests out without a word. */
  @Nested
  class DisabledTests {
    private static boolean ran;

    @Disabled("this holds that nothing comes of it")
    @Test
    void runAllTheSame() {
      ran = true;
    }

    @AfterAll
    static void itRan() {
      assertTrue(ran);
    }
  }
}
