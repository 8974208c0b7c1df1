package io.atoll.nfs4.op;

import io.atoll.fs.Attributes;
import io.atoll.fs.FsStatistics;
import io.atoll.fs.FsStatus;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrWriter;
import java.util.Arrays;

/**
 * VERIFY and NVERIFY (RFC 8881, sections 18.31 and 18.15): whether attributes are as the client
 * says, by comparing their encodings.
 */
final class VerifyOp implements Op {
  /** All attributes that can be asked for encode to less. */
  private static final int MAX_VALUES_BYTES = 4096;

  private final Nfs4Status ifDifferent;
  private final Nfs4Status ifSame;

  VerifyOp(Nfs4Status ifDifferent, Nfs4Status ifSame) {
    this.ifDifferent = ifDifferent;
    this.ifSame = ifSame;
  }

  @Override
  public void start(CompoundCall call) {
    Bitmap4 given = Bitmap4.decode(call.reader());
    byte[] values = call.reader().opaque(MAX_VALUES_BYTES);
    if (call.refusesArguments()) {
      return;
    }
    if (!given.isWithin(Attribute.supportedBy(call.minorVersion()))) {
      call.done(Nfs4Status.ATTRNOTSUPP);
      return;
    }
    if (given.intersects(Attribute.WRITE_ONLY) || given.has(Attribute.RDATTR_ERROR)) {
      call.done(Nfs4Status.INVAL);
      return;
    }
    call.fileSystem()
        .attributes(
            call.fsCall(),
            call.currentFileHandle(),
            call.guarded((status, attributes) -> got(call, given, values, status, attributes)));
  }

  private void got(
      CompoundCall call, Bitmap4 given, byte[] values, FsStatus status, Attributes attributes) {
    if (status != FsStatus.OK) {
      call.done(status);
    } else if (given.intersects(Attribute.STATISTICS)) {
      call.fileSystem()
          .statistics(
              call.fsCall(),
              call.currentFileHandle(),
              call.guarded((ended, statistics) ->
                  compare(call, given, values, ended, attributes, statistics)));
    } else {
      compare(call, given, values, FsStatus.OK, attributes, null);
    }
  }

  private void compare(
      CompoundCall call,
      Bitmap4 given,
      byte[] values,
      FsStatus status,
      Attributes attributes,
      FsStatistics statistics) {
    if (status != FsStatus.OK) {
      call.done(status);
      return;
    }
    // The result has no body, so that its place serves to encode what is compared.
    XdrWriter writer = call.writer();
    int mark = writer.mark();
    given.encode(writer);
    int bitmapBytes = writer.mark() - mark;
    writer.truncateTo(mark);
    call.attributes().encode(writer, given, attributes, statistics);
    int valuesIndex = mark + bitmapBytes + Integer.BYTES;
    byte[] actual = new byte[writer.mark() - valuesIndex];
    writer.buffer().getBytes(valuesIndex, actual);
    writer.truncateTo(mark);
    call.done(Arrays.equals(actual, values) ? ifSame : ifDifferent);
  }
}
