package io.atoll.nfs4.op;

import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.ComponentName;

/** REMOVE (RFC 8881, section 18.25). An object that is open lives on without a name. */
final class RemoveOp implements Op {

  @Override
  public void start(CompoundCall call) {
    ComponentName name = ComponentName.decode(call.reader());
    if (!name.status().isOk()) {
      call.done(name.status());
      return;
    }
    call.fileSystem()
        .remove(
            call.fsCall(), call.currentFileHandle(), name.bytes(), call.step(RemoveOp::changed));
  }

  /** Answers with a directory's change, as LINK does too. */
  static void changed(CompoundCall call, FsStatus status, ChangeInfo change) {
    if (status == FsStatus.OK) {
      ChangeInfoCodec.encode(call.writer(), change);
    }
    call.done(status);
  }
}
