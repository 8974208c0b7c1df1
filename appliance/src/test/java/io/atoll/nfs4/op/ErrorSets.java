package io.atoll.nfs4.op;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The errors that each operation may end with in each minor version (RFC 7530, section 13.2; RFC
 * 8881, section 15.2), as far as this server has them, and the exceptions that the documentation
 * names. SERVERFAULT is in no set: it would be a defect.
 */
public final class ErrorSets {
  /** What any operation of NFSv4.1 in a session may end with, and those on filehandles. */
  private static final String COMMON_41 =
      "BADXDR DEADSESSION DELAY OP_NOT_IN_SESSION REP_TOO_BIG REP_TOO_BIG_TO_CACHE REQ_TOO_BIG"
          + " RETRY_UNCACHED_REP TOO_MANY_OPS FHEXPIRED IO MOVED NOFILEHANDLE STALE ";

  /** The same in NFSv4.0. */
  private static final String COMMON_40 =
      "BADXDR DELAY RESOURCE BADHANDLE FHEXPIRED IO MOVED NOFILEHANDLE STALE ";

  private static final String OWNER_40 =
      "ADMIN_REVOKED BAD_SEQID BAD_STATEID EXPIRED INVAL LEASE_MOVED OLD_STATEID STALE_STATEID ";

  private static final String IO_40 =
      "ACCESS ADMIN_REVOKED BAD_STATEID EXPIRED GRACE INVAL ISDIR LEASE_MOVED LOCKED OLD_STATEID"
          + " OPENMODE STALE_STATEID ";

  private static final String NAME = "ACCESS BADCHAR BADNAME INVAL NAMETOOLONG NOTDIR ";

  private static final Map<Operation, Set<Nfs4Status>> OF_40 = new EnumMap<>(Operation.class);
  private static final Map<Operation, Set<Nfs4Status>> OF_41 = new EnumMap<>(Operation.class);

  static {
    both(Operation.ACCESS, "ACCESS INVAL");
    of40(Operation.COMMIT, "ACCESS INVAL ISDIR ROFS SYMLINK");
    // INVAL of a range past 2^64, though not in the table.
    of41(Operation.COMMIT, "ACCESS INVAL ISDIR SYMLINK WRONG_TYPE");
    both(Operation.CREATE, NAME + "ATTRNOTSUPP BADOWNER BADTYPE DQUOT EXIST MLINK NOSPC PERM ROFS");
    both(Operation.GETATTR, "ACCESS INVAL");
    both(Operation.GETFH, "");
    of40(
        Operation.LINK,
        NAME + "DQUOT EXIST FILE_OPEN ISDIR MLINK NOENT NOSPC NOTSUPP ROFS WRONGSEC XDEV");
    of41(
        Operation.LINK,
        NAME
            + "DQUOT EXIST FILE_OPEN GRACE ISDIR MLINK NOENT NOSPC NOTSUPP ROFS SYMLINK WRONGSEC"
            + " WRONG_TYPE XDEV");
    both(Operation.LOOKUP, NAME + "NOENT SYMLINK WRONGSEC");
    of40(Operation.LOOKUPP, "ACCESS NOENT NOTDIR");
    of41(Operation.LOOKUPP, "ACCESS NOENT NOTDIR SYMLINK WRONGSEC");
    both(Operation.NVERIFY, "ACCESS ATTRNOTSUPP BADCHAR INVAL SAME");
    both(Operation.VERIFY, "ACCESS ATTRNOTSUPP BADCHAR INVAL NOT_SAME");
    both(Operation.PUTFH, "BADHANDLE WRONGSEC");
    both(Operation.PUTPUBFH, "WRONGSEC");
    both(Operation.PUTROOTFH, "WRONGSEC");
    of40(Operation.READ, IO_40);
    of41(
        Operation.READ,
        "ACCESS ADMIN_REVOKED BAD_STATEID EXPIRED GRACE INVAL ISDIR LOCKED OLD_STATEID OPENMODE"
            + " SYMLINK WRONG_TYPE");
    both(Operation.READDIR, "ACCESS BAD_COOKIE INVAL NOTDIR NOT_SAME TOOSMALL");
    of40(Operation.READLINK, "ACCESS INVAL ISDIR NOTSUPP");
    of41(Operation.READLINK, "ACCESS INVAL WRONG_TYPE");
    both(Operation.REMOVE, NAME + "FILE_OPEN GRACE NOENT NOTEMPTY ROFS");
    both(
        Operation.RENAME,
        NAME + "DQUOT EXIST FILE_OPEN GRACE MLINK NOENT NOSPC NOTEMPTY ROFS WRONGSEC XDEV");
    of40(Operation.RESTOREFH, "RESTOREFH WRONGSEC");
    of41(Operation.RESTOREFH, "WRONGSEC");
    both(Operation.SAVEFH, "");
    both(Operation.SECINFO, NAME + "NOENT");
    of41(Operation.SECINFO_NO_NAME, "ACCESS INVAL NOENT NOTDIR NOTSUPP");
    of40(Operation.SETATTR, IO_40 + "ATTRNOTSUPP BADCHAR BADOWNER DQUOT FBIG NOSPC PERM ROFS");
    of40(Operation.WRITE, IO_40 + "DQUOT FBIG NOSPC ROFS");
    of41(
        Operation.WRITE,
        "ACCESS ADMIN_REVOKED BAD_STATEID DQUOT EXPIRED FBIG GRACE INVAL ISDIR LOCKED NOSPC"
            + " OLD_STATEID OPENMODE ROFS SYMLINK WRONG_TYPE");

    of40(Operation.CLOSE, OWNER_40 + "ISDIR LOCKS_HELD");
    of40(Operation.OPEN_CONFIRM, OWNER_40 + "ISDIR");
    of40(Operation.OPEN_DOWNGRADE, OWNER_40 + "LOCKS_HELD ROFS");
    of40(
        Operation.OPEN,
        NAME
            + OWNER_40
            + "ATTRNOTSUPP BADOWNER DQUOT EXIST FBIG GRACE ISDIR NOENT NOSPC NOTSUPP NO_GRACE PERM"
            + " RECLAIM_BAD RECLAIM_CONFLICT ROFS SHARE_DENIED STALE_CLIENTID SYMLINK WRONGSEC");
    of40(
        Operation.LOCK,
        OWNER_40
            + "ACCESS BAD_RANGE DEADLOCK DENIED GRACE ISDIR LOCK_NOTSUPP LOCK_RANGE NO_GRACE"
            + " OPENMODE RECLAIM_BAD RECLAIM_CONFLICT STALE_CLIENTID");
    of40(
        Operation.LOCKT,
        "ACCESS BAD_RANGE DENIED EXPIRED GRACE INVAL ISDIR LEASE_MOVED LOCK_RANGE STALE_CLIENTID");
    of40(Operation.LOCKU, OWNER_40 + "ACCESS BAD_RANGE GRACE ISDIR LOCK_RANGE");
    of40(
        Operation.RELEASE_LOCKOWNER, "ADMIN_REVOKED EXPIRED LEASE_MOVED LOCKS_HELD STALE_CLIENTID");
    of40(Operation.RENEW, "ACCESS ADMIN_REVOKED CB_PATH_DOWN EXPIRED LEASE_MOVED STALE_CLIENTID");
    of40(Operation.SETCLIENTID, "CLID_INUSE INVAL");
    of40(Operation.SETCLIENTID_CONFIRM, "CLID_INUSE STALE_CLIENTID");
    of40(Operation.DELEGPURGE, "LEASE_MOVED NOTSUPP STALE_CLIENTID");
    of40(
        Operation.DELEGRETURN,
        "ADMIN_REVOKED BAD_STATEID EXPIRED INVAL LEASE_MOVED NOTSUPP OLD_STATEID STALE_STATEID");
    of40(Operation.OPENATTR, "ACCESS DQUOT NOENT NOSPC NOTSUPP ROFS");
  }

