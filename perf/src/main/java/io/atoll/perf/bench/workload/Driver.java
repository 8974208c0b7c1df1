package io.atoll.perf.bench.workload;

import io.atoll.perf.bench.client.NfsFailure;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.perf.bench.figures.LoopFigures;
import io.atoll.perf.bench.figures.Window;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps lanes of one loop going, of which no more than a given number are busy at once; the one
 * that has rested for longest is the next. In a closed loop one begins as soon as another has
 * ended; in an open loop operations are due at fixed times, whatever the server does, and one that
 * finds no free lane waits for one, which counts in its response time. Confined to its loop but for
 * what is said to be not.
 */
public final class Driver implements Lane.Listener {
  /** With so many refusals in succession nothing comes of it any more. */
  private static final int REFUSALS_IN_SUCCESSION_MAX = 100;

  private final EventLoop loop;
  private final List<Lane> lanes;
  private final LoopFigures figures;
  private final Window window;
  private final Pace pace;
  private final Consumer<RuntimeException> onFailure;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Runnable onTimer = guarded(this::timerFired);

  /** Lanes with nothing to do. */
  private final ArrayDeque<Lane> idle;

  private final int busyMax;

  /** Lanes that are busy; in a closed loop also those that are yet to begin. */
  private int running;

  private int refusalsInSuccession;
  private boolean ended;
  private boolean timerSet;

  /**
   * @param busyMax how many of the lanes are busy at once, at most
   * @param pace null for a closed loop
   * @param onFailure is told if there is no sense in going on
   */
  public Driver(
      EventLoop loop,
      List<Lane> lanes,
      int busyMax,
      LoopFigures figures,
      Window window,
      Pace pace,
      Consumer<RuntimeException> onFailure) {
    this.loop = loop;
    this.lanes = lanes;
    this.figures = figures;
    this.window = window;
    this.pace = pace;
    this.onFailure = onFailure;
    this.busyMax = Math.min(busyMax, lanes.size());
    idle = new ArrayDeque<>(lanes);
    lanes.forEach(lane -> lane.listener(this));
  }

  /**
   * Begins. From any thread.
   *
   * @param first the number of its first request in flight among all of the load
   * @param all how many there are, over whose number the rise of the load is spread
   * @return ends when no lane has anything to do any more
   */
  public CompletableFuture<Void> run(int first, int all) {
    loop.execute(guarded(() -> begin(first, all)));
    return end;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // of timers that are never cancelled
  private void begin(int first, int all) {
    if (pace != null) {
      arrive();
      return;
    }
    running = busyMax;
    if (running == 0) {
      complete();
    }
    long rampNanos = window.fromNanos() - window.startNanos();
    for (int i = 0; i < busyMax; i++) {
      long at = window.startNanos() + rampNanos * (first + i) / all;
      loop.schedule(guarded(this::next), at - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  /** What is thrown in a task of the loop would be lost, and the run never end. */
  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Throwable defect) {
        onFailure.accept(new IllegalStateException("the client failed: " + defect, defect));
      }
    };
  }

  /**
   * Ends at once: requests in flight count as unanswered, and nothing is counted afterwards. From
   * any thread.
   *
   * @return ends when the figures are complete
   */
  public CompletableFuture<Void> abort() {
    CompletableFuture<Void> aborted = new CompletableFuture<>();
    loop.execute(() -> {
      if (!ended) {
        long now = System.nanoTime();
        for (Lane lane : lanes) {
          if (lane.isBusy()) {
            figures.unanswered(lane.kind(), lane.dueNanos(), lane.startedNanos(), now);
          }
        }
        countNeverStarted(now);
        ended = true;
      }
      aborted.complete(null);
    });
    return aborted;
  }

  @Override
  public void done(Lane lane, long bytes, long items) {
    if (ended) {
      return;
    }
    refusalsInSuccession = 0;
    figures.done(
        lane.kind(), lane.dueNanos(), lane.startedNanos(), lane.answeredNanos(), bytes, items);
    proceed(lane);
  }

  @Override
  public void refused(Lane lane, String what) {
    if (ended) {
      return;
    }
    figures.refused(what);
    if (++refusalsInSuccession == REFUSALS_IN_SUCCESSION_MAX) {
      onFailure.accept(
          new NfsFailure(
              Kind.REFUSED,
              "the server refused "
                  + REFUSALS_IN_SUCCESSION_MAX
                  + " operations in succession, the last one with "
                  + what));
      return;
    }
    proceed(lane);
  }

  private void proceed(Lane lane) {
    idle.addLast(lane);
    if (pace == null) {
      next();
    } else {
      running--;
      arrive();
    }
  }

  private void next() {
    if (ended) {
      return;
    }
    long now = System.nanoTime();
    boolean begun = now - window.untilNanos() < 0 && beginIdle(now, now);
    if (!begun && --running == 0) {
      complete();
    }
  }

  /** Begins an operation of the next lane that has something left to do; false if none has. */
  private boolean beginIdle(long dueNanos, long nowNanos) {
    while (!idle.isEmpty()) {
      if (idle.pollFirst().begin(dueNanos, nowNanos)) {
        return true;
      }
    }
    return false;
  }

  private void complete() {
    ended = true;
    end.complete(null);
  }

  private void timerFired() {
    timerSet = false;
    arrive();
  }

  /** Begins what is due as far as there are lanes, and sets the time for what is due next. */
  @SuppressWarnings("FutureReturnValueIgnored") // of a timer that is never cancelled
  private void arrive() {
    if (ended) {
      return;
    }
    long now = System.nanoTime();
    while (isLaneFree() && pace.dueNanos() - now <= 0 && !isOver()) {
      long due = pace.dueNanos();
      pace.next();
      if (beginIdle(due, now)) {
        running++;
      }
    }
    if (isOver() || now - window.untilNanos() >= 0 || (running == 0 && idle.isEmpty())) {
      countNeverStarted(now);
      if (running == 0) {
        complete();
      }
    } else if (isLaneFree() && !timerSet) {
      timerSet = true;
      loop.schedule(onTimer, Math.max(0, pace.dueNanos() - now), TimeUnit.NANOSECONDS);
    }
  }

  private boolean isLaneFree() {
    return running < busyMax && !idle.isEmpty();
  }

  private boolean isOver() {
    return pace.dueNanos() - window.untilNanos() >= 0;
  }

  private void countNeverStarted(long now) {
    if (pace != null) {
      while (!isOver() && pace.dueNanos() - now < 0) {
        figures.neverStarted(lanes.getFirst().kind(), pace.dueNanos(), now);
        pace.next();
      }
    }
  }
}
