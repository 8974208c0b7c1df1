package io.atoll.nfs4.state;

import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.util.function.Consumer;

/**
 * A connection over which a client takes callbacks. Told apart by {@code equals}. Loop-confined.
 */
public interface CallbackPath {
  /** CB_NULL. */
  int NULL = 0;

  /** CB_COMPOUND. */
  int COMPOUND = 1;

  /** How a callback ended. */
  enum End {
    /** The client executed it. */
    ANSWERED,
    /** The client did not execute it, nor would it another one over this path. */
    REFUSED,
    /** Nobody knows whether the client executed it. */
    LOST
  }

  /** Takes what came of a callback. */
  @FunctionalInterface
  interface Answer {
    /**
     * @param results of ANSWERED, else null; not to be used after the return
     */
    void ended(End end, XdrReader results);
  }

  boolean isOpen();

  /**
   * Calls a procedure of a client's program.
   *
   * @param arguments writes them, before this returns
   * @param answer told once, later on the loop and within seconds
   * @return false if it can't be called now, and the answer will not be told
   */
  boolean call(
      CallbackProgram program, int procedure, Consumer<XdrWriter> arguments, Answer answer);
}
