package io.atoll.nfs4.compound;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.atoll.fs.FileHandle;
import io.atoll.fs.memory.Completions;
import io.atoll.rpc.Calls;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a READ and a WRITE cost in heap bytes, from the socket's bytes to the reply's: less than 200
 * above an RPC that does nothing, whose cost is that of Netty and of the test's channel.
 */
class AllocationTest {
  private static final int WARM_UP_CALLS = 20_000;
  private static final int MEASURED_CALLS = 5_000;
  private static final long MOST_BYTES_PER_CALL = 200;
  private static final int DATA_BYTES = 4096;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private ResourceLeakDetector.Level leakDetection;
  private NfsHarness nfs;
  private FileHandle file;

  @BeforeEach
  void prepare() {
    // Leak detection allocates for each buffer, and is for other tests.
    leakDetection = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    nfs =
        new NfsHarness(
            Completions.immediate(), (offset, length) -> null, PooledByteBufAllocator.DEFAULT);
    file = nfs.fileSystem.makeFile("f", new byte[DATA_BYTES]);
  }

  @AfterEach
  void restoreLeakDetection() {
    nfs.close();
    ResourceLeakDetector.setLevel(leakDetection);
  }

  private long bytesPerCall(byte[] record) {
    call(record, WARM_UP_CALLS);
    long before = threads.getCurrentThreadAllocatedBytes();
    call(record, MEASURED_CALLS);
    return (threads.getCurrentThreadAllocatedBytes() - before) / MEASURED_CALLS;
  }

  private void call(byte[] record, int times) {
    for (int i = 0; i < times; i++) {
      nfs.connection.receive(record);
      assertTrue(nfs.connection.discardSent() > 0);
    }
  }

  /** Measures on a thread like an event loop's, on which alone Netty recycles its objects. */
  private void expectCheap(String what, byte[] operations) throws Exception {
    byte[] idle = Calls.record(Calls.header(1, Calls.NFS, 4, 0, 0).bytes());
    byte[] record = Calls.record(nfs.inSession(2, operations));
    FutureTask<Long> measurement =
        new FutureTask<>(() -> bytesPerCall(record) - bytesPerCall(idle));
    new FastThreadLocalThread(measurement).start();
    long bytes = measurement.get();
    assertTrue(bytes < MOST_BYTES_PER_CALL, what + " allocates " + bytes + " heap bytes");
  }

  @Test
  void readCostsLessThanItsBound() throws Exception {
    expectCheap("READ", nfs.putFh(file).raw(FileOperationsTest.read(0, DATA_BYTES)).bytes());
  }

  @Test
  void writeCostsLessThanItsBound() throws Exception {
    byte[] write = FileOperationsTest.write(0, new byte[DATA_BYTES], 0).bytes();
    expectCheap("WRITE", xdr().raw(nfs.putFh(file).bytes()).raw(write).bytes());
  }
}
