package io.atoll.nfs4.op;

import io.atoll.fs.FileSystem.Stability;
import io.atoll.fs.FileSystem.WriteResult;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;
import io.netty.buffer.ByteBuf;

/** WRITE (RFC 8881, section 18.32). The data go to the file system as they were received. */
final class WriteOp implements Op {
  /** stable_how4 by its numbers. */
  private static final Stability[] STABILITIES = {
    Stability.UNSTABLE, Stability.DATA_SYNC, Stability.FILE_SYNC
  };

  private final StateidCheck stateids;

  WriteOp(StateidCheck stateids) {
    this.stateids = stateids;
  }

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    Stateid argument = Stateid.decode(reader);
    long offset = reader.int64();
    Stability stability = STABILITIES[reader.enumerator(STABILITIES.length - 1)];
    ByteBuf data = reader.payload(Integer.MAX_VALUE);
    if (call.refusesArguments()) {
      if (data != null) {
        data.release();
      }
      return;
    }
    Nfs4Status allowed = check(call, argument, offset);
    if (!allowed.isOk()) {
      data.release();
      call.done(allowed);
      return;
    }
    // A server may write less than it was given; the client comes again with the rest.
    int most = call.export().facts().maxWriteBytes();
    if (data.readableBytes() > most) {
      data.writerIndex(data.readerIndex() + most);
    }
    call.fileSystem()
        .write(
            call.fsCall(),
            call.currentFileHandle(),
            call.heldOpen(),
            offset,
            data,
            stability,
            call.step(WriteOp::written));
  }

  private Nfs4Status check(CompoundCall call, Stateid argument, long offset) {
    Stateid stateid = call.resolve(argument);
    if (stateid == null) {
      return Nfs4Status.BAD_STATEID;
    }
    call.heldOpen(false);
    Nfs4Status allowed =
        stateids.check(call, call.currentFileHandle(), stateid, StateidCheck.WRITE);
    if (!allowed.isOk()) {
      return allowed;
    }
    return offset < 0 ? Nfs4Status.FBIG : Nfs4Status.OK;
  }

  private static void written(CompoundCall call, FsStatus status, WriteResult result) {
    if (status != FsStatus.OK) {
      call.done(status);
      return;
    }
    call.writer().int32(result.bytes());
    call.writer().int32(numberOf(result.stability()));
    call.writer().int64(call.fileSystem().writeVerifier());
    call.moved(result.bytes());
    call.done(Nfs4Status.OK);
  }

  private static int numberOf(Stability stability) {
    return switch (stability) {
      case UNSTABLE -> 0;
      case DATA_SYNC -> 1;
      case FILE_SYNC -> 2;
    };
  }
}
