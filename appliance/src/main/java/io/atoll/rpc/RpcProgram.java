package io.atoll.rpc;

/** A program that calls are for (RFC 5531, section 8.1), in its one version. */
public interface RpcProgram {

  int number();

  int version();

  /** The procedure with the highest number; procedure 0 is answered without the program. */
  int highestProcedure();

  /**
   * Serves a call: ends it with {@link RpcCall#send}, {@link RpcCall#refuse} or {@link
   * RpcCall#drop} exactly once, now or later on the loop.
   */
  void call(RpcCall call);

  /** Called every second, to look after what runs for too long. */
  default void tick() {}
}
