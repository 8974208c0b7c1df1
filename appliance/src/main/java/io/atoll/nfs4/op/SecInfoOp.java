package io.atoll.nfs4.op;

import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.ComponentName;
import io.atoll.rpc.RpcCredential;

/**
 * SECINFO (RFC 8881, section 18.29; RFC 7530, section 16.31): the same for all names, if they are
 * there.
 */
final class SecInfoOp implements Op {
  /** In the order of preference. */
  private static final int[] FLAVORS = {RpcCredential.AUTH_SYS, RpcCredential.AUTH_NONE};

  @Override
  public void start(CompoundCall call) {
    ComponentName name = ComponentName.decode(call.reader());
    if (!name.status().isOk()) {
      call.done(name.status());
      return;
    }
    if (LookupOp.accessPoint(call, name) != null) {
      answer(call, FsStatus.OK);
      return;
    }
    call.fileSystem()
        .lookup(
            call.fsCall(),
            call.currentFileHandle(),
            name.bytes(),
            call.guarded((status, attributes) -> answer(call, status)));
  }

  /** Tells the flavors, and from 4.1 on uses up the current filehandle (section 2.6.3.1.1.8). */
  static void answer(CompoundCall call, FsStatus status) {
    if (status == FsStatus.OK) {
      call.writer().int32(FLAVORS.length);
      for (int flavor : FLAVORS) {
        call.writer().int32(flavor);
      }
      if (call.minorVersion() > 0) {
        call.currentFileHandle(null);
      }
    }
    call.done(status);
  }
}
