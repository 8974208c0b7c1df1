package io.atoll.nfs4.op;

import io.atoll.nfs4.wire.Operation;

/** The {@link OpSpec} of every operation of NFSv4.1 (RFC 8881, section 18). */
public final class OpSpecs {
  /** Number and status, change_info4, stateid, attribute set: with room to spare. */
  static final int SMALL_RESULT_BYTES = 128;

  /** As OPEN's with a delegation, LOCK's with the owner that is in the way. */
  static final int OWNER_RESULT_BYTES = 1280;

  private OpSpecs() {}

  public static OpSpec of(Operation operation) {
    return switch (operation) {
      case SEQUENCE -> new OpSpec(operation, false, false, OpSpec.Place.FIRST, 0);
      case BIND_CONN_TO_SESSION ->
          new OpSpec(operation, false, true, OpSpec.Place.SOLE, SMALL_RESULT_BYTES);
      case EXCHANGE_ID, CREATE_SESSION ->
          new OpSpec(operation, false, true, OpSpec.Place.SOLE_OR_IN_SESSION, OWNER_RESULT_BYTES);
      case DESTROY_SESSION, DESTROY_CLIENTID ->
          new OpSpec(operation, false, true, OpSpec.Place.SOLE_OR_IN_SESSION, SMALL_RESULT_BYTES);
      case CLOSE, CREATE, LINK, LOCKU, OPEN_DOWNGRADE, REMOVE, RENAME, SETATTR, WRITE ->
          mutating(operation, true, SMALL_RESULT_BYTES);
      case LOCK, OPEN -> mutating(operation, true, OWNER_RESULT_BYTES);
      case FREE_STATEID, RECLAIM_COMPLETE -> mutating(operation, false, SMALL_RESULT_BYTES);
      case ACCESS,
          COMMIT,
          GETATTR,
          GETFH,
          LOCKT,
          LOOKUP,
          LOOKUPP,
          NVERIFY,
          READ,
          READDIR,
          READLINK,
          SAVEFH,
          SECINFO,
          SECINFO_NO_NAME,
          VERIFY ->
          reading(operation, true);
      case PUTFH, PUTPUBFH, PUTROOTFH, RESTOREFH, TEST_STATEID -> reading(operation, false);
      case BACKCHANNEL_CTL,
          DELEGPURGE,
          DELEGRETURN,
          GETDEVICEINFO,
          GETDEVICELIST,
          GET_DIR_DELEGATION,
          LAYOUTCOMMIT,
          LAYOUTGET,
          LAYOUTRETURN,
          OPENATTR,
          OPEN_CONFIRM,
          RELEASE_LOCKOWNER,
          RENEW,
          SETCLIENTID,
          SETCLIENTID_CONFIRM,
          SET_SSV,
          WANT_DELEGATION ->
          reading(operation, false);
    };
  }

  private static OpSpec reading(Operation operation, boolean needsFileHandle) {
    return new OpSpec(operation, needsFileHandle, false, OpSpec.Place.IN_SESSION, 0);
  }

  private static OpSpec mutating(Operation operation, boolean needsFileHandle, int maxResultBytes) {
    return new OpSpec(operation, needsFileHandle, true, OpSpec.Place.IN_SESSION, maxResultBytes);
  }
}
