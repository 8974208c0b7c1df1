package io.atoll.nfs4.op;

import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.Nfs4Status;

/**
 * PUTROOTFH (RFC 8881, section 18.21): the root of what the connection sees, which is an access
 * point's directory where it came by a mount target of one. PUTPUBFH is the same: of WebNFS
 * (section 18.20) there is no other.
 */
final class PutRootFhOp implements Op {

  @Override
  public void start(CompoundCall call) {
    View view = call.rootView();
    if (view.accessPoint() == null) {
      call.currentFileHandle(call.fileSystem().root(), view);
      call.done(Nfs4Status.OK);
      return;
    }
    enter(call, view);
  }

  /** The directory of {@code view}, an access point's, becomes the current filehandle. */
  static void enter(CompoundCall call, View view) {
    AccessPointRoot.mount(
        call,
        view.accessPoint(),
        (status, root) -> {
          if (status == FsStatus.OK) {
            call.currentFileHandle(root, view);
          }
          call.done(status);
        });
  }
}
