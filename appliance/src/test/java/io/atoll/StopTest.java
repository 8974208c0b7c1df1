package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.disk.Disk;
import io.atoll.io.disk.DiskFile;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop comes to an end, also on a disk that does not. */
@EitherIo
class StopTest {
  private static final List<String> KEPT_FROM_THE_DISK =
      List.of("write", "writeVectored", "writeDurably", "dataSync", "close");

  @TempDir private Path data;
  private volatile boolean hangs;
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

  @Test
  void aDiskThatHangsDoesNotHoldUpAStopForEver() {
    Appliance node =
        Appliance.start(
            new ApplianceSettings(
                data,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                IoUnderTest.mode(),
                5,
                16L << 20,
                0,
                ThroughputChoice.DEFAULT,
                ClientRules.DEFAULT),
            this::hanging);
    hangs = true;
    assertEquals(StopOutcome.DISK_HANGS, node.stop(TimeUnit.SECONDS.toNanos(2)));
    assertTrue(!held.isEmpty(), "the disk was asked for nothing");
  }

  @Test
  void aStopInOrderSaysThatAllIsOnDisk() {
    Appliance node =
        Appliance.start(
            new ApplianceSettings(
                data,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                IoUnderTest.mode(),
                5,
                16L << 20,
                0,
                ThroughputChoice.DEFAULT,
                ClientRules.DEFAULT),
            this::hanging);
    assertEquals(StopOutcome.ALL_ON_DISK, node.stop());
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
