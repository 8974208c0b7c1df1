package io.atoll.nfs4.op;

import io.atoll.nfs4.wire.ComponentName;
import io.atoll.nfs4.wire.Nfs4Status;

/** LINK (RFC 8881, section 18.9): of the saved filehandle's object into the current directory. */
final class LinkOp implements Op {

  @Override
  public void start(CompoundCall call) {
    ComponentName name = ComponentName.decode(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    if (call.savedFileHandle() == null) {
      call.done(Nfs4Status.NOFILEHANDLE);
      return;
    }
    if (call.savedView() != call.view()) {
      call.done(Nfs4Status.XDEV); // Two file systems to the client, which their fsids tell.
      return;
    }
    if (!name.status().isOk()) {
      call.done(name.status());
      return;
    }
    call.fileSystem()
        .link(
            call.fsCall(),
            call.savedFileHandle(),
            call.currentFileHandle(),
            name.bytes(),
            call.step(RemoveOp::changed));
  }
}
