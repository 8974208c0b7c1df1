package io.atoll.nfs4.state;

import io.atoll.io.buffer.FairShares;
import io.atoll.nfs4.wire.Nfs4Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** All sessions, within the bounds of {@link SessionLimits}. Loop-confined. */
final class SessionTable {
  private final SessionLimits limits;
  private final RandomGenerator random;
  private final Consumer<ClientRecord> renewal;
  private final ReplyCacheBudget budget;
  private final Map<SessionId, Session> sessions = new HashMap<>();

  SessionTable(
      SessionLimits limits,
      FairShares.Member replyCache,
      RandomGenerator random,
      Consumer<ClientRecord> renewal) {
    this.limits = limits;
    this.random = random;
    this.renewal = renewal;
    this.budget = new ReplyCacheBudget(replyCache);
  }

  /** The session, or null: BADSESSION. */
  Session find(SessionId id) {
    return sessions.get(id);
  }

  /**
   * CREATE_SESSION's phase 4 for a confirmed client (RFC 8881 §18.36.4): negotiates, reserves the
   * reply cache and makes the session.
   */
  CreateSession.Result create(ClientRecord client, CreateSession.Request request) {
    if (!mayHaveAnother(client)) {
      return CreateSession.Result.failed(Nfs4Status.NOSPC);
    }
    ChannelAttributes fore = request.fore().boundedBy(limits);
    int slots = budget.reserve(fore.maxRequests(), fore.maxCachedResponseBytes());
    if (slots == 0) {
      return CreateSession.Result.failed(Nfs4Status.NOSPC);
    }
    SessionId id = new SessionId(client.clientId(), random.nextLong());
    Session session = new Session(id, client, fore.withRequests(slots), renewal);
    sessions.put(id, session);
    client.sessions().add(session);
    return new CreateSession.Result(
        Nfs4Status.OK,
        id,
        request.sequence(),
        request.backChannel(),
        session.fore(),
        request.back().asBackChannel(limits));
  }

  /** Whether the client is below its own bound on sessions. */
  boolean mayHaveAnother(ClientRecord client) {
    return client.sessions().size() < limits.maxSessionsPerClient();
  }

  void destroy(Session session) {
    session.client().sessions().remove(session);
    forget(session);
  }

  void destroyAllOf(ClientRecord client) {
    List<Session> gone = List.copyOf(client.sessions());
    client.sessions().clear();
    gone.forEach(this::forget);
  }

  private void forget(Session session) {
    sessions.remove(session.id());
    ChannelAttributes fore = session.fore();
    budget.release(fore.maxRequests(), fore.maxCachedResponseBytes());
  }

  int size() {
    return sessions.size();
  }

  long reservedReplyBytes() {
    return budget.reservedBytes();
  }
}
