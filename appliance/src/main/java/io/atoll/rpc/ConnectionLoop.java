package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What those connections of a service share whose sockets are on one loop: memory for calls and
 * payloads, budgets, the decoding of headers. Confined to that loop.
 */
final class ConnectionLoop {
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private final RpcLimits limits;
  private final PayloadFinder payloadFinder;
  private final PayloadAllocator payloads;
  private final RpcDispatcher dispatcher;
  private final CallPool calls = new CallPool();
  private final ReceiveBudget budget;
  private final ReplyBudget replyBudget;
  private final RateLimitedLog violations;
  private final RateLimitedLog failures;
  private final Set<ConnectionHandler> connections = new LinkedHashSet<>();

  /** Written here alone. */
  private final AtomicLong records = new AtomicLong();

  /** Null while nobody is to be looked after. */
  private Loop.Timer ticker;

  /**
   * @param payloads its loop's own
   */
  ConnectionLoop(
      Loop loop,
      RpcLimits limits,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads,
      RpcDispatcher dispatcher,
      ReceiveBudget budget,
      ReplyBudget replyBudget,
      RateLimitedLog violations,
      RateLimitedLog failures) {
    this.loop = loop;
    this.limits = limits;
    this.payloadFinder = payloadFinder;
    this.payloads = payloads;
    this.dispatcher = dispatcher;
    this.budget = budget;
    this.replyBudget = replyBudget;
    this.violations = violations;
    this.failures = failures;
  }

  Loop loop() {
    return loop;
  }

  RpcLimits limits() {
    return limits;
  }

  PayloadFinder payloadFinder() {
    return payloadFinder;
  }

  PayloadAllocator payloads() {
    return payloads;
  }

  RpcDispatcher dispatcher() {
    return dispatcher;
  }

  CallPool calls() {
    return calls;
  }

  ReceiveBudget budget() {
    return budget;
  }

  ReplyBudget replyBudget() {
    return replyBudget;
  }

  /** Peers that keep to no rule. */
  RateLimitedLog violations() {
    return violations;
  }

  /** Defects of ours. */
  RateLimitedLog failures() {
    return failures;
  }

  /** A record has come whole. */
  void received() {
    records.setOpaque(records.getPlain() + 1);
  }

  /** How many have, ever. For any thread. */
  long records() {
    return records.getOpaque();
  }

  // --- connections ---

  void opened(ConnectionHandler connection) {
    connections.add(connection);
    if (ticker == null) {
      ticker = loop.schedule(TICK_NANOS, this::tick);
    }
  }

  void closed(ConnectionHandler connection) {
    connections.remove(connection);
    if (connections.isEmpty() && ticker != null) {
      ticker.cancel();
      ticker = null;
    }
  }

  private void tick() {
    ticker = loop.schedule(TICK_NANOS, this::tick);
    // Room that others have given back comes without notice.
    budget.resumeWaiters();
    long now = loop.monotonicNanos();
    for (ConnectionHandler connection : List.copyOf(connections)) {
      try {
        connection.tick(now);
      } catch (RuntimeException e) {
        failures.error("failed to look after " + connection.remote(), e);
        connection.closeNow();
      }
    }
  }
}
