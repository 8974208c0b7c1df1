package io.atoll.nfs4.op;

import io.atoll.fs.FsStatus;
import io.atoll.fs.ReadResult;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/** READ (RFC 8881, section 18.22). The data go out as the file system gave them, uncopied. */
final class ReadOp implements Op {
  /** eof, and the data's length. */
  private static final int FIXED_RESULT_BYTES = 2 * Integer.BYTES;

  private final StateidCheck stateids;

  ReadOp(StateidCheck stateids) {
    this.stateids = stateids;
  }

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    Stateid argument = Stateid.decode(reader);
    long offset = reader.int64();
    long count = reader.uint32();
    if (call.refusesArguments()) {
      return;
    }
    Stateid stateid = call.resolve(argument);
    if (stateid == null) {
      call.done(Nfs4Status.BAD_STATEID);
      return;
    }
    call.heldOpen(false);
    Nfs4Status allowed = stateids.check(call, call.currentFileHandle(), stateid, StateidCheck.READ);
    if (!allowed.isOk()) {
      call.done(allowed);
      return;
    }
    // Behind the largest file there is nothing, be the offset signed or not.
    long greatest = call.fileSystem().limits().maxFileBytes();
    long readable = Long.compareUnsigned(offset, greatest) > 0 ? greatest : offset;
    int readBytes = (int) Math.min(count, call.export().facts().maxReadBytes());
    int resultBytes = FIXED_RESULT_BYTES + XdrReader.padded(readBytes);
    if (resultBytes > call.replyRoomBytes()) {
      call.done(call.replyTooBig());
      return;
    }
    call.expectReply(resultBytes);
    call.fileSystem()
        .read(
            call.fsCall(),
            call.currentFileHandle(),
            call.heldOpen(),
            readable,
            readBytes,
            call.step(ReadOp::read));
  }

  private static void read(CompoundCall call, FsStatus status, ReadResult result) {
    if (status != FsStatus.OK) {
      call.done(status);
      return;
    }
    call.writer().bool(result.endOfFile());
    XdrWriter writer = call.writer();
    writer.payload(result.bytes());
    for (int i = 0; i < result.pieces(); i++) {
      writer.piece(result.piece(i));
    }
    writer.pad(result.bytes());
    call.moved(result.bytes());
    call.done(Nfs4Status.OK);
  }
}
