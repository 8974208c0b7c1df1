package io.atoll.nfs4.op;

import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.Session;
import io.atoll.nfs4.state.SessionId;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrReader;

/**
 * BIND_CONN_TO_SESSION (RFC 8881, section 18.34). A session may be used over any connection, so
 * that of the fore channel there is nothing to remember. The back channel is granted whenever it
 * will do, unless the session can have none.
 */
final class BindConnectionOp implements Op {
  private static final int FORE = 1;
  private static final int BACK = 2;
  private static final int FORE_OR_BOTH = 3;
  private static final int BACK_OR_BOTH = 7;
  private static final int BOTH = 3;

  private final NfsState state;

  BindConnectionOp(NfsState state) {
    this.state = state;
  }

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    SessionId id = SessionCodec.sessionId(reader);
    int direction = reader.int32();
    reader.bool(); // RDMA mode
    if (call.refusesArguments()) {
      return;
    }
    if (direction != FORE
        && direction != BACK
        && direction != FORE_OR_BOTH
        && direction != BACK_OR_BOTH) {
      call.done(Nfs4Status.INVAL);
      return;
    }
    Session session = state.session(id);
    if (session == null) {
      call.done(Nfs4Status.BADSESSION);
      return;
    }
    boolean isBack =
        direction != FORE && session.backChannel().bind(new ConnectionPath(call.connection()));
    if (direction == BACK && !isBack) {
      call.done(Nfs4Status.INVAL); // The session was made without a back channel.
      return;
    }
    SessionCodec.encode(call.writer(), id);
    call.writer().int32(direction == BACK ? BACK : isBack ? BOTH : FORE);
    call.writer().bool(false);
    call.done(Nfs4Status.OK);
  }
}
