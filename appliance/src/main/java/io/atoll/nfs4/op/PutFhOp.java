package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.Nfs4Status;

/**
 * PUTFH (RFC 8881, section 18.19). A handle that the server did not make is BADHANDLE, and so is
 * one from outside for who came by an access point's own mount target; one whose object is gone is
 * STALE in the operation that uses it, and one whose access point is gone at once.
 */
final class PutFhOp implements Op {

  @Override
  public void start(CompoundCall call) {
    FileHandleCodec handles = call.export().handles();
    FileHandle handle = handles.decode(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    if (handle == null) {
      call.done(Nfs4Status.BADHANDLE);
      return;
    }
    long key = handles.decodedAccessPoint();
    View root = call.rootView();
    if (key == root.key()) {
      call.currentFileHandle(handle, root);
      call.done(Nfs4Status.OK);
    } else if (root.accessPoint() != null) {
      call.done(Nfs4Status.BADHANDLE);
    } else {
      through(call, call.export().accessPoints().of(key, call.connection()), handle);
    }
  }

  private static void through(CompoundCall call, View view, FileHandle handle) {
    if (view == null) {
      call.done(Nfs4Status.STALE);
      return;
    }
    call.currentFileHandle(handle, view);
    call.done(Nfs4Status.OK);
  }
}
