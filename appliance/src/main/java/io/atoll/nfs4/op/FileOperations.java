package io.atoll.nfs4.op;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import java.util.EnumMap;
import java.util.Map;

/** The operations that need no client state but the check of a stateid. */
public final class FileOperations {
  private FileOperations() {}

  /** A new map of them, to which others may be added. */
  public static Map<Operation, Op> all(StateidCheck stateids) {
    Map<Operation, Op> ops = new EnumMap<>(Operation.class);
    ops.put(Operation.ACCESS, new AccessOp());
    ops.put(Operation.COMMIT, new CommitOp());
    ops.put(Operation.CREATE, new CreateOp());
    ops.put(Operation.GETATTR, new GetAttrOp());
    ops.put(Operation.GETFH, FileOperations::getFileHandle);
    ops.put(Operation.LINK, new LinkOp());
    ops.put(Operation.LOOKUP, new LookupOp());
    ops.put(Operation.LOOKUPP, new LookupParentOp());
    ops.put(Operation.NVERIFY, new VerifyOp(Nfs4Status.OK, Nfs4Status.SAME));
    ops.put(Operation.PUTFH, new PutFhOp());
    ops.put(Operation.PUTPUBFH, new PutRootFhOp());
    ops.put(Operation.PUTROOTFH, new PutRootFhOp());
    ops.put(Operation.READ, new ReadOp(stateids));
    ops.put(Operation.READDIR, new ReadDirOp());
    ops.put(Operation.READLINK, new ReadLinkOp());
    ops.put(Operation.REMOVE, new RemoveOp());
    ops.put(Operation.RENAME, new RenameOp());
    ops.put(Operation.RESTOREFH, FileOperations::restore);
    ops.put(Operation.SAVEFH, FileOperations::save);
    ops.put(Operation.SECINFO, new SecInfoOp());
    ops.put(Operation.SECINFO_NO_NAME, new SecInfoNoNameOp());
    ops.put(Operation.SETATTR, new SetAttrOp(stateids));
    ops.put(Operation.VERIFY, new VerifyOp(Nfs4Status.NOT_SAME, Nfs4Status.OK));
    ops.put(Operation.WRITE, new WriteOp(stateids));
    return ops;
  }

  private static void getFileHandle(CompoundCall call) {
    call.export().handles().encode(call.writer(), call.currentFileHandle(), call.view().key());
    call.done(Nfs4Status.OK);
  }

  private static void save(CompoundCall call) {
    call.save();
    call.done(Nfs4Status.OK);
  }

  /** RFC 8881, section 18.27.3: NFS4ERR_RESTOREFH was for 4.0; without a saved one NOFILEHANDLE. */
  private static void restore(CompoundCall call) {
    if (call.savedFileHandle() == null) {
      call.done(Nfs4Status.NOFILEHANDLE);
      return;
    }
    call.restore();
    call.done(Nfs4Status.OK);
  }
}
