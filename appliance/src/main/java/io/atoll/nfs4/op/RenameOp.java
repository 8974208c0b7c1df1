package io.atoll.nfs4.op;

import io.atoll.fs.FileSystem.RenameResult;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.ComponentName;
import io.atoll.nfs4.wire.Nfs4Status;

/** RENAME (RFC 8881, section 18.26): from the saved directory into the current one. */
final class RenameOp implements Op {

  @Override
  public void start(CompoundCall call) {
    ComponentName from = ComponentName.decode(call.reader());
    ComponentName to = ComponentName.decode(call.reader());
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
    Nfs4Status names = from.status().isOk() ? to.status() : from.status();
    if (!names.isOk()) {
      call.done(names);
      return;
    }
    call.fileSystem()
        .rename(
            call.fsCall(),
            call.savedFileHandle(),
            from.bytes(),
            call.currentFileHandle(),
            to.bytes(),
            call.step(RenameOp::renamed));
  }

  private static void renamed(CompoundCall call, FsStatus status, RenameResult result) {
    if (status == FsStatus.OK) {
      ChangeInfoCodec.encode(call.writer(), result.from());
      ChangeInfoCodec.encode(call.writer(), result.to());
    }
    call.done(status);
  }
}
