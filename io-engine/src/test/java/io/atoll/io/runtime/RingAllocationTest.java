package io.atoll.io.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.io.testing.IoUnderTest;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures in a JVM of its own: what the compiler leaves out depends on what else has run, and here
 * other tests have given the same code other rings.
 */
class RingAllocationTest {

  @TempDir private Path directory;

  @Test
  void noDiskOperationAllocatesOnTheHeap() throws Exception {
    IoUnderTest.assumeRing();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(RingAllocationProbe.class.getName());
    command.add(directory.toString());
    Process probe = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, probe.waitFor(), output);
  }
}
