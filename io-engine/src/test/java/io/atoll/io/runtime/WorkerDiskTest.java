package io.atoll.io.runtime;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class WorkerDiskTest extends RuntimeDiskTest {

  private static EngineRuntime runtime;

  @BeforeAll
  static void start() throws Exception {
    runtime = EngineRuntime.start(IoMode.NIO, 1, 2);
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
