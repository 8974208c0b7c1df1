package io.atoll.nfs4.op;

import io.atoll.nfs4.state.CallbackProgram;
import io.atoll.nfs4.state.ChannelAttributes;
import io.atoll.nfs4.state.CreateSession;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.Session;
import io.atoll.nfs4.state.SessionId;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/**
 * CREATE_SESSION (RFC 8881, section 18.36). A session is never persistent: its reply cache does not
 * survive a restart, and to say so would keep clients from exclusive creates that do.
 */
final class CreateSessionOp implements Op {
  private static final int PERSIST = 1;
  private static final int CONN_BACK_CHAN = 2;
  private static final int CONN_RDMA = 4;

  private final NfsState state;

  CreateSessionOp(NfsState state) {
    this.state = state;
  }

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    long clientId = reader.int64();
    int sequence = reader.int32();
    int flags = reader.int32();
    ChannelAttributes fore = SessionCodec.channel(reader);
    ChannelAttributes back = SessionCodec.channel(reader);
    CallbackProgram callbacks = SessionCodec.callbackProgram(reader);
    if (call.refusesArguments()) {
      return;
    }
    if ((flags & ~(PERSIST | CONN_BACK_CHAN | CONN_RDMA)) != 0) {
      call.done(Nfs4Status.INVAL);
      return;
    }
    CreateSession.Result result =
        state.createSession(
            new CreateSession.Request(
                clientId,
                sequence,
                (flags & CONN_BACK_CHAN) != 0,
                fore,
                back,
                callbacks,
                Callers.principal(call)));
    call.fsCall().dependsOn(state.journalSequence());
    if (result.status().isOk()) {
      if (result.backChannel()) {
        bind(call, result.sessionId());
      }
      XdrWriter writer = call.writer();
      SessionCodec.encode(writer, result.sessionId());
      writer.int32(result.sequence());
      writer.int32(result.backChannel() ? CONN_BACK_CHAN : 0);
      SessionCodec.encode(writer, result.fore());
      SessionCodec.encode(writer, result.back());
    }
    call.done(result.status());
  }

  private void bind(CompoundCall call, SessionId id) {
    Session session = state.session(id); // null of a retry whose session is gone meanwhile
    if (session != null) {
      session.backChannel().bind(new ConnectionPath(call.connection()));
    }
  }
}
