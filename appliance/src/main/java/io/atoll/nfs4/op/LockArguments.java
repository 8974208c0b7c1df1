package io.atoll.nfs4.op;

import io.atoll.nfs4.state.ByteRangeLockSet;
import io.atoll.nfs4.state.ByteRangeLockSet.Mode;
import io.atoll.nfs4.state.Locks;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;

/**
 * The arguments of LOCK, LOCKT and LOCKU, decoded (RFC 8881, sections 18.10 to 18.12; RFC 7530,
 * sections 16.10 to 16.12), which are the same in all minor versions.
 *
 * @param type nfs_lock_type4
 * @param reclaim of LOCK
 * @param offset unsigned
 * @param length unsigned; all ones for all that follows
 * @param isNewOwner LOCK by the open's stateid, by an owner that has none of its own for it
 * @param openSeqid the open-owner's, if {@code isNewOwner}; NFSv4.0's, as are all seqids
 * @param stateid null of LOCKT
 * @param seqid the lock-owner's, 0 of LOCKT
 * @param clientId the owner's, in NFSv4.0
 * @param owner null unless {@code isNewOwner} or of LOCKT
 */
record LockArguments(
    int type,
    boolean reclaim,
    long offset,
    long length,
    boolean isNewOwner,
    int openSeqid,
    Stateid stateid,
    int seqid,
    long clientId,
    OwnerId owner) {
  static final int READ_LT = 1;
  static final int WRITE_LT = 2;
  private static final int READW_LT = 3;
  private static final int WRITEW_LT = 4;

  static LockArguments decodeLock(XdrReader reader) {
    int type = type(reader);
    boolean reclaim = reader.bool();
    long offset = reader.int64();
    long length = reader.int64();
    boolean isNewOwner = reader.bool();
    int openSeqid = isNewOwner ? reader.int32() : 0;
    Stateid stateid = Stateid.decode(reader);
    int seqid = reader.int32();
    long clientId = isNewOwner ? reader.int64() : 0;
    OwnerId owner = isNewOwner ? Callers.ownerName(reader) : null;
    return new LockArguments(
        type, reclaim, offset, length, isNewOwner, openSeqid, stateid, seqid, clientId, owner);
  }

  static LockArguments decodeTest(XdrReader reader) {
    int type = type(reader);
    long offset = reader.int64();
    long length = reader.int64();
    long clientId = reader.int64();
    OwnerId owner = Callers.ownerName(reader);
    return new LockArguments(type, false, offset, length, false, 0, null, 0, clientId, owner);
  }

  static LockArguments decodeUnlock(XdrReader reader) {
    int type = type(reader);
    int seqid = reader.int32();
    Stateid stateid = Stateid.decode(reader);
    long offset = reader.int64();
    long length = reader.int64();
    return new LockArguments(type, false, offset, length, false, 0, stateid, seqid, 0, null);
  }

  private static int type(XdrReader reader) {
    int type = reader.enumerator(WRITEW_LT);
    if (type < READ_LT) {
      reader.markMalformed();
    }
    return type;
  }

  Mode mode() {
    return type == READ_LT || type == READW_LT ? Mode.SHARED : Mode.EXCLUSIVE;
  }

  /** Section 18.10.3: not empty, and not past 2⁶⁴−1 unless it says that it goes to the end. */
  boolean isRange() {
    return length != 0
        && (length == ByteRangeLockSet.END_OF_FILE || Long.compareUnsigned(length, ~offset) <= 0);
  }

  long lastByte() {
    return length == ByteRangeLockSet.END_OF_FILE
        ? ByteRangeLockSet.END_OF_FILE
        : offset + length - 1;
  }

  /**
   * @param view of the current filehandle
   */
  Locks.Request request(View view) {
    return new Locks.Request(mode(), reclaim, offset, lastByte(), type >= READW_LT, view.key());
  }
}
