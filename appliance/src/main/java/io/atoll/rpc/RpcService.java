package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RPC programs, and what all connections to them share, by whichever {@link RpcServer} they came:
 * budgets, memory for calls, the number of connections. Confined to its loop.
 */
public final class RpcService {
  private static final Logger LOG = LoggerFactory.getLogger(RpcService.class);
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private final ConnectionHandler.RpcServerContext shared;
  private final RpcBudgets.Share budgets;
  private final RateLimitedLog refusals;
  private final Set<ConnectionHandler> connections = new LinkedHashSet<>();
  private Loop.Timer ticker;
  private int servers;
  private long lastConnectionId;

  /** A service that shares its limits with no other one. */
  public RpcService(
      Loop loop,
      RpcLimits limits,
      List<RpcProgram> programs,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads) {
    this(loop, limits, new RpcBudgets(limits).share(), programs, payloadFinder, payloads);
  }

  /**
   * @param budgets of the totals in {@code limits}
   */
  public RpcService(
      Loop loop,
      RpcLimits limits,
      RpcBudgets.Share budgets,
      List<RpcProgram> programs,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads) {
    this.loop = loop;
    this.budgets = budgets;
    refusals = new RateLimitedLog(LOG, loop::monotonicNanos);
    RateLimitedLog failures = new RateLimitedLog(LOG, loop::monotonicNanos);
    RpcDispatcher dispatcher =
        new RpcDispatcher(programs, new RateLimitedLog(LOG, loop::monotonicNanos), failures);
    shared =
        new ConnectionHandler.RpcServerContext(
            loop,
            limits,
            payloadFinder,
            payloads,
            dispatcher,
            new RunningCalls(),
            new CallPool(),
            new ReceiveBudget(budgets.requests(), budgets.payloads()),
            new ReplyBudget(budgets.replies()),
            new RateLimitedLog(LOG, loop::monotonicNanos),
            failures);
  }

  /** How many connections are open. */
  public int connectionCount() {
    return connections.size();
  }

  /** Nothing is served any more: gives the budgets to others. */
  public void end() {
    budgets.leave();
  }

  RateLimitedLog refusals() {
    return refusals;
  }

  // --- servers ---

  /** A server begins to listen. */
  void begun() {
    if (servers++ == 0) {
      ticker = loop.schedule(TICK_NANOS, this::tick);
    }
  }

  /** A server that had begun has no connections any more and takes no further ones. */
  void ended() {
    if (--servers == 0) {
      ticker.cancel();
    }
  }

  // --- connections ---

  /**
   * A new connection, if there may be one more.
   *
   * @param running counts its calls
   * @return null if there are as many as there may be, and all are busy
   */
  ConnectionHandler connect(RunningCalls running, SocketAddress remote) {
    if (connections.size() >= shared.limits().maxConnections() && !evictOne()) {
      refusals.warn("refused a connection, as there are too many", remote);
      return null;
    }
    ConnectionHandler connection =
        new ConnectionHandler(++lastConnectionId, shared.counting(running));
    connections.add(connection);
    return connection;
  }

  void gone(ConnectionHandler connection) {
    connections.remove(connection);
  }

  /**
   * Closes the idle connection that has called nothing for the longest, first of those that never
   * did: a client that is alive connects anew.
   *
   * @return false if all are busy
   */
  private boolean evictOne() {
    ConnectionHandler longest =
        connections.stream()
            .filter(ConnectionHandler::isIdle)
            .min(
                Comparator.<ConnectionHandler>comparingInt(
                        connection -> connection.hasServed() ? 1 : 0)
                    .thenComparingLong(ConnectionHandler::lastCallNanos))
            .orElse(null);
    if (longest == null) {
      return false;
    }
    refusals.warn("closed an idle connection for a new one", longest.remote());
    longest.close();
    return true;
  }

  private void tick() {
    ticker = loop.schedule(TICK_NANOS, this::tick);
    shared.dispatcher().tick();
    // Room that others have given back comes without notice.
    shared.budget().resumeWaiters();
    long now = loop.monotonicNanos();
    for (ConnectionHandler connection : List.copyOf(connections)) {
      try {
        connection.tick(now);
      } catch (RuntimeException e) {
        shared.failures().error("failed to look after " + connection.remote(), e);
        connection.close();
      }
    }
  }
}
