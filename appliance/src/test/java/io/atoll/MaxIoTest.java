package io.atoll;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.control.FileSystemShape;
import io.atoll.control.MountPoint;
import io.atoll.figures.FileSystemSample;
import io.atoll.figures.FileSystemSample.LoopWork;
import io.atoll.fs.FileSystemId;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputSettings;
import io.atoll.nfs4.op.SocketClient;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file system in Max I/O mode: fixed at its creation, and the work of its clients on all loops.
 */
@EitherIo
class MaxIoTest {
  private static final FileSystemId ONE = new FileSystemId(1, 1);
  private static final FileSystemShape MAX_IO =
      new FileSystemShape(PerformanceMode.MAX_IO, ThroughputSettings.provisioned(1L << 30));
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final int LEASE_SECONDS = 30;
  private static final long CACHE_BYTES = 64L << 20;
  private static final long AWAIT_SECONDS = 60;
  private static final int LOOPS = 3;
  private static final int PART_BYTES = 256 * 1024 + 77;
  private static final int PARTS = 6;

  @TempDir private Path data;

  private Appliance node;

  @BeforeEach
  void start() {
    node =
        Appliance.start(
            new ApplianceSettings(
                data,
                ANY,
                null,
                IoUnderTest.mode(),
                LEASE_SECONDS,
                CACHE_BYTES,
                0,
                ThroughputChoice.DEFAULT,
                ClientRules.DEFAULT,
                LOOPS,
                ControlSettings.DEFAULT));
  }

  @AfterEach
  void stop() {
    assertEquals(StopOutcome.ALL_ON_DISK, node.stop());
    assertEquals(0, node.disorderlyEnds(), "something was left open or held");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(AWAIT_SECONDS, TimeUnit.SECONDS);
  }

  private InetSocketAddress open(FileSystemShape shape) throws Exception {
    if (node.fileSystems().present().stream()
        .anyMatch(id -> id.toString().equals(ONE.toString()))) {
      await(node.fileSystems().open(ONE, shape));
    } else {
      await(node.fileSystems().create(ONE, shape));
    }
    return await(node.fileSystems().listen(ONE, MountPoint.openAt(ANY)));
  }

  private static List<SocketClient> mount(InetSocketAddress address, int clients)
      throws IOException {
    List<SocketClient> mounted = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      SocketClient client = new SocketClient("client " + i).connect(address);
      client.newSession();
      client.reclaimComplete();
      mounted.add(client);
    }
    return mounted;
  }

  /** What each loop does, as soon as that is as awaited. */
  private List<LoopWork> loopsWhen(Predicate<List<LoopWork>> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
    while (true) {
      FileSystemSample sample =
          ((NodeFileSystems) node.fileSystems()).served(ONE).throughput().watch().sample();
      if (sample != null && condition.test(sample.loops())) {
        return sample.loops();
      }
      assertTrue(System.nanoTime() < end, () -> "waited in vain, with " + sample);
      Thread.sleep(20);
    }
  }

  private static byte[] part(int client, int part) {
    byte[] bytes = new byte[PART_BYTES];
    new Random(client * 1000L + part).nextBytes(bytes);
    return bytes;
  }

  @Test
  void theModeIsKeptWhateverAnOpeningAsksFor() throws Exception {
    open(MAX_IO);
    assertEquals(PerformanceMode.MAX_IO, node.fileSystems().performanceMode(ONE));
    stop();
    start();
    InetSocketAddress address = open(FileSystemShape.DEFAULT);
    assertEquals(PerformanceMode.MAX_IO, node.fileSystems().performanceMode(ONE));
    for (SocketClient client : mount(address, LOOPS)) {
      client.close();
    }
    loopsWhen(loops -> loops.size() == LOOPS);
  }

  @Test
  void aGeneralPurposeOneDoesNotBecomeMaxIo() throws Exception {
    open(FileSystemShape.DEFAULT);
    stop();
    start();
    open(MAX_IO);
    assertEquals(PerformanceMode.GENERAL_PURPOSE, node.fileSystems().performanceMode(ONE));
    loopsWhen(loops -> loops.size() == 1);
  }

  @Test
  void elasticThroughputIsRefused() throws Exception {
    open(MAX_IO);
    ChangeVerdict verdict =
        await(node.fileSystems().changeThroughput(ONE, ThroughputSettings.ELASTIC));
    String why = assertInstanceOf(ChangeVerdict.Refused.class, verdict).message();
    assertTrue(why.contains("maxIO"), why);
  }

  @Test
  void dataAreMovedByTheLoopsOfTheirConnectionsAndAreRightForAll() throws Exception {
    InetSocketAddress address = open(MAX_IO);
    int clients = 2 * LOOPS;
    List<SocketClient> mounted = mount(address, clients);
    inParallel(
        clients,
        i -> {
          mounted.get(i).openFile("file" + i);
          for (int part = 0; part < PARTS; part++) {
            mounted.get(i).write((long) part * PART_BYTES, part(i, part));
          }
        });
    List<LoopWork> written =
        loopsWhen(loops -> loops.stream().allMatch(loop -> loop.dataWrites() > 0));
    written.forEach(loop -> assertEquals(2, loop.connections(), written::toString));
    readAll(mounted);
    for (SocketClient client : mounted) {
      client.close();
    }
    stop();
    start();
    List<SocketClient> again = mount(open(MAX_IO), clients);
    readAll(again);
    loopsWhen(loops -> loops.stream().allMatch(loop -> loop.dataReads() > 0));
    for (SocketClient client : again) {
      client.close();
    }
    loopsWhen(loops -> loops.stream().allMatch(loop -> loop.connections() == 0));
  }

  /** Each client reads what its neighbour wrote, whose blocks came over another loop. */
  private void readAll(List<SocketClient> mounted) throws Exception {
    int clients = mounted.size();
    inParallel(
        clients,
        i -> {
          int other = (i + 1) % clients;
          mounted.get(i).openFile("file" + other);
          for (int part = 0; part < PARTS; part++) {
            byte[] found = mounted.get(i).read((long) part * PART_BYTES, PART_BYTES);
            assertArrayEquals(part(other, part), found);
          }
        });
  }

  private interface Work {
    void of(int client) throws Exception;
  }

  private static void inParallel(int clients, Work work) throws Exception {
    List<Exception> failures = new ArrayList<>();
    List<AssertionError> errors = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      int client = i;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  work.of(client);
                } catch (Exception e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                } catch (AssertionError e) {
                  synchronized (failures) {
                    errors.add(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (AssertionError error : errors) {
      throw error;
    }
    for (Exception failure : failures) {
      throw failure;
    }
  }

  @Test
  void theModeIsSaidByAFileOfTheFolderAndOtherWordsAreRefused() throws Exception {
    open(MAX_IO);
    Path file = data.resolve(ONE.toString()).resolve(PerformanceModeFile.FILE);
    assertEquals("maxIO\n", Files.readString(file));
    stop();
    Files.writeString(file, "fast");
    start();
    Exception refused = null;
    try {
      open(MAX_IO);
    } catch (Exception e) {
      refused = e;
    }
    assertTrue(String.valueOf(refused).contains("'fast'"), String.valueOf(refused));
    stop();
    Files.writeString(file, "maxIO");
    start();
    open(MAX_IO);
    assertEquals(PerformanceMode.MAX_IO, node.fileSystems().performanceMode(ONE));
  }
}
