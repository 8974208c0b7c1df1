package io.atoll.io.runtime;

import io.atoll.io.testing.IoUnderTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RingDiskTest extends RuntimeDiskTest {

  private static EngineRuntime runtime;

  @BeforeAll
  static void start() throws Exception {
    runtime = IoUnderTest.start(IoMode.URING, 1, 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @Override
  EngineRuntime runtime() {
    return runtime;
  }
}
