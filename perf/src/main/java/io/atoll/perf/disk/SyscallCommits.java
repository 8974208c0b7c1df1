package io.atoll.perf.disk;

import io.atoll.io.linux.LinuxAbi;
import io.atoll.io.linux.Syscalls;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The plain way, for comparison: each client is a thread that writes its data with {@code pwrite},
 * its log block with {@code pwrite}, and waits for {@code fdatasync}; direct I/O on the same files.
 */
final class SyscallCommits {

  private SyscallCommits() {}

  /** Commits a second. */
  static double run(
      RingFixture ring, CommitCase commitCase, Path data, Path log, long durationNanos)
      throws InterruptedException {
    int dataFd = open(data, ring.facts().openFlags());
    int logFd = open(log, ring.facts().openFlags());
    ByteBuf buffer = ring.buffer(CommitTable.COMMIT_BYTES);
    AtomicLong commits = new AtomicLong();
    List<Thread> clients = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < commitCase.inFlight(); i++) {
      clients.add(
          Thread.ofPlatform()
              .start(() -> {
                while (System.nanoTime() - start < durationNanos) {
                  long number = commits.getAndIncrement();
                  if (!commitCase.written() && CommitTable.spaceUsed(number + 1, number + 1)) {
                    return;
                  }
                  commit(commitCase, dataFd, logFd, buffer.memoryAddress(), number);
                }
              }));
    }
    for (Thread client : clients) {
      client.join();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Syscalls.close(dataFd);
    Syscalls.close(logFd);
    buffer.release();
    return commits.get() / seconds;
  }

  private static void commit(
      CommitCase commitCase, int dataFd, int logFd, long address, long number) {
    if (commitCase.contiguous()) {
      long offset = number * CommitTable.COMMIT_BYTES % CommitTable.DATA_BYTES;
      check(Syscalls.pwrite(dataFd, address, CommitTable.COMMIT_BYTES, offset));
    } else {
      for (int i = 0; i < CommitTable.COMMIT_BLOCKS; i++) {
        long offset = CommitTable.scattered(number * CommitTable.COMMIT_BLOCKS + i);
        check(Syscalls.pwrite(dataFd, address, CommitTable.BLOCK_BYTES, offset));
      }
    }
    if (!commitCase.written()) {
      check(Syscalls.fdatasync(dataFd));
    }
    long offset = number * CommitTable.BLOCK_BYTES % CommitTable.LOG_BYTES;
    check(Syscalls.pwrite(logFd, address, CommitTable.BLOCK_BYTES, offset));
    check(Syscalls.fdatasync(logFd));
  }

  private static int open(Path file, int flags) {
    int fd = Syscalls.openat(LinuxAbi.AT_FDCWD, file.toString(), LinuxAbi.O_RDWR | flags, 0);
    check(fd);
    return fd;
  }

  private static void check(long result) {
    if (result < 0) {
      throw new IllegalStateException("a system call failed with errno " + -result);
    }
  }
}
