package io.atoll.nfs4.op;

import io.atoll.fs.Attributes;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.ComponentName;
import io.atoll.nfs4.wire.Nfs4Status;

/** LOOKUP (RFC 8881, section 18.13). */
final class LookupOp implements Op {

  @Override
  public void start(CompoundCall call) {
    ComponentName name = ComponentName.decode(call.reader());
    if (!name.status().isOk()) {
      call.done(name.status());
      return;
    }
    call.fileSystem()
        .lookup(
            call.fsCall(),
            call.currentFileHandle(),
            name.bytes(),
            call.guarded((status, attributes) -> found(call, status, attributes)));
  }

  /** The object found becomes the current filehandle. */
  static void found(CompoundCall call, FsStatus status, Attributes attributes) {
    if (status != FsStatus.OK) {
      call.done(status);
      return;
    }
    call.currentFileHandle(attributes.handle());
    call.done(Nfs4Status.OK);
  }
}
