package io.atoll.nfs4.op;

import io.atoll.nfs4.op.OpSpec.Place;
import io.atoll.nfs4.wire.Operation;

/** The {@link OpSpec} of every operation of NFSv4.0 (RFC 7530, section 16), each in any place. */
public final class OpSpecs40 {
  /** The operation with the greatest number: RELEASE_LOCKOWNER. */
  public static final int GREATEST_NUMBER = Operation.RELEASE_LOCKOWNER.number();

  private OpSpecs40() {}

  /**
   * @param operation of those up to {@link #GREATEST_NUMBER}
   */
  public static OpSpec of(Operation operation) {
    return switch (operation) {
      case OPEN_CONFIRM -> new OpSpec(operation, true, true, Place.ANY, OpSpecs.SMALL_RESULT_BYTES);
      case RELEASE_LOCKOWNER, SETCLIENTID_CONFIRM ->
          new OpSpec(operation, false, true, Place.ANY, OpSpecs.SMALL_RESULT_BYTES);
      case SETCLIENTID -> new OpSpec(operation, false, true, Place.ANY, OpSpecs.OWNER_RESULT_BYTES);
      case DELEGRETURN, OPENATTR -> new OpSpec(operation, true, false, Place.ANY, 0);
      default -> {
        OpSpec later = OpSpecs.of(operation);
        yield new OpSpec(
            operation, later.needsFileHandle(), later.mutates(), Place.ANY, later.maxResultBytes());
      }
    };
  }
}
