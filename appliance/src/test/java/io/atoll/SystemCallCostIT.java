package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.io.testing.IoUnderTest;
import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.process.AtollProcess;
import io.atoll.process.NfsClient;
import io.atoll.process.ScrapedMetrics;
import io.atoll.process.SystemCallTrace;
import io.atoll.xdr.XdrBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * The system calls of the home loop for each NFS operation, counted by {@code strace} on the real
 * program: one client with one request in flight, and with {@value #SLOTS}.
 *
 * <p>On the ring there is one, {@code io_uring_enter}, which submits what there is to submit and
 * waits for what comes. Netty calls it for each step of a request that begins and does not end at
 * once: a socket becomes readable, is received from, a disk operation, the reply, and again the
 * wait. A futex is a hop to another thread. What the JVM does for itself (classes, memory) is
 * apart, and does not grow with the operations.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SystemCallCostIT {
  /** As Linux cuts its name; that of the API is started later, and named so too. */
  private static final String HOME_LOOP = "vert.x-eventloo";

  private static final String ENTER = "io_uring_enter";
  private static final String FUTEX = "futex";

  /**
   * To wake the worker that hands a batch of changes to the index: ten batches a second, however
   * many operations, so that they are counted beside these.
   */
  private static final double FUTEXES_OF_A_BATCH = 2;

  /** Whatever is asked of it, the loop has workers write the ledger of credits twice a second. */
  private static final int FUTEXES_A_SECOND = 4;

  /** Once for each file that is opened, such as a new segment of the log; it never waits. */
  private static final String CLAIM = "flock";

  private static final int MAX_CLAIMS = 16;

  /** Memory, signals and processor time, which the JVM sees to on any thread; no I/O, no wait. */
  private static final Set<String> OF_THE_JVM =
      Set.of(
          "brk",
          "getrusage",
          "gettid",
          "madvise",
          "membarrier",
          "mmap",
          "mprotect",
          "munmap",
          "restart_syscall",
          "rt_sigprocmask",
          "rt_sigreturn",
          "sched_yield");

  /** Of these in one trace. */
  private static final int MAX_JVM_CALLS = 50;

  private static final int BLOCK_BYTES = 4096;
  private static final int MIB = 1 << 20;
  private static final int SLOTS = 32;
  private static final int FILE_MIB = 32;

  /** Compiling would tell the compilers' threads by futex, again and again. */
  private static final List<String> WITHOUT_COMPILERS = List.of("-Xint");

  /** Until the classes are loaded. */
  private static final int WARM_UP_OPERATIONS = 100;

  private static final int SERIAL_OPERATIONS = 200;
  private static final int PIPELINED_OPERATIONS = 1_000;

  @TempDir private static Path folder;

  private AtollProcess node;
  private NfsClient client;
  private ScrapedMetrics metrics;
  private byte[] file;
  private Stateid open;
  private int round;

  @BeforeAll
  void start() throws Exception {
    IoUnderTest.assumeRing();
    assumeTrue(SystemCallTrace.isAvailable(), "strace is not here: apt-get install strace");
    node =
        AtollProcess.startWith(
            WITHOUT_COMPILERS, "serve", "--data=" + folder.resolve("data"), "--nfs=127.0.0.1:0");
    node.awaitReady();
    client = new NfsClient(node.nfsPort(), "counter", SLOTS);
    assertEquals(SLOTS, client.slots());
    metrics = ScrapedMetrics.of(node);
    makeFile();
  }

  private void makeFile() throws IOException {
    Reply reply =
        client.call(
            Requests.putRoot(),
            Requests.openCreating("file", Requests.BOTH, 0644, -1),
            Requests.op(Operation.GETFH));
    open = reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH).ok(Operation.OPEN).stateid();
    reply.restOfOpen();
    file = reply.ok(Operation.GETFH).opaque();
    run(FILE_MIB, 1, writes(MIB));
  }

  @AfterAll
  void stop() throws Exception {
    if (client != null) {
      client.close();
    }
    if (node != null) {
      node.close();
    }
  }

  @Test
  void durableCreate() throws Exception {
    holds("create", this::create, new Bound(6.5, 0.05), new Bound(0.65, 0.03));
  }

  /** Data, then log; the index is told ten times a second. */
  @Test
  void fileSyncWriteOfABlock() throws Exception {
    holds("write 4 KiB", writes(BLOCK_BYTES), new Bound(9.9, 0.05), new Bound(2.7, 0.03));
  }

  /** A MiB is received as it comes, in some pieces. */
  @Test
  void fileSyncWriteOfAMebibyte() throws Exception {
    holds("write 1 MiB", writes(MIB), new Bound(13.5, 0.05), new Bound(10, 0.05));
  }

  /** From the cache, where what was just written or read ahead lies. */
  @Test
  void readOfABlock() throws Exception {
    holds("read 4 KiB", reads(BLOCK_BYTES), new Bound(4.5, 0.01), new Bound(0.3, 0.01));
  }

  /** The reply leaves as the client takes it, at once or in some pieces. */
  @Test
  void readOfAMebibyte() throws Exception {
    holds("read 1 MiB", reads(MIB), new Bound(4.5, 0.01), new Bound(1, 0.01));
  }

  private XdrBytes[] create(int number) {
    String name = "file-" + round + "-" + number;
    return new XdrBytes[] {
      Requests.putRoot(), Requests.openCreating(name, Requests.BOTH, 0644, -1)
    };
  }

  private IntFunction<XdrBytes[]> writes(int bytes) {
    byte[] content = new byte[bytes];
    return i -> new XdrBytes[] {putFile(), Requests.write(open, offset(i, bytes), content)};
  }

  private IntFunction<XdrBytes[]> reads(int bytes) {
    return i -> new XdrBytes[] {putFile(), Requests.read(open, offset(i, bytes), bytes)};
  }

  private static long offset(int i, int bytes) {
    return (long) i * bytes % (FILE_MIB * (long) MIB);
  }

  private XdrBytes putFile() {
    return Requests.op(Operation.PUTFH).opaque(file);
  }

  private void holds(
      String operation, IntFunction<XdrBytes[]> requests, Bound serial, Bound pipelined)
      throws Exception {
    run(WARM_UP_OPERATIONS, SLOTS, requests);
    int share = isLarge(operation) ? 4 : 1;
    holds(operation, SERIAL_OPERATIONS / share, 1, requests, serial);
    holds(operation, PIPELINED_OPERATIONS / share, SLOTS, requests, pipelined);
  }

  private static boolean isLarge(String operation) {
    return operation.endsWith("MiB");
  }

  private void holds(
      String operation, int count, int inFlight, IntFunction<XdrBytes[]> requests, Bound bound)
      throws Exception {
    long batchesBefore = batches();
    final long startNanos = System.nanoTime();
    Map<String, Integer> calls = new TreeMap<>(trace(count, inFlight, requests));
    final double seconds = (System.nanoTime() - startNanos) / 1e9;
    long batches = batches() - batchesBefore;
    double enters = calls.getOrDefault(ENTER, 0) / (double) count;
    double futexes = calls.getOrDefault(FUTEX, 0) / (double) count;
    String found =
        String.format(
            Locale.ROOT,
            "%s, %d in flight: %.2f io_uring_enter, %.2f futex each; %d batches; in all %s",
            operation,
            inFlight,
            enters,
            futexes,
            batches,
            calls);
    System.out.println(found);
    assertTrue(enters > 0 && enters <= bound.enters, found);
    double byItself = FUTEXES_OF_A_BATCH * batches + FUTEXES_A_SECOND * Math.ceil(seconds);
    assertTrue(futexes <= bound.futexes + byItself / count, found);
    assertTrue(calls.getOrDefault(CLAIM, 0) <= MAX_CLAIMS, found);
    calls.keySet().removeAll(Set.of(ENTER, FUTEX, CLAIM));
    Set<String> unexpected = new TreeSet<>(calls.keySet());
    unexpected.removeAll(OF_THE_JVM);
    assertEquals("", SystemCallTrace.linesOf(traced(), unexpected), () -> found + node.output());
    int others = calls.values().stream().mapToInt(Integer::intValue).sum();
    assertTrue(others <= MAX_JVM_CALLS, found);
  }

  private long batches() throws Exception {
    return (long) metrics.settled().value("atoll_index_batches_total");
  }

  private Map<String, Integer> trace(int count, int inFlight, IntFunction<XdrBytes[]> requests)
      throws Exception {
    long homeLoop = SystemCallTrace.threadOf(node.pid(), HOME_LOOP);
    try (SystemCallTrace trace = SystemCallTrace.of(homeLoop, traced())) {
      run(count, inFlight, requests);
      return trace.end();
    }
  }

  private static Path traced() {
    return folder.resolve("calls");
  }

  private void run(int count, int inFlight, IntFunction<XdrBytes[]> requests) throws IOException {
    round++;
    client.pipeline(count, inFlight, requests, reply -> reply.is(Nfs4Status.OK));
  }

  /**
   * The most system calls of the home loop for one operation.
   *
   * @param enters of {@code io_uring_enter}
   * @param futexes of {@code futex}
   */
  private record Bound(double enters, double futexes) {}
}
