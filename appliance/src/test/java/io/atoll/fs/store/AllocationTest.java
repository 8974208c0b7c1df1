package io.atoll.fs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.atoll.fs.AttributeChanges;
import io.atoll.fs.CreateRequest.Disposition;
import io.atoll.fs.FileHandle;
import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FileType;
import io.atoll.fs.FsCall;
import io.atoll.fs.FsCallback;
import io.atoll.fs.FsStatus;
import io.atoll.fs.Principal;
import io.atoll.fs.ReadResult;
import io.atoll.io.cache.GranuleMemory;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Heap bytes that the store allocates for an operation whose objects are in the cache. The volume's
 * own part does not count: it is one that allocates nothing.
 */
class AllocationTest {
  private static final int ROUNDS = 20_000;
  private static final int BLOCK = 4096;
  private static final int MIB = 1 << 20;

  /** The answer and its list of pieces: what a read can't do without. */
  private static final long READ_BYTES = 72;

  /** As many pieces as a MiB has granules. */
  private static final long LARGE_READ_BYTES = 120;

  /** The run and its list: what is written is encoded where the volume keeps it. */
  private static final long WRITE_BYTES = 72;

  private final StillVolume volume = new StillVolume();
  private final FsCall call = new FsCall(Principal.ROOT);
  private StoreFileSystem fs;
  private FileHandle file;

  private final FsCallback<ReadResult> onRead = (status, result) -> result.release();
  private final FsCallback<WriteResult> onWrite =
      (status, result) -> assertEquals(FsStatus.OK, status);

  private void open() {
    StoreFileSystem.open(
        volume,
        new SeededLoop(1),
        new Random(1),
        StoreSettings.DEFAULT,
        new GranuleMemory(GranuleMemory.MIN_BYTES).alone(),
        TestFs.ID,
        (status, opened) -> fs = opened);
    fs.create(
        call,
        fs.root(),
        TestFs.bytes("f"),
        TestFs.request(FileType.REGULAR, Disposition.GUARDED, new AttributeChanges()),
        (status, result) -> file = result.attributes().handle());
  }

  private void write(ByteBuf data, long offset) {
    fs.write(call, file, true, offset, data.retain(), Stability.FILE_SYNC, onWrite);
  }

  private static long perRound(Runnable operation) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < ROUNDS; i++) {
      operation.run();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROUNDS; i++) {
      operation.run();
    }
    return (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
  }

  @Test
  void readAllocatesLittle() {
    open();
    ByteBuf data = MemoryVolume.aligned(MIB, 0);
    write(data.writerIndex(MIB), 0);
    long bytes = perRound(() -> fs.read(call, file, true, 5 * BLOCK, BLOCK, onRead));
    System.out.println("heap bytes of a 4 KiB read: " + bytes);
    assertTrue(bytes <= READ_BYTES, bytes + " bytes for a read");
    long large = perRound(() -> fs.read(call, file, true, 0, MIB, onRead));
    System.out.println("heap bytes of a 1 MiB read: " + large);
    assertTrue(large <= LARGE_READ_BYTES, large + " bytes for a read of 1 MiB");
  }

  @Test
  void writeAllocatesLittleMoreThanItsRecord() {
    open();
    ByteBuf data = MemoryVolume.aligned(MIB, 0).writerIndex(MIB);
    write(data, 0);
    data.writerIndex(BLOCK);
    long bytes = perRound(() -> write(data, 0));
    System.out.println("heap bytes of a 4 KiB write: " + bytes);
    assertTrue(bytes <= WRITE_BYTES, bytes + " bytes for a write");
  }
}
