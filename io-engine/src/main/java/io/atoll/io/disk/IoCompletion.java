package io.atoll.io.disk;

/** Told the end of a disk operation, on the loop that submitted it. */
@FunctionalInterface
public interface IoCompletion {

  /**
   * @param cookie the caller's number, given at submission
   * @param result bytes moved (or 0 where the operation moves none), or a negated errno as in
   *     {@code -EIO}
   */
  void completed(long cookie, int result);
}
