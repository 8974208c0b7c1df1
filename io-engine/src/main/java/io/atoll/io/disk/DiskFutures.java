package io.atoll.io.disk;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/**
 * Disk operations as futures, for opening and closing, where clarity counts and not garbage. All
 * complete on the disk's loop; failures are {@link DiskException}s that name the file.
 */
public final class DiskFutures {

  private DiskFutures() {}

  public static CompletableFuture<DiskFile> open(Disk disk, String name, Disk.OpenMode mode) {
    CompletableFuture<DiskFile> future = new CompletableFuture<>();
    disk.open(
        name,
        mode,
        (file, result) -> {
          if (result < 0) {
            future.completeExceptionally(notOpened(name, -result));
          } else {
            future.complete(file);
          }
        });
    return future;
  }

  /** As {@link #open} of an existing file, but null where there is none. */
  public static CompletableFuture<DiskFile> openIfPresent(Disk disk, String name) {
    CompletableFuture<DiskFile> future = new CompletableFuture<>();
    disk.open(
        name,
        Disk.OpenMode.EXISTING,
        (file, result) -> {
          if (result < 0 && result != -Errno.ENOENT) {
            future.completeExceptionally(notOpened(name, -result));
          } else {
            future.complete(result < 0 ? null : file);
          }
        });
    return future;
  }

  private static DiskException notOpened(String name, int errno) {
    String why =
        switch (errno) {
          case Errno.EXDEV ->
              name
                  + " is on another device than the folder that it belongs to, so that no flush"
                  + " covers both: move it back";
          case Errno.EBUSY ->
              name
                  + " is open in another process, or the kernel has not ended the writes of one that"
                  + " was killed: wait for the disk, and start again";
          default -> "cannot open " + name;
        };
    return new DiskException(why, errno);
  }

  /** Removes a file if it is there. */
  public static CompletableFuture<Void> removeIfPresent(Disk disk, String name) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    disk.remove(
        name,
        (cookie, result) -> {
          if (result < 0 && result != -Errno.ENOENT) {
            future.completeExceptionally(new DiskException("cannot remove " + name, -result));
          } else {
            future.complete(null);
          }
        },
        0);
    return future;
  }

  public static CompletableFuture<Integer> rename(Disk disk, String name, String target) {
    return run("cannot rename " + name + " to " + target, c -> disk.rename(name, target, c, 0));
  }

  /** Reads whole; less than {@code length} bytes is a failure. */
  public static CompletableFuture<Integer> read(
      DiskFile file, String name, ByteBuf into, int length, long offsetBytes) {
    return run(
            "cannot read " + name + " at offset " + offsetBytes,
            c -> file.read(into, 0, length, offsetBytes, c, 0))
        .thenApply(bytes -> {
          if (bytes < length) {
            throw new ShortFileException(name, offsetBytes + bytes);
          }
          return bytes;
        });
  }

  public static CompletableFuture<Integer> write(
      DiskFile file, String name, ByteBuf from, int length, long offsetBytes) {
    return run(
        "cannot write " + name + " at offset " + offsetBytes,
        c -> file.write(from, 0, length, offsetBytes, c, 0));
  }

  public static CompletableFuture<Integer> writeDurably(
      DiskFile file, String name, ByteBuf from, int length, long offsetBytes) {
    return run(
        "cannot write " + name + " at offset " + offsetBytes,
        c -> file.writeDurably(from, 0, length, offsetBytes, c, 0));
  }

  public static CompletableFuture<Integer> dataSync(DiskFile file, String name) {
    return run("cannot sync " + name, c -> file.dataSync(c, 0));
  }

  public static CompletableFuture<Integer> allocate(
      DiskFile file, String name, long offsetBytes, long lengthBytes) {
    return run(
        "cannot allocate " + lengthBytes + " bytes for " + name,
        c -> file.allocate(offsetBytes, lengthBytes, c, 0));
  }

  public static CompletableFuture<Integer> close(DiskFile file, String name) {
    return run("cannot close " + name, c -> file.close(c, 0));
  }

  /** Closes a file of which nothing more is wanted, however that ends. */
  public static void abandon(DiskFile file) {
    file.close((cookie, result) -> {}, 0);
  }

  private static CompletableFuture<Integer> run(String what, Operation operation) {
    CompletableFuture<Integer> future = new CompletableFuture<>();
    operation.start((cookie, result) -> {
      if (result < 0) {
        future.completeExceptionally(new DiskException(what, -result));
      } else {
        future.complete(result);
      }
    });
    return future;
  }

  @FunctionalInterface
  private interface Operation {
    void start(IoCompletion completion);
  }
}
