package io.atoll.nfs4.op;

import io.atoll.nfs4.state.CallbackProgram;
import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.Session;
import io.atoll.nfs4.state.SessionId;
import io.atoll.nfs4.state.SlotHandle;
import io.atoll.nfs4.wire.Nfs4Status;

/** The small operations on clients and sessions, each a method. */
final class SessionOps {
  private final NfsState state;

  SessionOps(NfsState state) {
    this.state = state;
  }

  /** DESTROY_SESSION (RFC 8881, section 18.37). In its own session it must come last. */
  void destroySession(CompoundCall call) {
    SessionId id = SessionCodec.sessionId(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    SlotHandle slot = call.slot();
    boolean own = slot != null && slot.session().id().equals(id);
    if (own && call.reader().remainingBytes() > 0) {
      call.done(Nfs4Status.NOT_ONLY_OP);
      return;
    }
    call.done(state.destroySession(id, own ? 1 : 0));
  }

  /** DESTROY_CLIENTID (section 18.50). */
  void destroyClient(CompoundCall call) {
    long clientId = call.reader().int64();
    if (!call.refusesArguments()) {
      call.done(state.destroyClient(clientId));
    }
  }

  /**
   * BACKCHANNEL_CTL (section 18.33): callbacks carry another program and credential from now on.
   * NOENT if none of the offered credentials is one that this server has.
   */
  void backChannelControl(CompoundCall call) {
    CallbackProgram program = SessionCodec.callbackProgram(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    if (program.flavor() == CallbackProgram.NO_FLAVOR) {
      call.done(Nfs4Status.NOENT);
      return;
    }
    call.slot().session().backChannel().program(program);
    call.done(Nfs4Status.OK);
  }

  /**
   * RECLAIM_COMPLETE (section 18.51). For one file system it says that a migrated one's reclaim is
   * done, and none ever migrates.
   */
  void reclaimComplete(CompoundCall call) {
    boolean oneFileSystem = call.reader().bool();
    if (call.refusesArguments()) {
      return;
    }
    if (oneFileSystem) {
      call.done(call.currentFileHandle() == null ? Nfs4Status.NOFILEHANDLE : Nfs4Status.OK);
      return;
    }
    Session session = call.slot().session();
    ClientRecord client = session.client();
    if (!client.isLive()) {
      call.done(Nfs4Status.DEADSESSION);
      return;
    }
    Nfs4Status status = state.reclaimComplete(client);
    call.fsCall().dependsOn(state.journalSequence());
    call.done(status);
  }
}
