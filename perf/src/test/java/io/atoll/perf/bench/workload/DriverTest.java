package io.atoll.perf.bench.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.perf.bench.figures.LoopFigures;
import io.atoll.perf.bench.figures.Window;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What keeps lanes going, without a server. */
class DriverTest {
  private static final int LANES = 8;
  private static final int KINDS = 1;
  private static final double RATE = 500;
  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LONG_RUN_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long PATIENCE_SECONDS = 60;

  private final EventLoop loop = new DefaultEventLoop();
  private final AtomicInteger timers = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();

  /** As {@link #loop}, with its timers counted. */
  private final EventLoop counted =
      (EventLoop)
          Proxy.newProxyInstance(
              EventLoop.class.getClassLoader(),
              new Class<?>[] {EventLoop.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("schedule")) {
                  timers.incrementAndGet();
                }
                return method.invoke(loop, arguments);
              });

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void anOpenLoopHasOneTimerWhateverItsDepth() throws Exception {
    Window window = window(RUN_NANOS);
    driver(window, new Pace(window.startNanos(), RATE, 0), new CompletableFuture<>())
        .run(0, LANES)
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(begun.get() > 0);
    assertTrue(timers.get() <= begun.get() + 1, timers + " timers for " + begun + " operations");
  }

  @Test
  void whatIsThrownInATaskOfTheLoopEndsTheRun() throws Exception {
    CompletableFuture<RuntimeException> told = new CompletableFuture<>();
    Lane failing =
        new AnsweredAtOnce() {
          @Override
          protected boolean start() {
            throw new OutOfMemoryError("for the test");
          }
        };
    Window window = window(LONG_RUN_NANOS);
    CompletableFuture<Void> end =
        new Driver(counted, List.of(failing), 1, figures(window), window, null, told::complete)
            .run(0, 1);
    RuntimeException failure = told.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertInstanceOf(OutOfMemoryError.class, failure.getCause());
    assertFalse(end.isDone());
    assertEquals(0, begun.get());
  }

  private Driver driver(Window window, Pace pace, CompletableFuture<RuntimeException> failed) {
    List<Lane> lanes = IntStream.range(0, LANES).<Lane>mapToObj(i -> new AnsweredAtOnce()).toList();
    return new Driver(counted, lanes, LANES, figures(window), window, pace, failed::complete);
  }

  private static Window window(long nanos) {
    long now = System.nanoTime();
    return new Window(now, now, now + nanos);
  }

  private static LoopFigures figures(Window window) {
    return new LoopFigures(KINDS, window);
  }

  /** A lane whose server answers in the loop's next task. */
  private class AnsweredAtOnce extends Lane {
    AnsweredAtOnce() {
      super(null);
    }

    @Override
    protected boolean start() {
      begun.incrementAndGet();
      kind(0);
      loop.execute(() -> done(0, 0));
      return true;
    }

    @Override
    public long answeredNanos() {
      return System.nanoTime();
    }
  }
}
