package io.atoll.nfs4.op;

import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.SessionId;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrReader;

/**
 * BIND_CONN_TO_SESSION (RFC 8881, section 18.34). A session may be used over any connection and
 * callbacks are never sent, so that there is nothing to remember: it is granted as asked, in both
 * directions where either will do.
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
    int bound =
        switch (direction) {
          case FORE -> FORE;
          case BACK -> BACK;
          case FORE_OR_BOTH, BACK_OR_BOTH -> BOTH;
          default -> 0;
        };
    if (bound == 0) {
      call.done(Nfs4Status.INVAL);
    } else if (state.session(id) == null) {
      call.done(Nfs4Status.BADSESSION);
    } else {
      SessionCodec.encode(call.writer(), id);
      call.writer().int32(bound);
      call.writer().bool(false);
      call.done(Nfs4Status.OK);
    }
  }
}
