package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.io.buffer.BufferSupply;
import io.atoll.io.testing.IoUnderTest;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Heap bytes that a WRITE costs in all threads together, from the payload to the index, on the real
 * ring, log and index. The protocol's part comes on top: {@code nfs4.compound.AllocationTest} holds
 * it.
 */
class WriteHeapTest extends RealFileSystemTest {
  private static final int WRITES = 20_000;
  private static final int WARM_UP_ROUNDS = 3;
  private static final int IN_FLIGHT = 16;
  private static final int FILE_MEBIBYTES = 8;
  private static final long MAX_BYTES_OF_AN_UNSTABLE_WRITE = 200;

  @BeforeEach
  void needsRing() {
    IoUnderTest.assumeRing();
  }

  @Test
  void anUnstableWriteOfABlockCostsFewHeapBytes() throws Exception {
    long bytes = heapBytesOf(Stability.UNSTABLE);
    System.out.println("heap bytes of an unstable write of 4 KiB, all threads: " + bytes);
    assertTrue(bytes <= MAX_BYTES_OF_AN_UNSTABLE_WRITE, bytes + " bytes for a write");
  }

  private long heapBytesOf(Stability stability) throws Exception {
    FileHandle file = create("file");
    for (int i = 0; i < FILE_MEBIBYTES; i++) {
      write(file, (long) i * MIB, MIB, Stability.UNSTABLE);
    }
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      writeAll(file, stability);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getTotalThreadAllocatedBytes();
    writeAll(file, stability);
    commit(file);
    return (threads.getTotalThreadAllocatedBytes() - before) / WRITES;
  }

  private void writeAll(FileHandle file, Stability stability) throws Exception {
    int[] left = {WRITES};
    this.<Void>onLoop(end -> {
      for (int i = 0; i < IN_FLIGHT; i++) {
        new Writer(file, i, stability, left, end).next();
      }
    });
  }

  /** Writes one block after the other; each waits until the answer to the one before may leave. */
  private final class Writer {
    private final FileHandle file;
    private final Stability stability;
    private final int[] left;
    private final CompletableFuture<Void> end;
    private final FsCall call = new FsCall(Principal.ROOT);
    private final FsCallback<WriteResult> onWritten = this::written;
    private final FsCallback<Void> onDurable = this::durable;
    private final BufferSupply buffers = open.socketLoops().getLast().received();
    private long block;

    Writer(
        FileHandle file, int block, Stability stability, int[] left, CompletableFuture<Void> end) {
      this.file = file;
      this.block = block;
      this.stability = stability;
      this.left = left;
      this.end = end;
    }

    void next() {
      if (--left[0] < 0) {
        if (left[0] == -IN_FLIGHT) {
          end.complete(null);
        }
        return;
      }
      // A step with no common divisor: every writer comes to every block, and none to another's.
      block = (block + 17L * IN_FLIGHT) % (FILE_MEBIBYTES * MIB / BLOCK_BYTES);
      ByteBuf payload = buffers.take(BLOCK_BYTES).writerIndex(BLOCK_BYTES);
      call.restart(Principal.ROOT);
      fileSystem.write(call, file, true, block * BLOCK_BYTES, payload, stability, onWritten);
    }

    private void written(FsStatus status, WriteResult result) {
      assertEquals(FsStatus.OK, status);
      fileSystem.awaitDurable(call.requiredSequence(), onDurable);
    }

    private void durable(FsStatus status, Void nothing) {
      assertEquals(FsStatus.OK, status);
      next();
    }
  }
}
