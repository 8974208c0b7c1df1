package io.atoll.nfs4.op;

import io.atoll.fs.FileSystem.ChangeInfo;
import io.atoll.xdr.XdrWriter;

/** Encodes change_info4 (RFC 8881, section 3.3.8): atomic, since each operation is. */
final class ChangeInfoCodec {
  private ChangeInfoCodec() {}

  static void encode(XdrWriter writer, ChangeInfo change) {
    writer.bool(true);
    writer.int64(change.before());
    writer.int64(change.after());
  }
}
