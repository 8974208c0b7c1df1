package io.atoll.nfs4.op;

import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.Nfs4Status;

/**
 * COMMIT (RFC 8881, section 18.3). The whole file becomes durable, whatever the range; the verifier
 * is WRITE's.
 */
final class CommitOp implements Op {

  @Override
  public void start(CompoundCall call) {
    long offset = call.reader().int64();
    long count = call.reader().uint32();
    if (call.refusesArguments()) {
      return;
    }
    if (Long.compareUnsigned(offset + count, offset) < 0) {
      call.done(Nfs4Status.INVAL);
      return;
    }
    call.fileSystem()
        .commit(
            call.fsCall(),
            call.currentFileHandle(),
            call.guarded((status, nothing) -> committed(call, status)));
  }

  private static void committed(CompoundCall call, FsStatus status) {
    if (status == FsStatus.OK) {
      call.writer().int64(call.fileSystem().writeVerifier());
    }
    call.done(status);
  }
}
