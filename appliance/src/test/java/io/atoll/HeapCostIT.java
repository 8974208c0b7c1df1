package io.atoll;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import io.atoll.process.ProcessHeap;
import io.atoll.process.ProcessHeap.Allocated;
import io.atoll.process.ScrapedMetrics;
import io.atoll.xdr.XdrBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Heap bytes for each READ and WRITE of 4 KiB and of 1 MiB, on the real program as it is started,
 * with all that lies between its socket and its disk: what its event loop and its other threads
 * allocate while a client keeps {@value #IN_FLIGHT} requests in flight. Each compound is SEQUENCE,
 * PUTFH and the operation.
 *
 * <p>What is counted is the least of some rounds: before the JVM has compiled what is hot, and
 * where it compiles anew, objects are made that are none afterwards.
 */
@TestInstance(Lifecycle.PER_CLASS)
class HeapCostIT {
  /** The goal, of all threads together, where one loop has it all. */
  private static final double MOST_BYTES = 200;

  /** A READ of a MiB, of 16 granules: some 50 more for each. */
  private static final double MOST_BYTES_OF_A_MEBIBYTE_READ = 800;

  /** A WRITE of a MiB, of 16 granules and what is received in as many pieces or more. */
  private static final double MOST_BYTES_OF_A_MEBIBYTE_WRITTEN = 1600;

  /** So many records share a batch of the index where writes come fast; see {@code Applier}. */
  private static final int RECORDS_OF_A_BATCH = 256;

  /**
   * What each batch takes that is one more than these: a disk that syncs slowly has few operations
   * share one. It is an image of a region for each of the two that a batch meets at most here, of 4
   * KiB, and what lists them.
   */
  private static final double BYTES_OF_A_BATCH = 12 << 10;

  private static final int BLOCKS_OF_A_ROUND = 20_000;
  private static final int MEBIBYTES_OF_A_ROUND = 256;
  private static final int ROUNDS_LEAST = 4;
  private static final int ROUNDS_MOST = 20;
  private static final int IN_FLIGHT = 16;

  private static final int BLOCK_BYTES = 4096;
  private static final int MIB = 1 << 20;

  private static final int CACHED_FILE_MIB = 4;
  private static final int LARGE_FILE_MIB = 256;

  private static final int UNSTABLE = 0;
  private static final int FILE_SYNC = 2;

  @TempDir private static Path folder;

  private AtollProcess node;
  private NfsClient client;
  private ProcessHeap heap;
  private ScrapedMetrics metrics;

  /** The most for an operation of 4 KiB, of all threads together. */
  double mostBytes() {
    return MOST_BYTES;
  }

  /** As {@link #mostBytes}, for a WRITE of a MiB. */
  double mostBytesOfAMebibyteWritten() {
    return MOST_BYTES_OF_A_MEBIBYTE_WRITTEN;
  }

  /** With the least cache that there may be: what is not in it is read from the disk. */
  List<String> loopsAndMode() {
    return List.of("--loops=1", "--cache-bytes=16m");
  }

  @BeforeAll
  void start() throws Exception {
    List<String> command = new ArrayList<>(List.of("serve", "--data=" + folder.resolve("data")));
    command.addAll(List.of("--nfs=127.0.0.1:0", "--scrub-bytes-per-second=0"));
    command.addAll(loopsAndMode());
    node = AtollProcess.startWith(AtollProcess.AS_USERS_RUN_IT, command.toArray(String[]::new));
    node.awaitReady();
    client = new NfsClient(node.nfsPort(), "counter", 2 * IN_FLIGHT);
    heap = ProcessHeap.of(node.pid());
    metrics = ScrapedMetrics.of(node);
  }

  @AfterAll
  void stop() throws Exception {
    if (heap != null) {
      heap.close();
    }
    if (client != null) {
      client.close();
    }
    if (node != null) {
      node.close();
    }
  }

  @Test
  void readOfWhatIsCached() throws Exception {
    TestFile file = file("cached", CACHED_FILE_MIB);
    holdsReads("READ, cached", file);
  }

  @Test
  void readFromTheDisk() throws Exception {
    TestFile file = file("large", LARGE_FILE_MIB);
    holdsReads("READ from the disk", file);
  }

  @Test
  void unstableWrite() throws Exception {
    TestFile file = file("unstable", CACHED_FILE_MIB);
    holdsWrites("WRITE, UNSTABLE4", file, UNSTABLE);
  }

  @Test
  void fileSyncWrite() throws Exception {
    TestFile file = file("durable", CACHED_FILE_MIB);
    holdsWrites("WRITE, FILE_SYNC4", file, FILE_SYNC);
  }

  private void holdsReads(String operation, TestFile file) throws Exception {
    Work none = () -> 0;
    holds(operation, BLOCKS_OF_A_ROUND, none, mostBytes(), file.reads(BLOCK_BYTES));
    holds(
        operation + ", of a MiB",
        MEBIBYTES_OF_A_ROUND,
        none,
        MOST_BYTES_OF_A_MEBIBYTE_READ,
        file.reads(MIB));
  }

  private void holdsWrites(String operation, TestFile file, int stability) throws Exception {
    holds(
        operation,
        BLOCKS_OF_A_ROUND,
        this::batches,
        mostBytes(),
        file.writes(BLOCK_BYTES, stability));
    holds(
        operation + ", of a MiB",
        MEBIBYTES_OF_A_ROUND,
        this::batches,
        mostBytesOfAMebibyteWritten(),
        file.writes(MIB, stability));
  }

  /**
   * Holds the least of some rounds, of all threads together.
   *
   * @param work counts the batches so far; {@link #BYTES_OF_A_BATCH} is left aside for each that is
   *     one more than fast writes would make
   */
  private void holds(
      String operation, int count, Work work, double most, IntFunction<XdrBytes[]> requests)
      throws Exception {
    double least = Double.MAX_VALUE;
    long batchesBefore = work.batches();
    for (int round = 1; round <= ROUNDS_LEAST || (least > most && round <= ROUNDS_MOST); round++) {
      Allocated before = heap.allocated();
      client.pipeline(count, IN_FLIGHT, requests, reply -> reply.is(Nfs4Status.OK));
      Allocated bytes = heap.allocated().since(before);
      long batchesAfter = work.batches();
      long batches = batchesAfter - batchesBefore;
      batchesBefore = batchesAfter;
      double ofFewRecords =
          BYTES_OF_A_BATCH * Math.max(0, batches - Math.ceilDiv(count, RECORDS_OF_A_BATCH));
      System.out.println(
          String.format(
              Locale.ROOT,
              "%s, round %d: heap bytes %.1f of the loop, %.1f of other threads, %d batches",
              operation,
              round,
              (double) bytes.loopBytes() / count,
              (double) bytes.otherBytes() / count,
              batches));
      double others = Math.max(0, bytes.otherBytes() - ofFewRecords);
      least = Math.min(least, (bytes.loopBytes() + others) / count);
    }
    assertTrue(
        least <= most,
        operation + " takes " + least + " heap bytes, beyond " + most + ", in the best round");
  }

  /** What the node has done beside what was asked of it. */
  @FunctionalInterface
  private interface Work {
    long batches() throws Exception;
  }

  private long batches() throws Exception {
    return (long) metrics.settled().value("atoll_index_batches_total");
  }

  private TestFile file(String name, int mebibytes) throws IOException {
    Reply reply =
        client.call(
            Requests.putRoot(),
            Requests.openCreating(name, Requests.BOTH, 0644, -1),
            Requests.op(Operation.GETFH));
    Stateid open = reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    reply.restOfOpen();
    TestFile file = new TestFile(reply.ok(Operation.GETFH).opaque(), open, mebibytes);
    byte[] content = new byte[MIB];
    new Random(1).nextBytes(content);
    client.pipeline(
        mebibytes,
        2,
        i -> file.write((long) i * MIB, content, FILE_SYNC),
        reply1 -> reply1.is(Nfs4Status.OK));
    return file;
  }

  /** A file that is open, and calls on blocks of it at random. */
  private record TestFile(byte[] handle, Stateid open, int mebibytes) {
    IntFunction<XdrBytes[]> reads(int bytes) {
      Random random = new Random(2);
      return i -> new XdrBytes[] {put(), Requests.read(open, place(random, bytes), bytes)};
    }

    IntFunction<XdrBytes[]> writes(int bytes, int stability) {
      Random random = new Random(3);
      byte[] content = new byte[bytes];
      random.nextBytes(content);
      return i -> write(place(random, bytes), content, stability);
    }

    XdrBytes[] write(long offset, byte[] content, int stability) {
      XdrBytes write = Requests.stateid(Requests.op(Operation.WRITE), open);
      return new XdrBytes[] {put(), write.l(offset).i(stability).opaque(content)};
    }

    /** One of those that are as many bytes apart. */
    private long place(Random random, int bytes) {
      return (long) random.nextInt(mebibytes * (MIB / bytes)) * bytes;
    }

    private XdrBytes put() {
      return Requests.op(Operation.PUTFH).opaque(handle);
    }
  }
}
