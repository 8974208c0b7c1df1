package io.atoll.nfs4.op;

import io.atoll.fs.FileSystem.AccessResult;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.Nfs4Status;

/** ACCESS (RFC 8881, section 18.1). The file system's bits are the protocol's. */
final class AccessOp implements Op {

  @Override
  public void start(CompoundCall call) {
    int wanted = call.reader().int32();
    if (call.refusesArguments()) {
      return;
    }
    call.fileSystem()
        .access(call.fsCall(), call.currentFileHandle(), wanted, call.step(AccessOp::checked));
  }

  private static void checked(CompoundCall call, FsStatus status, AccessResult result) {
    if (status != FsStatus.OK) {
      call.done(status);
      return;
    }
    call.writer().int32(result.checked());
    call.writer().int32(result.granted());
    call.done(Nfs4Status.OK);
  }
}
