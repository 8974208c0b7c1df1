package io.atoll.rpc;

import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.util.function.Consumer;

/**
 * A call that the server makes of a client's own program, over the client's connection (RFC 5531,
 * section 9; RFC 8881, section 2.10.3.1).
 *
 * @param flavor of the credential, AUTH_NONE or AUTH_SYS
 * @param credential its body, at most {@link RpcCredential#MAX_BODY_BYTES}; not to be changed
 * @param arguments writes them
 * @param answer told once how it ended, later on the loop
 */
public record BackCall(
    int program,
    int version,
    int procedure,
    int flavor,
    byte[] credential,
    Consumer<XdrWriter> arguments,
    Answer answer) {

  /** How a call ended. */
  public enum End {
    /** The client executed it. */
    ANSWERED,
    /** The client did not execute it: it has no such program, or takes no such credential. */
    REFUSED,
    /** No answer came before the connection was closed or time was over. It may be executed. */
    LOST
  }

  /** Takes what came of a call. */
  @FunctionalInterface
  public interface Answer {
    /**
     * @param results of ANSWERED, else null; not to be used after the return
     */
    void ended(End end, XdrReader results);
  }
}
