package io.atoll.api.efs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.service.Refusal;
import io.vertx.core.Future;

/** Does one operation. Runs on the control thread. */
@FunctionalInterface
interface Handler {
  /**
   * @return the body of the answer, null for none; a failure that is a {@link Refusal} is told
   */
  Future<ObjectNode> handle(Input input) throws Refusal;

  /** One that is done when it returns. */
  static Handler at(Immediate immediate) {
    return input -> Future.succeededFuture(immediate.handle(input));
  }

  /** An operation that waits for nothing. */
  @FunctionalInterface
  interface Immediate {
    ObjectNode handle(Input input) throws Refusal;
  }
}
