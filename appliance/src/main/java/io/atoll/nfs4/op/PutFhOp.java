package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.wire.Nfs4Status;

/**
 * PUTFH (RFC 8881, section 18.19). A handle that the server did not make is BADHANDLE; one whose
 * object is gone is STALE in the operation that uses it.
 */
final class PutFhOp implements Op {

  @Override
  public void start(CompoundCall call) {
    FileHandle handle = call.export().handles().decode(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    if (handle == null) {
      call.done(Nfs4Status.BADHANDLE);
      return;
    }
    call.currentFileHandle(handle);
    call.done(Nfs4Status.OK);
  }
}
