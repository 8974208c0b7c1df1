package io.atoll.nfs4.op;

import io.atoll.nfs4.wire.Nfs4Status;

/**
 * One NFSv4 operation. Stateless towards compounds: one object serves all of them. Confined to the
 * home loop.
 */
@FunctionalInterface
public interface Op {

  /**
   * Decodes the arguments from {@link CompoundCall#reader()}, does the work, writes the result
   * (what follows the status) to {@link CompoundCall#writer()}, and ends with {@link
   * CompoundCall#done} or {@link CompoundCall#doneKeepingResult} exactly once, before it returns or
   * later on the loop.
   *
   * <p>All arguments are decoded before the call returns and before anything is done; after
   * decoding it asks {@link CompoundCall#refusesArguments}. What it wrote before {@code done} with
   * a status other than {@link Nfs4Status#OK} is cut off again.
   */
  void start(CompoundCall call);
}
