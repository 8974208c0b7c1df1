package io.atoll.nfs4.op;

import static io.atoll.xdr.XdrBytes.xdr;

import io.atoll.nfs4.op.ReplyGrammar.Result;
import io.atoll.nfs4.op.StateScene.Call;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.TestConnection;
import java.util.List;

/** A server in the middle of its life, and what a client of one minor version may call then. */
interface MalformedScene extends AutoCloseable {
  StateHarness server();

  /** Of the client whose calls are bent. */
  TestConnection connection();

  /** Of the client that is to be served whatever the other one sends. */
  TestConnection witness();

  /** Every call, each good by itself in a scene that is new. */
  List<Call> calls();

  Message message(Call call);

  /** The witness is served. */
  void serves();

  /** Whether an operation may end so. */
  boolean allows(Operation operation, Nfs4Status status);

  /** Whether calls that were good before may not be any more. */
  boolean isChangedBy(List<Result> results);

  /** Whether there may be other clients, files and stateids than before. */
  boolean mayHaveChanged(List<Result> results);

  /** Nobody says anything any more until all leases are over: nothing is left of them. */
  @Override
  void close();

  /** A call as it goes over the wire: what comes before the operations, and these. */
  record Message(byte[] head, byte[] operations) {
    byte[] with(byte[] bent) {
      return xdr().raw(head).raw(bent).bytes();
    }
  }
}
