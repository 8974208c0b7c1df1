package io.atoll.nfs4.op;

import static io.atoll.nfs4.wire.Nfs4Status.*;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The errors that the operations of NFSv4.1 on client state may end with (RFC 8881, section 15.2),
 * as far as this server has them, and SERVERFAULT for none: it would be a defect.
 */
final class ValidErrors {
  /** What any operation within a session may end with. */
  private static final Set<Nfs4Status> COMMON =
      EnumSet.of(
          BADXDR,
          DEADSESSION,
          DELAY,
          OP_NOT_IN_SESSION,
          REP_TOO_BIG,
          REP_TOO_BIG_TO_CACHE,
          REQ_TOO_BIG,
          RETRY_UNCACHED_REP,
          TOO_MANY_OPS);

  private static final Map<Operation, Set<Nfs4Status>> OF = new EnumMap<>(Operation.class);

  static {
    of(Operation.BACKCHANNEL_CTL, INVAL, NOENT);
    of(Operation.BIND_CONN_TO_SESSION, BADSESSION, BAD_SESSION_DIGEST, INVAL, NOT_ONLY_OP);
    of(
        Operation.CLOSE,
        ADMIN_REVOKED,
        BAD_STATEID,
        EXPIRED,
        FHEXPIRED,
        LOCKS_HELD,
        NOFILEHANDLE,
        OLD_STATEID,
        STALE,
        WRONG_CRED);
    of(
        Operation.CREATE_SESSION,
        CLID_INUSE,
        INVAL,
        NOENT,
        NOT_ONLY_OP,
        NOSPC,
        SEQ_MISORDERED,
        STALE_CLIENTID,
        TOOSMALL,
        WRONG_CRED);
    of(Operation.DELEGPURGE, NOTSUPP, WRONG_CRED);
    of(Operation.DELEGRETURN, BAD_STATEID, NOFILEHANDLE, NOTSUPP, OLD_STATEID, STALE);
    of(Operation.DESTROY_CLIENTID, CLIENTID_BUSY, NOT_ONLY_OP, STALE_CLIENTID, WRONG_CRED);
    of(
        Operation.DESTROY_SESSION,
        BACK_CHAN_BUSY,
        BADSESSION,
        CB_PATH_DOWN,
        CONN_NOT_BOUND_TO_SESSION,
        NOT_ONLY_OP,
        STALE_CLIENTID,
        WRONG_CRED);
    of(
        Operation.EXCHANGE_ID,
        BADCHAR,
        CLID_INUSE,
        ENCR_ALG_UNSUPP,
        HASH_ALG_UNSUPP,
        INVAL,
        NOENT,
        NOT_ONLY_OP,
        NOT_SAME,
        PERM);
    of(Operation.FREE_STATEID, BAD_STATEID, LOCKS_HELD, OLD_STATEID, WRONG_CRED);
    of(
        Operation.LOCK,
        ACCESS,
        ADMIN_REVOKED,
        BAD_RANGE,
        BAD_STATEID,
        DEADLOCK,
        DENIED,
        DQUOT, // beyond a bound, though not in the table
        EXPIRED,
        FHEXPIRED,
        GRACE,
        INVAL,
        ISDIR,
        LOCK_NOTSUPP,
        LOCK_RANGE,
        NOFILEHANDLE,
        NO_GRACE,
        OLD_STATEID,
        OPENMODE,
        RECLAIM_BAD,
        RECLAIM_CONFLICT,
        ROFS,
        STALE,
        SYMLINK,
        WRONG_CRED,
        WRONG_TYPE);
    of(
        Operation.LOCKT,
        ACCESS,
        BAD_RANGE,
        DENIED,
        FHEXPIRED,
        GRACE,
        INVAL,
        ISDIR,
        LOCK_RANGE,
        NOFILEHANDLE,
        ROFS,
        STALE,
        SYMLINK,
        WRONG_CRED,
        WRONG_TYPE);
    of(
        Operation.LOCKU,
        ACCESS,
        ADMIN_REVOKED,
        BAD_RANGE,
        BAD_STATEID,
        DQUOT, // beyond a bound, though not in the table
        EXPIRED,
        FHEXPIRED,
        INVAL,
        LOCK_RANGE,
        NOFILEHANDLE,
        OLD_STATEID,
        STALE,
        WRONG_CRED);
    of(
        Operation.OPEN,
        ACCESS,
        ADMIN_REVOKED,
        ATTRNOTSUPP,
        BADCHAR,
        BADNAME,
        BADOWNER,
        BAD_STATEID,
        DELEG_REVOKED,
        DQUOT,
        EXIST,
        EXPIRED,
        FBIG,
        FHEXPIRED,
        GRACE,
        INVAL,
        IO,
        ISDIR,
        NAMETOOLONG,
        NOENT,
        NOFILEHANDLE,
        NOSPC,
        NOTDIR,
        NOTSUPP, // of the claims of delegations (section 10.2.1), though not in the table
        NO_GRACE,
        OLD_STATEID,
        PERM,
        RECLAIM_BAD,
        RECLAIM_CONFLICT,
        ROFS,
        SHARE_DENIED,
        STALE,
        SYMLINK,
        UNSAFE_COMPOUND,
        WRONGSEC,
        WRONG_TYPE);
    of(
        Operation.OPEN_DOWNGRADE,
        ADMIN_REVOKED,
        BAD_STATEID,
        EXPIRED,
        FHEXPIRED,
        INVAL,
        NOFILEHANDLE,
        OLD_STATEID,
        ROFS,
        STALE,
        WRONG_CRED);
    of(Operation.RECLAIM_COMPLETE, COMPLETE_ALREADY, INVAL, NOFILEHANDLE, WRONG_CRED, WRONG_TYPE);
    of(
        Operation.SEQUENCE,
        BADSESSION,
        BADSLOT,
        BAD_HIGH_SLOT,
        CONN_NOT_BOUND_TO_SESSION,
        SEQUENCE_POS,
        SEQ_FALSE_RETRY,
        SEQ_MISORDERED);
    of(
        Operation.SETATTR,
        ACCESS,
        ADMIN_REVOKED,
        ATTRNOTSUPP,
        BADCHAR,
        BADOWNER,
        BAD_STATEID,
        DELEG_REVOKED,
        DQUOT,
        EXPIRED,
        FBIG,
        FHEXPIRED,
        GRACE,
        INVAL,
        IO,
        LOCKED,
        NOFILEHANDLE,
        NOSPC,
        OLD_STATEID,
        OPENMODE,
        PERM,
        ROFS,
        STALE,
        WRONG_TYPE);
    of(Operation.TEST_STATEID);
    for (Operation absent :
        new Operation[] {
          Operation.GETDEVICEINFO,
          Operation.GETDEVICELIST,
          Operation.GET_DIR_DELEGATION,
          Operation.LAYOUTCOMMIT,
          Operation.LAYOUTGET,
          Operation.LAYOUTRETURN,
          Operation.OPENATTR,
          Operation.OPEN_CONFIRM,
          Operation.RELEASE_LOCKOWNER,
          Operation.RENEW,
          Operation.SETCLIENTID,
          Operation.SETCLIENTID_CONFIRM,
          Operation.SET_SSV,
          Operation.WANT_DELEGATION
        }) {
      of(absent, NOTSUPP);
    }
  }

  private ValidErrors() {}

  private static void of(Operation operation, Nfs4Status... further) {
    Set<Nfs4Status> errors = EnumSet.copyOf(COMMON);
    errors.addAll(Set.of(further));
    OF.put(operation, errors);
  }

  /** The operations that have a set here. */
  static Set<Operation> operations() {
    return OF.keySet();
  }

  /** Whether the operation may end so; false if it is none of those here. */
  static boolean allow(Operation operation, Nfs4Status status) {
    Set<Nfs4Status> errors = OF.get(operation);
    return status.isOk() || (errors != null && errors.contains(status));
  }
}
