package io.atoll.nfs4.op;

import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.Operation;
import java.util.EnumMap;
import java.util.Map;

/**
 * The operations on client state: clients, sessions, opens, locks. Those of NFSv4.0 (SETCLIENTID,
 * RENEW, OPEN_CONFIRM, RELEASE_LOCKOWNER) are not among them, and so NFS4ERR_NOTSUPP as they must
 * be (RFC 8881, section 17).
 */
public final class StateOperations {
  private StateOperations() {}

  /** What READ, WRITE and SETATTR ask. */
  public static StateidCheck check(NfsState state) {
    return new StateidOps(state);
  }

  /**
   * A new map of them.
   *
   * @param handles the codec of filehandles, for callbacks
   */
  public static Map<Operation, Op> all(
      NfsState state, ServerIdentity identity, FileHandleCodec handles) {
    state.notifyLocksBy(new LockNotification(handles));
    SessionOps sessions = new SessionOps(state);
    StateidOps stateids = new StateidOps(state);
    OpenOps opens = new OpenOps(state);
    LockOps locks = new LockOps(state);
    Map<Operation, Op> ops = new EnumMap<>(Operation.class);
    ops.put(Operation.EXCHANGE_ID, new ExchangeIdOp(state, identity));
    ops.put(Operation.CREATE_SESSION, new CreateSessionOp(state));
    ops.put(Operation.BIND_CONN_TO_SESSION, new BindConnectionOp(state));
    ops.put(Operation.BACKCHANNEL_CTL, sessions::backChannelControl);
    ops.put(Operation.SEQUENCE, new SequenceOp(state));
    ops.put(Operation.DESTROY_SESSION, sessions::destroySession);
    ops.put(Operation.DESTROY_CLIENTID, sessions::destroyClient);
    ops.put(Operation.RECLAIM_COMPLETE, sessions::reclaimComplete);
    ops.put(Operation.TEST_STATEID, stateids::test);
    ops.put(Operation.FREE_STATEID, stateids::free);
    ops.put(Operation.DELEGRETURN, stateids::returnDelegation);
    ops.put(Operation.OPEN, opens::open);
    ops.put(Operation.CLOSE, opens::close);
    ops.put(Operation.OPEN_DOWNGRADE, opens::downgrade);
    ops.put(Operation.LOCK, locks::lock);
    ops.put(Operation.LOCKT, locks::test);
    ops.put(Operation.LOCKU, locks::unlock);
    return ops;
  }
}
