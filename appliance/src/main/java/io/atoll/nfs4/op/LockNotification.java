package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.state.BackChannel;
import io.atoll.nfs4.state.LockNotifier;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.xdr.XdrReader;
import java.util.function.Consumer;

/** CB_NOTIFY_LOCK (RFC 8881, section 20.11). Confined to the home loop. */
final class LockNotification implements LockNotifier {
  private static final int OP_CB_NOTIFY_LOCK = 13;

  private final FileHandleCodec handles;

  LockNotification(FileHandleCodec handles) {
    this.handles = handles;
  }

  @Override
  public void notifyLock(
      BackChannel channel,
      long clientId,
      Object file,
      long view,
      OwnerId owner,
      Consumer<Boolean> told) {
    int bytes =
        3 * Integer.BYTES
            + XdrReader.padded(FileHandleCodec.ACCESS_POINT_HANDLE_BYTES)
            + Long.BYTES
            + XdrReader.padded(owner.bytes().length);
    channel.call(
        bytes,
        writer -> {
          writer.int32(OP_CB_NOTIFY_LOCK);
          handles.encode(writer, (FileHandle) file, view);
          writer.int64(clientId);
          writer.opaque(owner.bytes());
        },
        told);
  }
}
