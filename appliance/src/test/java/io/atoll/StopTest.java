package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.control.FileSystemShape;
import io.atoll.fs.FileSystemId;
import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import io.vertx.core.Future;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop comes to an end, also on a disk that does not. */
@EitherIo
class StopTest {
  private static final List<String> KEPT_FROM_THE_DISK =
      List.of("write", "writeVectored", "writeDurably", "dataSync", "close");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private Path data;
  private volatile boolean hangs;
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

  @Test
  void aDiskThatHangsDoesNotHoldUpAStopForEver() throws Exception {
    Appliance node = start();
    hangs = true;
    assertEquals(StopOutcome.DISK_HANGS, node.stop(TimeUnit.SECONDS.toNanos(2)));
    assertTrue(!held.isEmpty(), "the disk was asked for nothing");
    assertNothingIsBegun(node);
  }

  /** While a node is on its way to its end. */
  private static void assertNothingIsBegun(Appliance node) throws Exception {
    InetSocketAddress api = node.facts().apiAddress();
    HttpResponse<String> ready =
        HTTP.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + api.getPort() + "/health/ready"))
                .build(),
            BodyHandlers.ofString());
    assertEquals(503, ready.statusCode());
    assertEquals("the node is being stopped", ready.body().strip());
    assertRefused(node.fileSystems().create(new FileSystemId(1, 2), FileSystemShape.DEFAULT));
    assertRefused(node.control().call(() -> "begun"));
  }

  private static void assertRefused(Future<?> request) {
    CompletionException refused =
        assertThrows(
            CompletionException.class,
            () -> request.toCompletionStage().toCompletableFuture().join());
    assertEquals("the node is being stopped", refused.getCause().getMessage());
  }

  @Test
  void aStopInOrderSaysThatAllIsOnDisk() {
    assertEquals(StopOutcome.ALL_ON_DISK, start().stop());
  }

  @Test
  void aStartThatIsToStopServesNobodyAndLeavesWhatItFoundOfACrash() throws Exception {
    Files.createDirectories(data);
    Files.writeString(data.resolve("lock"), "4711\n");
    StopRequest request = new StopRequest();
    request.make();
    Appliance node = Appliance.start(settings(), request);
    assertFalse(node.isReady());
    assertFalse(node.awaitFailureOrStop());
    assertEquals(StopOutcome.ALL_ON_DISK, node.stop());
    assertEquals("4711", Files.readString(data.resolve("lock")));
    try (Stream<Path> made = Files.list(data)) {
      assertEquals(List.of(data.resolve("lock")), made.toList());
    }
  }

  private Appliance start() {
    return Appliance.start(settings(), this::hanging);
  }

  private ApplianceSettings settings() {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new ApplianceSettings(
        data,
        anyPort,
        anyPort,
        IoUnderTest.mode(),
        5,
        16L << 20,
        0,
        ThroughputChoice.DEFAULT,
        ClientRules.DEFAULT);
  }

  /** A disk from whose files what they are asked for is kept, once it hangs. */
  private Disk hanging(Disk disk) {
    return proxy(
        Disk.class,
        (method, arguments) -> {
          if (method.getName().equals("open")) {
            Disk.OpenedFile opened = (Disk.OpenedFile) arguments[2];
            arguments[2] =
                (Disk.OpenedFile)
                    (file, result) -> opened.opened(file == null ? null : hanging(file), result);
          }
          return call(disk, method, arguments);
        });
  }

  private DiskFile hanging(DiskFile file) {
    return proxy(
        DiskFile.class,
        (method, arguments) -> {
          if (hangs && KEPT_FROM_THE_DISK.contains(method.getName())) {
            held.add(() -> call(file, method, arguments));
            return null;
          }
          return call(file, method, arguments);
        });
  }

  private interface Handler {
    Object handle(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> handler.handle(method, arguments)));
  }

  private static Object call(Object target, Method method, Object[] arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
