package io.atoll.nfs4.plain;

import static io.atoll.nfs4.plain.XdrType.BOOL;
import static io.atoll.nfs4.plain.XdrType.INT32;
import static io.atoll.nfs4.plain.XdrType.INT64;
import static io.atoll.nfs4.plain.XdrType.VOID;
import static io.atoll.nfs4.plain.XdrType.array;
import static io.atoll.nfs4.plain.XdrType.enumeration;
import static io.atoll.nfs4.plain.XdrType.fixed;
import static io.atoll.nfs4.plain.XdrType.linked;
import static io.atoll.nfs4.plain.XdrType.opaque;
import static io.atoll.nfs4.plain.XdrType.struct;
import static io.atoll.nfs4.plain.XdrType.union;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * The protocol's structures (RFC 5662; RFC 7531 where 4.0 differs). Lengths that the RFC leaves
 * open have bounds here below those of the server.
 */
public final class Nfs4Types {
  private static final int MAX_BYTES = 64;
  private static final int NF4BLK = 3;
  private static final int NF4CHR = 4;
  private static final int NF4LNK = 5;

  public static final XdrType BITMAP = array(INT32, 8);
  public static final XdrType STATEID = struct(INT32, fixed(12));
  public static final XdrType HANDLE = opaque(128);
  public static final XdrType VERIFIER = fixed(8);
  public static final XdrType TIME = struct(INT64, INT32);
  public static final XdrType NAME = opaque(255);
  public static final XdrType ATTRIBUTES = struct(BITMAP, opaque(4096));
  public static final XdrType CHANGE_INFO = struct(BOOL, INT64, INT64);
  public static final XdrType OWNER = struct(INT64, opaque(1024));
  public static final XdrType SESSION = fixed(16);
  public static final XdrType CHANNEL =
      struct(INT32, INT32, INT32, INT32, INT32, INT32, array(INT32, 1));
  private static final XdrType SYS = struct(INT32, opaque(255), INT32, INT32, array(INT32, 16));
  public static final XdrType CALLBACK_SECURITY =
      union(
          Map.of(
              0, VOID, 1, SYS, 6, struct(enumeration(1, 3), opaque(MAX_BYTES), opaque(MAX_BYTES))),
          null);
  private static final XdrType OPERATION_SETS = struct(BITMAP, BITMAP);
  private static final XdrType OIDS = array(opaque(MAX_BYTES), 8);
  public static final XdrType PROTECTION =
      union(
          Map.of(0, VOID, 1, OPERATION_SETS, 2, struct(OPERATION_SETS, OIDS, OIDS, INT32, INT32)),
          null);
  private static final XdrType IMPLEMENTATION =
      array(struct(opaque(MAX_BYTES), opaque(MAX_BYTES), TIME), 1);
  public static final XdrType LOCKER =
      union(Map.of(1, struct(INT32, STATEID, INT32, OWNER), 0, struct(STATEID, INT32)), null);
  private static final XdrType LOCK_TYPE = enumeration(1, 4);
  private static final XdrType DENIED = struct(INT64, INT64, enumeration(1, 2), OWNER);
  private static final XdrType SECURITIES =
      array(union(Map.of(6, struct(opaque(MAX_BYTES), INT32, enumeration(1, 3))), VOID), 8);

  /** entry4 behind its cookie. */
  private static final XdrType ENTRY = struct(INT64, NAME, ATTRIBUTES);

  private Nfs4Types() {}

  private static XdrType howToCreate(int minorVersion) {
    Map<Integer, XdrType> modes = new HashMap<>();
    modes.put(0, ATTRIBUTES);
    modes.put(1, ATTRIBUTES);
    modes.put(2, VERIFIER);
    if (minorVersion > 0) {
      modes.put(3, struct(VERIFIER, ATTRIBUTES));
    }
    return union(modes, null);
  }

