package io.atoll.nfs4.compound;

import io.atoll.nfs4.wire.Operation;

/** What an operation makes its compound count for; see {@link io.atoll.modes.meter.Metering}. */
enum Weight {
  /** READ: by what it asks for. */
  READ,

  /** WRITE: by what it brings. */
  WRITE,

  /** Reads or changes the file system otherwise. */
  METADATA,

  /** METADATA, but free while nothing but a reclaim can succeed. */
  METADATA_UNLESS_GRACE,

  /** Gives state back, keeps or makes it: free, and so are the attributes asked for with it. */
  STATE,

  /** Only moves filehandles about, or renews: free. */
  NOTHING;

  static Weight of(Operation operation) {
    return switch (operation) {
      case READ -> READ;
      case WRITE -> WRITE;
      case ACCESS,
          COMMIT,
          CREATE,
          GETATTR,
          LINK,
          LOCKT,
          LOOKUP,
          LOOKUPP,
          NVERIFY,
          READDIR,
          READLINK,
          REMOVE,
          RENAME,
          SECINFO,
          SECINFO_NO_NAME,
          SETATTR,
          VERIFY ->
          METADATA;
      case LOCK, OPEN -> METADATA_UNLESS_GRACE;
      case CLOSE,
          DELEGPURGE,
          DELEGRETURN,
          DESTROY_CLIENTID,
          DESTROY_SESSION,
          BACKCHANNEL_CTL,
          BIND_CONN_TO_SESSION,
          CREATE_SESSION,
          EXCHANGE_ID,
          FREE_STATEID,
          LOCKU,
          OPEN_CONFIRM,
          OPEN_DOWNGRADE,
          RECLAIM_COMPLETE,
          RELEASE_LOCKOWNER,
          RENEW,
          SETCLIENTID,
          SETCLIENTID_CONFIRM,
          TEST_STATEID ->
          STATE;
      // Without any effect, whether served or not.
      case GETDEVICEINFO,
          GETDEVICELIST,
          GETFH,
          GET_DIR_DELEGATION,
          LAYOUTCOMMIT,
          LAYOUTGET,
          LAYOUTRETURN,
          OPENATTR,
          PUTFH,
          PUTPUBFH,
          PUTROOTFH,
          RESTOREFH,
          SAVEFH,
          SEQUENCE,
          SET_SSV,
          WANT_DELEGATION ->
          NOTHING;
    };
  }
}
