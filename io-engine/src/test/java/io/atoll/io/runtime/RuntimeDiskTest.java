package io.atoll.io.runtime;

import io.atoll.io.disk.DiskContract;
import io.atoll.io.disk.OpenedDisk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.loop.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

/** Disks of a real directory, in either mode. */
abstract class RuntimeDiskTest extends DiskContract {

  private static final long WAIT_SECONDS = 60;

  @TempDir private Path directory;

  /** Of the mode under test; one for all tests of a class. */
  abstract EngineRuntime runtime();

  @Override
  protected Loop loop() {
    return runtime().loops().getFirst();
  }

  @Override
  protected void openDisk(OpenedDisk opened) {
    try {
      StorageFacts facts = StorageFacts.of(directory);
      runtime().openDisk(runtime().loops().getFirst(), facts, opened);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("did not complete: " + e, e);
    }
  }
}
