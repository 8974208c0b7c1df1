package io.atoll.nfs4.compound;

import io.atoll.nfs4.op.CompoundCall;
import io.atoll.nfs4.op.Op;
import io.atoll.nfs4.op.OpSpec;
import io.atoll.nfs4.op.OpSpecs;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import java.util.Map;

/** All operations of NFSv4.1 by their numbers: those that are served, and a refusal for others. */
public final class OpTable {
  private static final Op NOT_SUPPORTED = OpTable::refuse;

  private final Op[] ops;
  private final OpSpec[] specs;

  /**
   * @param served those that there are; all others are answered NFS4ERR_NOTSUPP
   */
  public OpTable(Map<Operation, Op> served) {
    ops = new Op[Operation.GREATEST_NUMBER + 1];
    specs = new OpSpec[Operation.GREATEST_NUMBER + 1];
    for (Operation operation : Operation.values()) {
      ops[operation.number()] = served.getOrDefault(operation, NOT_SUPPORTED);
      specs[operation.number()] = OpSpecs.of(operation);
    }
  }

  OpSpec spec(Operation operation) {
    return specs[operation.number()];
  }

  Op op(Operation operation) {
    return ops[operation.number()];
  }

  private static void refuse(CompoundCall call) {
    call.done(Nfs4Status.NOTSUPP);
  }
}
