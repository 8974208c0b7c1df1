package io.atoll.nfs4.compound;

import io.atoll.nfs4.op.CompoundCall;
import io.atoll.nfs4.op.Op;
import io.atoll.nfs4.op.OpSpec;
import io.atoll.nfs4.op.OpSpecs;
import io.atoll.nfs4.op.OpSpecs40;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import java.util.Map;

/**
 * What makes a minor version: its operations by their numbers, those that are served and a refusal
 * for others, what the pump must know of each, and its errors.
 */
public final class OpTable {
  /**
   * The most operations of a compound of NFSv4.0, where no session says so; further ones are
   * answered NFS4ERR_RESOURCE. More than a path has names.
   */
  static final int MAX_OPERATIONS_40 = 1024;

  private static final Op NOT_SUPPORTED = OpTable::refuse;

  private final int minorVersion;
  private final int greatestNumber;
  private final Op[] ops;
  private final OpSpec[] specs;
  private final Weight[] weights;

  /**
   * @param minorVersion 0 or 1
   * @param served those that there are; all others are answered NFS4ERR_NOTSUPP
   */
  public OpTable(int minorVersion, Map<Operation, Op> served) {
    this.minorVersion = minorVersion;
    greatestNumber = minorVersion == 0 ? OpSpecs40.GREATEST_NUMBER : Operation.GREATEST_NUMBER;
    ops = new Op[greatestNumber + 1];
    specs = new OpSpec[greatestNumber + 1];
    weights = new Weight[greatestNumber + 1];
    for (Operation operation : Operation.values()) {
      if (operation.number() <= greatestNumber) {
        weights[operation.number()] = Weight.of(operation);
        ops[operation.number()] = served.getOrDefault(operation, NOT_SUPPORTED);
        specs[operation.number()] =
            minorVersion == 0 ? OpSpecs40.of(operation) : OpSpecs.of(operation);
      }
    }
  }

  /** What an operation counts for. */
  Weight weight(Operation operation) {
    return weights[operation.number()];
  }

  int minorVersion() {
    return minorVersion;
  }

  /** The operation with {@code number}, or null if the minor version has none. */
  Operation operation(int number) {
    return number <= greatestNumber ? Operation.ofNumber(number) : null;
  }

  OpSpec spec(Operation operation) {
    return specs[operation.number()];
  }

  Op op(Operation operation) {
    return ops[operation.number()];
  }

  /** How many operations are run of one compound. */
  int maxOperations() {
    return minorVersion == 0 ? MAX_OPERATIONS_40 : Integer.MAX_VALUE;
  }

  /**
   * What {@code status} is in this minor version.
   *
   * @param operation null if it is illegal
   */
  Nfs4Status status(Operation operation, Nfs4Status status) {
    return minorVersion == 0 ? Errors40.of(operation, status) : status;
  }

  private static void refuse(CompoundCall call) {
    call.done(Nfs4Status.NOTSUPP);
  }
}
