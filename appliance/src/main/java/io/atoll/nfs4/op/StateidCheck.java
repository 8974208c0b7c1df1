package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.state.ShareReservations;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;

/**
 * Says whether a stateid allows READ, WRITE or SETATTR of the size (RFC 8881, sections 8.2 and
 * 9.1). Implemented over the client state. Confined to the home loop.
 */
public interface StateidCheck {
  /** Wanted: to read. */
  int READ = ShareReservations.READ;

  /** Wanted: to write, or to set the size. */
  int WRITE = ShareReservations.WRITE;

  /**
   * Checks {@code stateid}, in which the current stateid has been put in place already. When it is
   * the state of an open (or of a lock of one) of the calling user that allows the access, then
   * {@link CompoundCall#heldOpen(boolean)} is set to true, since permissions were checked at
   * opening; for a special stateid (all zeros, all ones) it is left false and only share
   * reservations of others are checked.
   *
   * @param access {@link #READ} or {@link #WRITE}
   * @return OK, or BAD_STATEID, OLD_STATEID, OPENMODE, LOCKED, ...
   */
  Nfs4Status check(CompoundCall call, FileHandle file, Stateid stateid, int access);
}
