package io.atoll.perf.bench.client;

import io.atoll.nfs4.wire.Operation;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A connection with its slots: those of a session of its own, or its share of another's. It keeps
 * the lease alive while nothing else is asked.
 */
public final class NfsClient {
  /** Shorter than a third of any lease that makes sense. */
  private static final long KEEP_ALIVE_MILLIS = 1500;

  private final NfsConnection connection;
  private final NfsSession session;
  private final boolean ownsSession;
  private final List<Slot> slots;
  private final Calls calls;
  private final NfsFiles files;
  private boolean closed;

  private NfsClient(
      NfsConnection connection,
      NfsSession session,
      boolean ownsSession,
      int firstSlot,
      int slotCount,
      ClientSettings settings) {
    this.connection = connection;
    this.session = session;
    this.ownsSession = ownsSession;
    slots =
        IntStream.range(0, slotCount)
            .mapToObj(
                i -> new Slot(connection, session, i, firstSlot + i, settings.delayLimitNanos()))
            .toList();
    calls = new Calls(connection, slots);
    files = new NfsFiles(calls);
    connection.writer().clientId(session.clientId());
    connection.loop().execute(this::scheduleKeepAlive);
  }

  /**
   * Connects, with a client ID and a session of its own.
   *
   * @param owner what tells this client from all others
   * @param slots wanted for this connection; the server may grant fewer
   * @param otherSlots wanted besides, for those who {@link #join}; all of them or none are granted
   * @param watcher is told, on the loop, of the connection and if it fails later
   * @return fails with an {@link NfsFailure}
   */
  public static CompletableFuture<NfsClient> open(
      ClientLoops loops,
      EventLoop loop,
      InetSocketAddress address,
      String owner,
      int slots,
      int otherSlots,
      ClientSettings settings,
      ConnectionWatcher watcher) {
    RpcHeader header = new RpcHeader(settings.userId(), settings.groupId());
    return NfsConnection.connect(loops, loop, address, header, watcher)
        .thenCompose(connection ->
            new SessionSetup(connection, settings.delayLimitNanos())
                .establish(owner, slots + otherSlots)
                .thenApply(session -> {
                  int needed = otherSlots == 0 ? 1 : slots + otherSlots;
                  requireSlots(connection, session.slots(), needed);
                  int own = Math.min(slots, session.slots());
                  return new NfsClient(connection, session, true, 0, own, settings);
                }))
        .thenCompose(client -> client.reclaimComplete().thenApply(done -> client));
  }

  /** Connects and uses slots of another client's session, from {@code firstSlot} on. */
  public static CompletableFuture<NfsClient> join(
      ClientLoops loops,
      EventLoop loop,
      InetSocketAddress address,
      NfsSession session,
      int firstSlot,
      int slotCount,
      ClientSettings settings,
      ConnectionWatcher watcher) {
    RpcHeader header = new RpcHeader(settings.userId(), settings.groupId());
    return NfsConnection.connect(loops, loop, address, header, watcher)
        .thenApply(connection -> {
          requireSlots(connection, session.slots(), firstSlot + slotCount);
          return new NfsClient(connection, session, false, firstSlot, slotCount, settings);
        });
  }

  private static void requireSlots(NfsConnection connection, int granted, int needed) {
    if (granted < needed) {
      throw new NfsFailure(
          Kind.REFUSED,
          connection.server()
              + ": CREATE_SESSION: the server grants "
              + granted
              + " slots where "
              + needed
              + " are needed: take fewer connections, or less depth");
    }
  }

  private CompletableFuture<Void> reclaimComplete() {
    return calls.call(
        "RECLAIM_COMPLETE",
        true,
        out -> out.operation(Operation.RECLAIM_COMPLETE).bool(false),
        reply -> {
          reply.expect(Operation.RECLAIM_COMPLETE);
          return null;
        });
  }

  @SuppressWarnings("FutureReturnValueIgnored") // of a timer that looks whether it is wanted
  private void scheduleKeepAlive() {
    if (!closed) {
      connection.loop().schedule(this::keepAlive, KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void keepAlive() {
    if (closed) {
      return;
    }
    if (connection.vitals().unanswered() == 0) {
      slots.getFirst().keepAlive();
    }
    scheduleKeepAlive();
  }

  public EventLoop loop() {
    return connection.loop();
  }

  public NfsSession session() {
    return session;
  }

  /** For a load. */
  public List<Slot> slots() {
    return slots;
  }

  public Calls calls() {
    return calls;
  }

  /** Files by futures. */
  public NfsFiles files() {
    return files;
  }

  public Vitals vitals() {
    return connection.vitals();
  }

  /** Ends the session if it is this client's, and the connection. */
  @SuppressWarnings("FutureReturnValueIgnored") // what comes of it is in the other one
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    loop()
        .execute(() -> {
          closed = true;
          CompletableFuture<Void> destroyed =
              ownsSession
                  ? new SessionSetup(connection, 0).destroy(session)
                  : CompletableFuture.completedFuture(null);
          destroyed.whenComplete((done, failure) -> {
            connection.end();
            ended.complete(null);
          });
        });
    return ended;
  }

  /** Ends the connection at once, and tells the server nothing. */
  public void abandon() {
    loop()
        .execute(() -> {
          closed = true;
          connection.end();
        });
  }
}
