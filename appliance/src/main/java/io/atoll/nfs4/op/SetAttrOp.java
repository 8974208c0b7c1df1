package io.atoll.nfs4.op;

import io.atoll.fs.AttributeChanges;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.AttributeDecoder;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;

/**
 * SETATTR (RFC 8881, section 18.30). All or nothing; a stateid counts only when the size is set.
 */
final class SetAttrOp implements Op {
  private final StateidCheck stateids;

  SetAttrOp(StateidCheck stateids) {
    this.stateids = stateids;
  }

  @Override
  public void start(CompoundCall call) {
    Stateid stateid = Stateid.decode(call.reader());
    AttributeDecoder decoder = new AttributeDecoder(call.minorVersion());
    Nfs4Status decoded = decoder.decode(call.reader());
    call.heldOpen(false);
    if (decoded.isOk() && decoder.changes().has(AttributeChanges.SIZE)) {
      decoded = checkStateid(call, stateid);
    }
    if (!decoded.isOk()) {
      call.done(decoded);
      return;
    }
    call.fileSystem()
        .setAttributes(
            call.fsCall(),
            call.currentFileHandle(),
            decoder.changes(),
            call.heldOpen(),
            call.guarded((status, attributes) -> set(call, decoder.requested(), status)));
  }

  private Nfs4Status checkStateid(CompoundCall call, Stateid argument) {
    Stateid stateid = call.resolve(argument);
    if (stateid == null) {
      return Nfs4Status.BAD_STATEID;
    }
    return stateids.check(call, call.currentFileHandle(), stateid, StateidCheck.WRITE);
  }

  private static void set(CompoundCall call, Bitmap4 requested, FsStatus status) {
    if (status == FsStatus.OK) {
      requested.encode(call.writer());
    }
    call.done(status);
  }
}
