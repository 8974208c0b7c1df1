package io.atoll.nfs4.op;

import io.atoll.fs.Attributes;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;

/**
 * GETATTR (RFC 8881, section 18.7). Attributes that are not supported are left out; asking for one
 * that can only be set is INVAL.
 */
final class GetAttrOp implements Op {

  @Override
  public void start(CompoundCall call) {
    Bitmap4 requested = Bitmap4.decode(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    if (requested.intersects(Attribute.WRITE_ONLY)) {
      call.done(Nfs4Status.INVAL);
      return;
    }
    call.fileSystem()
        .attributes(
            call.fsCall(),
            call.currentFileHandle(),
            call.guarded((status, attributes) -> got(call, requested, status, attributes)));
  }

  private static void got(
      CompoundCall call, Bitmap4 requested, FsStatus status, Attributes attributes) {
    if (status != FsStatus.OK) {
      call.done(status);
    } else if (requested.intersects(Attribute.STATISTICS)) {
      call.fileSystem()
          .statistics(
              call.fsCall(),
              call.currentFileHandle(),
              call.guarded(
                  (ended, statistics) -> encode(call, requested, ended, attributes, statistics)));
    } else {
      encode(call, requested, FsStatus.OK, attributes, null);
    }
  }

  private static void encode(
      CompoundCall call,
      Bitmap4 requested,
      FsStatus status,
      Attributes attributes,
      FsStatistics statistics) {
    if (status == FsStatus.OK) {
      call.attributes().encode(call.writer(), requested, attributes, statistics);
    }
    call.done(status);
  }
}