  private static XdrType claim(int minorVersion) {
    Map<Integer, XdrType> claims = new HashMap<>();
    claims.put(0, NAME);
    claims.put(1, enumeration(0, minorVersion == 0 ? 2 : 3));
    claims.put(2, struct(STATEID, NAME));
    claims.put(3, NAME);
    if (minorVersion > 0) {
      claims.put(4, VOID);
      claims.put(5, STATEID);
      claims.put(6, VOID);
    }
    return union(claims, null);
  }

  private static XdrType open(int minorVersion) {
    return struct(
        INT32,
        INT32,
        INT32,
        OWNER,
        union(Map.of(0, VOID, 1, howToCreate(minorVersion)), null),
        claim(minorVersion));
  }

  /** What follows the number of an operation in a call; those that a minor version has. */
  public static Map<Operation, XdrType> arguments(int minorVersion) {
    Map<Operation, XdrType> types = new EnumMap<>(Operation.class);
    types.put(Operation.ACCESS, INT32);
    types.put(Operation.CLOSE, struct(INT32, STATEID));
    types.put(Operation.COMMIT, struct(INT64, INT32));
    types.put(
        Operation.CREATE,
        struct(
            union(
                Map.of(
                    NF4LNK,
                    opaque(4095),
                    NF4BLK,
                    struct(INT32, INT32),
                    NF4CHR,
                    struct(INT32, INT32),
                    2,
                    VOID),
                VOID),
            NAME,
            ATTRIBUTES));
    types.put(Operation.GETATTR, BITMAP);
    types.put(Operation.GETFH, VOID);
    types.put(Operation.LINK, NAME);
    types.put(Operation.LOCK, struct(LOCK_TYPE, BOOL, INT64, INT64, LOCKER));
    types.put(Operation.LOCKT, struct(LOCK_TYPE, INT64, INT64, OWNER));
    types.put(Operation.LOCKU, struct(LOCK_TYPE, INT32, STATEID, INT64, INT64));
    types.put(Operation.LOOKUP, NAME);
    types.put(Operation.LOOKUPP, VOID);
    types.put(Operation.NVERIFY, ATTRIBUTES);
    types.put(Operation.OPEN, open(minorVersion));
    types.put(Operation.OPEN_DOWNGRADE, struct(STATEID, INT32, INT32, INT32));
    types.put(Operation.PUTFH, HANDLE);
    types.put(Operation.PUTPUBFH, VOID);
    types.put(Operation.PUTROOTFH, VOID);
    types.put(Operation.READ, struct(STATEID, INT64, INT32));
    types.put(Operation.READDIR, struct(INT64, VERIFIER, INT32, INT32, BITMAP));
    types.put(Operation.READLINK, VOID);
    types.put(Operation.REMOVE, NAME);
    types.put(Operation.RENAME, struct(NAME, NAME));
    types.put(Operation.RESTOREFH, VOID);
    types.put(Operation.SAVEFH, VOID);
    types.put(Operation.SECINFO, NAME);
    types.put(Operation.SETATTR, struct(STATEID, ATTRIBUTES));
    types.put(Operation.VERIFY, ATTRIBUTES);
    types.put(Operation.WRITE, struct(STATEID, INT64, enumeration(0, 2), opaque(MAX_BYTES)));
    if (minorVersion == 0) {
      types.put(Operation.OPEN_CONFIRM, struct(STATEID, INT32));
      types.put(Operation.RENEW, INT64);
      types.put(
          Operation.SETCLIENTID,
          struct(
              VERIFIER,
              opaque(1024),
              struct(INT32, struct(opaque(MAX_BYTES), opaque(MAX_BYTES))),
              INT32));
      types.put(Operation.SETCLIENTID_CONFIRM, struct(INT64, VERIFIER));
      types.put(Operation.RELEASE_LOCKOWNER, OWNER);
    } else {
      types.put(Operation.BACKCHANNEL_CTL, struct(INT32, array(CALLBACK_SECURITY, 8)));
      types.put(
          Operation.BIND_CONN_TO_SESSION,
          struct(SESSION, union(Map.of(1, VOID, 2, VOID, 3, VOID, 7, VOID), null), BOOL));
      types.put(
          Operation.EXCHANGE_ID, struct(VERIFIER, opaque(1024), INT32, PROTECTION, IMPLEMENTATION));
      types.put(
          Operation.CREATE_SESSION,
          struct(INT64, INT32, INT32, CHANNEL, CHANNEL, INT32, array(CALLBACK_SECURITY, 8)));
      types.put(Operation.DESTROY_SESSION, SESSION);
      types.put(Operation.FREE_STATEID, STATEID);
      types.put(Operation.SECINFO_NO_NAME, enumeration(0, 1));
      types.put(Operation.SEQUENCE, struct(SESSION, INT32, INT32, INT32, BOOL));
      types.put(Operation.TEST_STATEID, array(STATEID, 16));
      types.put(Operation.DESTROY_CLIENTID, INT64);
      types.put(Operation.RECLAIM_COMPLETE, BOOL);
    }
    return types;
  }

