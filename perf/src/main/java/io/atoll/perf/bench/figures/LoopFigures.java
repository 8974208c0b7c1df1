package io.atoll.perf.bench.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All that one event loop measures in one run. Confined to it, but for {@link #operationsSoFar} and
 * {@link #bytesSoFar}.
 */
public final class LoopFigures {
  /** Of different refusals; further ones count under one name. */
  private static final int REFUSALS_MAX = 50;

  private final Window window;
  private final List<OperationFigures> kinds = new ArrayList<>();
  private final Timeline timeline;
  private final Map<String, Long> refusals = new TreeMap<>();
  private final AtomicLong operationsSoFar = new AtomicLong();
  private final AtomicLong bytesSoFar = new AtomicLong();
  private long unanswered;
  private long neverStarted;

  public LoopFigures(int kindCount, Window window) {
    this.window = window;
    for (int i = 0; i < kindCount; i++) {
      kinds.add(new OperationFigures());
    }
    timeline = new Timeline(window);
  }

  /**
   * An operation has ended well. Its times count if it was due in the window, its throughput if it
   * ended there.
   */
  public void done(
      int kind, long dueNanos, long startedNanos, long endedNanos, long bytes, long items) {
    OperationFigures figures = kinds.get(kind);
    if (window.holds(dueNanos)) {
      figures.time(endedNanos - startedNanos, endedNanos - dueNanos);
    }
    if (window.holds(endedNanos)) {
      figures.count(bytes, items);
      timeline.count(endedNanos, bytes, endedNanos - dueNanos);
    }
    operationsSoFar.lazySet(operationsSoFar.getPlain() + 1);
    bytesSoFar.lazySet(bytesSoFar.getPlain() + bytes);
  }

  /** An operation was refused by the server. */
  public void refused(String what) {
    String name = refusals.size() < REFUSALS_MAX || refusals.containsKey(what) ? what : "others";
    refusals.merge(name, 1L, Long::sum);
  }

  /** An operation had no answer when the run ended: it took at least as long as it had waited. */
  public void unanswered(int kind, long dueNanos, long startedNanos, long nowNanos) {
    unanswered++;
    if (window.holds(dueNanos)) {
      kinds.get(kind).time(nowNanos - startedNanos, nowNanos - dueNanos);
    }
  }

  /** An operation was due and could not be started before the run ended. */
  public void neverStarted(int kind, long dueNanos, long nowNanos) {
    neverStarted++;
    if (window.holds(dueNanos)) {
      kinds.get(kind).response().recordValue(Math.max(0, nowNanos - dueNanos));
    }
  }

  /** Takes another loop's figures of the same run in. */
  public void add(LoopFigures other) {
    for (int i = 0; i < kinds.size(); i++) {
      kinds.get(i).add(other.kinds.get(i));
    }
    timeline.add(other.timeline);
    other.refusals.forEach((name, count) -> refusals.merge(name, count, Long::sum));
    unanswered += other.unanswered;
    neverStarted += other.neverStarted;
  }

  public OperationFigures kind(int kind) {
    return kinds.get(kind);
  }

  public Timeline timeline() {
    return timeline;
  }

  /** What the server refused, and how often. */
  public Map<String, Long> refusals() {
    return refusals;
  }

  public long unanswered() {
    return unanswered;
  }

  public long neverStarted() {
    return neverStarted;
  }

  /** From any thread. */
  public long operationsSoFar() {
    return operationsSoFar.get();
  }

  /** From any thread. */
  public long bytesSoFar() {
    return bytesSoFar.get();
  }
}
