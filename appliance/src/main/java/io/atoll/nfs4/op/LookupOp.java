package io.atoll.nfs4.op;

import io.atoll.fs.Attributes;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.ComponentName;
import io.atoll.nfs4.wire.Nfs4Status;

/**
 * LOOKUP (RFC 8881, section 18.13). In the root of the whole file system the ID of an access point
 * is a name that leads into it, so that clients mount {@code host:/fsap-…}; no listing shows it,
 * and it hides a file of that name.
 */
final class LookupOp implements Op {

  @Override
  public void start(CompoundCall call) {
    ComponentName name = ComponentName.decode(call.reader());
    if (!name.status().isOk()) {
      call.done(name.status());
      return;
    }
    View inside = accessPoint(call, name);
    if (inside != null) {
      PutRootFhOp.enter(call, inside);
      return;
    }
    call.fileSystem()
        .lookup(call.fsCall(), call.currentFileHandle(), name.bytes(), call.step(LookupOp::found));
  }

  /** The view that {@code name} in the current directory leads into; null if it is no such name. */
  static View accessPoint(CompoundCall call, ComponentName name) {
    boolean atRoot =
        call.view().accessPoint() == null
            && call.currentFileHandle().equals(call.fileSystem().root());
    return atRoot ? call.export().accessPoints().named(name.bytes()) : null;
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
