package io.atoll.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tests of the whole program see of it, held against a program that says what it is to.
 */
class AtollProcessTest {
  @TempDir private Path folder;

  @AfterEach
  void runAtollAgain() {
    System.clearProperty(AtollProcess.LAUNCHER_PROPERTY);
  }

  private AtollProcess run(String script) throws Exception {
    Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\n" + script);
    assertTrue(program.toFile().setExecutable(true));
    System.setProperty(AtollProcess.LAUNCHER_PROPERTY, program.toString());
    return AtollProcess.start("serve");
  }

  @Test
  void aLeakThatTheProgramTellsOfFailsTheTest() throws Exception {
    AtollProcess leaking =
        run("echo 'ERROR LEAK: ByteBuf.release() was not called before it was collected'");
    assertEquals(0, leaking.awaitExit());
    AssertionError failure = assertThrows(AssertionError.class, leaking::close);
    assertTrue(failure.getMessage().contains("LEAK: ByteBuf.release()"), failure.getMessage());
  }

  @Test
  void theProgramIsToldToLookForLeaks() throws Exception {
    try (AtollProcess program = run("echo \"$ATOLL_JAVA_OPTS\"")) {
      assertEquals(0, program.awaitExit());
      assertTrue(program.output().contains("leakDetection.level="), program.output());
    }
  }
}
