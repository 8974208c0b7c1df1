package io.atoll.nfs4.op;

import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.rpc.RpcCredential;
import io.atoll.xdr.XdrReader;

/** Who calls, as client state knows it. */
final class Callers {
  private Callers() {}

  /** The client of the session that the compound runs in; only in operations that need one. */
  static ClientRecord client(CompoundCall call) {
    return call.slot().session().client();
  }

  /**
   * The RPC principal as a number: flavor and, for AUTH_SYS, user. Groups may change under way, and
   * AUTH_SYS proves nothing of either. Recorded over restarts, so never to be numbered otherwise.
   */
  static long principal(CompoundCall call) {
    RpcCredential credential = call.credential();
    return ((long) credential.flavor() << Integer.SIZE) | Integer.toUnsignedLong(credential.uid());
  }

  /**
   * Reads an open_owner4 or lock_owner4. Its client ID is passed over: the session's counts (RFC
   * 8881, sections 18.16.3 and 18.10.3). Null if malformed.
   */
  static OwnerId owner(XdrReader reader) {
    reader.int64();
    return ownerName(reader);
  }

  /** Reads an owner's name alone. Null if malformed. */
  static OwnerId ownerName(XdrReader reader) {
    byte[] name = reader.opaque(OwnerId.MAX_BYTES);
    return name == null ? null : new OwnerId(name);
  }
}
