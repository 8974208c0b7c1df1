package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import io.atoll.io.loop.VertxLoop;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RPC programs, and all connections to them, by whichever {@link RpcServer} they came. Programs run
 * on the service's home loop; the sockets of its connections are on the loops of its {@link
 * Place}s, each new one where there are the fewest. Confined to the home loop.
 */
public final class RpcService {
  private static final Logger LOG = LoggerFactory.getLogger(RpcService.class);
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final VertxLoop home;
  private final RpcLimits limits;
  private final RpcBudgets.Share budgets;
  private final RpcPrograms programs;
  private final RateLimitedLog refusals;
  private final RateLimitedLog failures;
  private final List<Seats> places = new ArrayList<>();
  private final Set<ServedConnection> connections = new LinkedHashSet<>();
  private Loop.Timer ticker;
  private int servers;
  private long lastConnectionId;

  /**
   * Where sockets of a service may be.
   *
   * @param loop that they are on
   * @param payloadFinder used there alone
   * @param payloads what large payloads are received into there
   */
  public record Place(VertxLoop loop, PayloadFinder payloadFinder, PayloadAllocator payloads) {}

  /** A service that shares its limits with no other one, all of it on one loop. */
  public RpcService(
      VertxLoop home,
      RpcLimits limits,
      List<RpcProgram> programs,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads) {
    this(
        home,
        limits,
        new RpcBudgets(limits).share(),
        programs,
        List.of(new Place(home, payloadFinder, payloads)));
  }

  /**
   * @param budgets of the totals in {@code limits}
   * @param places where its sockets may be, at least one; of two with as few, the first is taken
   */
  public RpcService(
      VertxLoop home,
      RpcLimits limits,
      RpcBudgets.Share budgets,
      List<RpcProgram> programs,
      List<Place> places) {
    this.home = home;
    this.limits = limits;
    this.budgets = budgets;
    refusals = log(home);
    failures = log(home);
    this.programs = new RpcPrograms(programs, log(home), failures);
    for (Place place : places) {
      this.places.add(
          new Seats(
              place.loop(),
              connectionLoop(
                  place.loop(),
                  limits,
                  budgets,
                  programs,
                  place.payloadFinder(),
                  place.payloads())));
    }
  }

  private static RateLimitedLog log(Loop loop) {
    return new RateLimitedLog(LOG, loop::monotonicNanos);
  }

  static ConnectionLoop connectionLoop(
      Loop loop,
      RpcLimits limits,
      RpcBudgets.Share budgets,
      List<RpcProgram> programs,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads) {
    return new ConnectionLoop(
        loop,
        limits,
        payloadFinder,
        payloads,
        new RpcDispatcher(programs, log(loop)),
        new ReceiveBudget(budgets.requests(), budgets.payloads()),
        new ReplyBudget(budgets.replies()),
        log(loop),
        log(loop));
  }

  /** How many connections are open. */
  public int connectionCount() {
    return connections.size();
  }

  /**
   * What the sockets on one loop do.
   *
   * @param connections that are open there
   * @param records that came there, ever
   */
  public record Load(VertxLoop loop, int connections, long records) {}

  /** What is done where. */
  public List<Load> loads() {
    return places.stream()
        .map(seats -> new Load(seats.loop, seats.taken, seats.shared.records()))
        .toList();
  }

  /** Nothing is served any more: gives the budgets to others. */
  public void end() {
    budgets.leave();
  }

  VertxLoop home() {
    return home;
  }

  RateLimitedLog refusals() {
    return refusals;
  }

  // --- servers ---

  /** A server begins to listen. */
  void begun() {
    if (servers++ == 0) {
      ticker = home.schedule(TICK_NANOS, this::tick);
    }
  }

  /** A server that had begun has no connections any more and takes no further ones. */
  void ended() {
    if (--servers == 0) {
      ticker.cancel();
    }
  }

  private void tick() {
    ticker = home.schedule(TICK_NANOS, this::tick);
    programs.tick();
  }

  // --- connections ---

  /**
   * A new connection, if there may be one more.
   *
   * @param entrance see {@link RpcConnection#entrance}
   * @param running counts its calls
   * @return null if there are as many as there may be, and all are busy
   */
  Seat connect(String entrance, RunningCalls running, SocketAddress remote) {
    if (connections.size() >= limits.maxConnections() && !evictOne()) {
      refusals.warn("refused a connection, as there are too many", remote);
      return null;
    }
    Seats emptiest = places.getFirst();
    for (Seats seats : places) {
      emptiest = seats.taken < emptiest.taken ? seats : emptiest;
    }
    emptiest.taken++;
    ConnectionHandler socket = new ConnectionHandler(emptiest.shared);
    ServedConnection connection =
        ServedConnection.over(
            socket, ++lastConnectionId, entrance, home, programs, running, failures);
    connections.add(connection);
    return new Seat(connection, socket, emptiest);
  }

  void gone(Seat seat) {
    seat.at.taken--;
    connections.remove(seat.connection);
  }

  /**
   * Closes the idle connection that has called nothing for the longest, first of those that never
   * did: a client that is alive connects anew.
   *
   * @return false if all are busy
   */
  private boolean evictOne() {
    ServedConnection longest =
        connections.stream()
            .filter(ServedConnection::isIdle)
            .min(
                Comparator.<ServedConnection>comparingInt(
                        connection -> connection.hasServed() ? 1 : 0)
                    .thenComparingLong(ServedConnection::lastCallNanos))
            .orElse(null);
    if (longest == null) {
      return false;
    }
    refusals.warn("closed an idle connection for a new one", longest.remote());
    longest.close();
    return true;
  }

  /** A loop for sockets, and how many there are on it. */
  private static final class Seats {
    private final VertxLoop loop;
    private final ConnectionLoop shared;
    private int taken;

    Seats(VertxLoop loop, ConnectionLoop shared) {
      this.loop = loop;
      this.shared = shared;
    }
  }

  /** A connection, its socket, and where that is. */
  static final class Seat {
    private final ServedConnection connection;
    private final ConnectionHandler socket;
    private final Seats at;

    private Seat(ServedConnection connection, ConnectionHandler socket, Seats at) {
      this.connection = connection;
      this.socket = socket;
      this.at = at;
    }

    ServedConnection connection() {
      return connection;
    }

    ConnectionHandler socket() {
      return socket;
    }

    VertxLoop loop() {
      return at.loop;
    }
  }
}