  private ErrorSets() {}

  private static void both(Operation operation, String errors) {
    of40(operation, errors);
    of41(operation, errors);
  }

  private static void of40(Operation operation, String errors) {
    OF_40.put(operation, parse(COMMON_40 + errors));
  }

  private static void of41(Operation operation, String errors) {
    OF_41.put(operation, parse(COMMON_41 + errors));
  }

  private static Set<Nfs4Status> parse(String names) {
    Set<Nfs4Status> errors = EnumSet.noneOf(Nfs4Status.class);
    Arrays.stream(names.strip().split("\\s+")).map(Nfs4Status::valueOf).forEach(errors::add);
    return errors;
  }

  /** The operations of a minor version that have a set. */
  static Set<Operation> operations(int minorVersion) {
    Set<Operation> known = EnumSet.copyOf(minorVersion == 0 ? OF_40.keySet() : OF_41.keySet());
    if (minorVersion > 0) {
      known.addAll(ValidErrors.operations());
    }
    return known;
  }

  /** Whether an operation of a minor version may end so. */
  static boolean allow(int minorVersion, Operation operation, Nfs4Status status) {
    if (status.isOk()) {
      return true;
    }
    Set<Nfs4Status> errors = (minorVersion == 0 ? OF_40 : OF_41).get(operation);
    return errors == null
        ? minorVersion > 0 && ValidErrors.allow(operation, status)
        : errors.contains(status);
  }

  /**
   * Holds a reply's last result against its set, unless it is a SERVERFAULT that a test provoked.
   *
   * @param call a whole RPC call
   * @param reply its reply
   */
  public static void check(byte[] call, byte[] reply) {
    int minorVersion = minorVersionOf(call);
    ByteBuffer words = ByteBuffer.wrap(reply);
    boolean isResult =
        minorVersion >= 0 && reply.length > 36 && words.getInt(8) == 0 && words.getInt(20) == 0;
    int status = isResult ? words.getInt(24) : 0;
    int behind = reply.length - Integer.BYTES;
    if (status == 0 || status == Nfs4Status.SERVERFAULT.code()) {
      return;
    }
    if (words.getInt(behind) == 0 && words.getInt(behind - 4) == status) {
      behind -= Integer.BYTES; // SETATTR's attributes
    }
    if (words.getInt(behind) != status) {
      return; // LOCK denied, or a compound without results
    }
    Operation operation = Operation.ofNumber(words.getInt(behind - Integer.BYTES));
    if (operation != null) {
      Nfs4Status error = statusOf(status);
      assertTrue(
          allow(minorVersion, operation, error),
          operation + " of NFSv4." + minorVersion + " ended with " + error);
    }
  }

  private static Nfs4Status statusOf(int code) {
    return Arrays.stream(Nfs4Status.values())
        .filter(status -> status.code() == code)
        .findFirst()
        .orElseThrow();
  }

  /** -1 if it is no COMPOUND of 4.0 or 4.1. */
  private static int minorVersionOf(byte[] call) {
    ByteBuffer words = ByteBuffer.wrap(call);
    if (call.length < 48 || words.getInt(20) != 1) {
      return -1;
    }
    int tag = 24 + 8 + words.getInt(28) + 8;
    if (tag < 40 || tag + 8 > call.length) {
      return -1;
    }
    int minor = tag + 4 + (words.getInt(tag) + 3 & ~3);
    boolean isThere = minor > tag && minor + 4 <= call.length;
    int version = isThere ? words.getInt(minor) : -1;
    return version == 0 || version == 1 ? version : -1;
  }
}
