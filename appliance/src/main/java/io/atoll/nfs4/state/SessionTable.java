package io.atoll.nfs4.state;

import io.atoll.io.buffer.FairShares;
import io.atoll.nfs4.wire.Nfs4Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** All sessions, within the bounds of {@link SessionLimits}. Loop-confined. */
final class SessionTable {
  /** How many sessions are asked for slots when a new one does not get all that it wanted. */
  private static final int SESSIONS_ASKED = 64;

  private final SessionLimits limits;
  private final RandomGenerator random;
  private final Consumer<ClientRecord> renewal;
  private final ReplyCacheBudget budget;

  /** The order is that in which they are next asked to give slots back. */
  private final LinkedHashMap<SessionId, Session> sessions = new LinkedHashMap<>();

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
    ChannelAttributes back = request.back().asBackChannel(limits);
    SessionId id = new SessionId(client.clientId(), random.nextLong());
    BackChannel backChannel = new BackChannel(id, back, request.callbacks());
    Session session = new Session(id, client, fore, budget, backChannel, renewal);
    if (session.fore().maxRequests() < fore.maxRequests()) {
      askForSlots();
    }
    if (session.fore().maxRequests() == 0) {
      return CreateSession.Result.failed(Nfs4Status.NOSPC);
    }
    sessions.put(id, session);
    client.sessions().add(session);
    return new CreateSession.Result(
        Nfs4Status.OK,
        id,
        request.sequence(),
        request.backChannel() && backChannel.isPossible(),
        session.fore(),
        back);
  }

  /** Memory is short: some sessions, others each time, are to give back what they do not use. */
  private void askForSlots() {
    int asked = Math.min(sessions.size(), SESSIONS_ASKED);
    for (int i = 0; i < asked; i++) {
      Map.Entry<SessionId, Session> first = sessions.pollFirstEntry();
      first.getValue().slots().lowerTarget();
      sessions.putLast(first.getKey(), first.getValue());
    }
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
    session.slots().release();
    session.backChannel().close();
  }

  int size() {
    return sessions.size();
  }

  long reservedReplyBytes() {
    return budget.reservedBytes();
  }
}