  private static XdrType delegation(int minorVersion) {
    Map<Integer, XdrType> types = new HashMap<>();
    types.put(0, VOID);
    if (minorVersion > 0) {
      types.put(3, union(Map.of(0, VOID, 1, BOOL, 2, BOOL, 3, VOID, 4, VOID, 5, VOID), VOID));
    }
    return union(types, null);
  }

  /** What follows the number of an operation in a reply: a union by its status. */
  public static XdrType result(Operation operation, int minorVersion) {
    int ok = Nfs4Status.OK.code();
    return switch (operation) {
      case ACCESS -> onSuccess(struct(INT32, INT32));
      case CLOSE, OPEN_CONFIRM, OPEN_DOWNGRADE, LOCKU -> onSuccess(STATEID);
      case COMMIT -> onSuccess(VERIFIER);
      case CREATE -> onSuccess(struct(CHANGE_INFO, BITMAP));
      case GETATTR -> onSuccess(ATTRIBUTES);
      case GETFH -> onSuccess(HANDLE);
      case LINK, REMOVE -> onSuccess(CHANGE_INFO);
      case LOCK -> union(Map.of(ok, STATEID, Nfs4Status.DENIED.code(), DENIED), VOID);
      case LOCKT -> union(Map.of(ok, VOID, Nfs4Status.DENIED.code(), DENIED), VOID);
      case OPEN -> onSuccess(struct(STATEID, CHANGE_INFO, INT32, BITMAP, delegation(minorVersion)));
      case READ -> onSuccess(struct(BOOL, opaque(1 << 20)));
      case READDIR -> onSuccess(struct(VERIFIER, linked(ENTRY), BOOL));
      case READLINK -> onSuccess(opaque(4095));
      case RENAME -> onSuccess(struct(CHANGE_INFO, CHANGE_INFO));
      case SECINFO, SECINFO_NO_NAME -> onSuccess(SECURITIES);
      case SETATTR -> struct(INT32, BITMAP);
      case WRITE -> onSuccess(struct(INT32, enumeration(0, 2), VERIFIER));
      case SETCLIENTID ->
          union(
              Map.of(
                  ok,
                  struct(INT64, VERIFIER),
                  Nfs4Status.CLID_INUSE.code(),
                  struct(opaque(MAX_BYTES), opaque(MAX_BYTES))),
              VOID);
      case BIND_CONN_TO_SESSION -> onSuccess(struct(SESSION, INT32, BOOL));
      case EXCHANGE_ID ->
          onSuccess(
              struct(
                  INT64,
                  INT32,
                  INT32,
                  PROTECTION,
                  struct(INT64, opaque(1024)),
                  opaque(1024),
                  IMPLEMENTATION));
      case CREATE_SESSION -> onSuccess(struct(SESSION, INT32, INT32, CHANNEL, CHANNEL));
      case SEQUENCE -> onSuccess(struct(SESSION, INT32, INT32, INT32, INT32, INT32));
      case TEST_STATEID -> onSuccess(array(INT32, 16));
      default -> onSuccess(VOID);
    };
  }

  private static XdrType onSuccess(XdrType body) {
    return union(Map.of(Nfs4Status.OK.code(), body), VOID);
  }
}
