package io.atoll.fs.store;

import java.util.ArrayDeque;
import java.util.function.Function;

/** Finished operations, kept for the next ones. Loop-confined. */
final class OperationPool<T> {
  private final ArrayDeque<T> spare = new ArrayDeque<>();
  private final Function<OperationPool<T>, T> factory;

  OperationPool(Function<OperationPool<T>, T> factory) {
    this.factory = factory;
  }

  T take() {
    T operation = spare.pollFirst();
    return operation != null ? operation : factory.apply(this);
  }

  void put(T operation) {
    if (spare.size() < StoreLimits.MAX_SPARE_OPERATIONS) {
      spare.addFirst(operation);
    }
  }
}
