package io.atoll.nfs4.op;

import io.atoll.fs.FsStatus;

/** READLINK (RFC 8881, section 18.24). */
final class ReadLinkOp implements Op {

  @Override
  public void start(CompoundCall call) {
    call.fileSystem()
        .readLink(call.fsCall(), call.currentFileHandle(), call.step(ReadLinkOp::read));
  }

  private static void read(CompoundCall call, FsStatus status, byte[] target) {
    if (status == FsStatus.OK) {
      call.writer().opaque(target);
    }
    call.done(status);
  }
}
