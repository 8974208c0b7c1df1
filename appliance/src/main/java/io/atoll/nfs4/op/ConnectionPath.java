package io.atoll.nfs4.op;

import io.atoll.nfs4.state.CallbackPath;
import io.atoll.nfs4.state.CallbackProgram;
import io.atoll.rpc.BackCall;
import io.atoll.rpc.RpcConnection;
import io.atoll.xdr.XdrWriter;
import java.util.function.Consumer;

/** A client's own connection, over which it takes callbacks. Confined to the home loop. */
record ConnectionPath(RpcConnection connection) implements CallbackPath {
  /** NFS_CB (RFC 5662). */
  private static final int VERSION = 1;

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public boolean call(
      CallbackProgram program, int procedure, Consumer<XdrWriter> arguments, Answer answer) {
    return connection.callBack(
        new BackCall(
            program.number(),
            VERSION,
            procedure,
            program.flavor(),
            program.credential(),
            arguments,
            (end, results) -> answer.ended(endOf(end), results)));
  }

  private static End endOf(BackCall.End end) {
    return switch (end) {
      case ANSWERED -> End.ANSWERED;
      case REFUSED -> End.REFUSED;
      case LOST -> End.LOST;
    };
  }
}
