package io.atoll.nfs4.op;

import io.atoll.nfs4.wire.Operation;

/**
 * What the pump must know of an operation before it starts it.
 *
 * @param operation which
 * @param needsFileHandle NFS4ERR_NOFILEHANDLE without a current filehandle
 * @param mutates changes something, so that its largest reply must be known to fit before it runs
 * @param place where in a compound it may stand
 * @param maxResultBytes the largest result, from its number on, of an operation that mutates; other
 *     operations keep to {@link CompoundCall#replyRoomBytes()} themselves
 */
public record OpSpec(
    Operation operation,
    boolean needsFileHandle,
    boolean mutates,
    Place place,
    int maxResultBytes) {

  /** Where an operation may stand (RFC 8881, sections 2.10.6.4 and 18.46.3). */
  public enum Place {
    /** Anywhere: NFSv4.0, which has no sessions. */
    ANY,
    /** After a SEQUENCE only, else OP_NOT_IN_SESSION. */
    IN_SESSION,
    /** First only, else SEQUENCE_POS: SEQUENCE itself. */
    FIRST,
    /** As a compound's sole operation when without a SEQUENCE, else NOT_ONLY_OP. */
    SOLE_OR_IN_SESSION,
    /** As a compound's sole operation, else NOT_ONLY_OP. */
    SOLE
  }
}
