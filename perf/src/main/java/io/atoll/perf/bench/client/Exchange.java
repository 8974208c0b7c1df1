package io.atoll.perf.bench.client;

/**
 * One COMPOUND of a load and its answer; made once and used again for each request of its kind.
 * Called on the connection's loop.
 */
public interface Exchange {
  /** Writes the operations behind SEQUENCE; again for each time that the server says "later". */
  void encode(CompoundWriter out);

  /**
   * Reads the answer; the slot is free again. Not called if the connection fails.
   *
   * @param reply behind SEQUENCE's result; valid until this returns or another request is made
   */
  void replied(CompoundReply reply);

  /** Whether the server shall keep the reply for a retry, as it should of what changes names. */
  default boolean keptForRetry() {
    return false;
  }
}
