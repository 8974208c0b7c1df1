package io.atoll.io.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskContract;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.FileClaim;
import io.atoll.io.disk.OpenedDisk;
import io.atoll.io.disk.StorageFacts;
import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import io.atoll.io.loop.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
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

  /** What a process that is gone had under way holds the file, as the lock of it does here. */
  @Test
  void anOpeningWaitsUntilNobodyHasTheFile() throws Exception {
    Files.write(directory.resolve("data"), new byte[4096]);
    int held =
        Syscalls.openat(
            LinuxAbi.AT_FDCWD, directory.resolve("data").toString(), LinuxAbi.O_RDONLY, 0);
    assertEquals(0, Syscalls.flock(held, LinuxAbi.LOCK_EX | LinuxAbi.LOCK_NB));
    boolean[] released = new boolean[1];
    CompletableFuture<Boolean> opened = new CompletableFuture<>();
    loop()
        .execute(() -> {
          loop()
              .schedule(
                  3 * FileClaim.RETRY_NANOS,
                  () -> {
                    released[0] = true;
                    Syscalls.close(held);
                  });
          openDisk((disk, result) ->
              disk.open(
                  "data",
                  Disk.OpenMode.EXISTING,
                  (file, end) -> {
                    boolean waited = end == 0 && released[0];
                    disk.close((cookie, closed) -> opened.complete(waited), 0);
                  }));
        });
    assertTrue(await(opened));
  }

  /** A flush of the one device would not cover what is on the other. */
  @Test
  void aFileOnAnotherDeviceIsRefused() throws Exception {
    Path memory = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(memory)
            && !Files.getFileStore(memory).equals(Files.getFileStore(directory)),
        () -> "a second device is needed, and " + memory + " can't be written or is no other one");
    Path elsewhere = Files.createTempDirectory(memory, "atoll-test");
    try {
      Files.createFile(elsewhere.resolve("data"));
      Files.createSymbolicLink(directory.resolve("linked"), elsewhere);
      CompletableFuture<Integer> opened = new CompletableFuture<>();
      loop()
          .execute(() ->
              openDisk((disk, result) ->
                  disk.open(
                      "linked/data",
                      Disk.OpenMode.EXISTING,
                      (file, end) -> disk.close((cookie, closed) -> opened.complete(end), 0))));
      assertEquals(-Errno.EXDEV, await(opened));
    } finally {
      Files.deleteIfExists(elsewhere.resolve("data"));
      Files.delete(elsewhere);
    }
  }
}
