package io.atoll.nfs4.op;

import io.atoll.fs.FileHandle;
import io.atoll.nfs4.state.ClientRecord;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.RpcConnection;
import java.util.EnumMap;
import java.util.Map;

/**
 * The operations of NFSv4.0 on client state. DELEGPURGE and OPENATTR are not among them, and so
 * NFS4ERR_NOTSUPP: no delegation and no named attribute outlives anything here.
 */
public final class StateOperations40 {
  private StateOperations40() {}

  /** What READ, WRITE and SETATTR ask. */
  public static StateidCheck check(NfsState state) {
    return (call, file, stateid, access) -> check(state, call, file, stateid, access);
  }

  private static Nfs4Status check(
      NfsState state, CompoundCall call, FileHandle file, Stateid stateid, int access) {
    Nfs4Status status = state.v40().checkIo(file, stateid, access);
    noteClient(state, call.connection());
    // Another's courtesy may have ended for this; that it is forgotten must be durable first.
    call.fsCall().dependsOn(state.journalSequence());
    if (status.isOk()) {
      call.heldOpen(state.holdsOpen(stateid, access, Callers.principal(call)));
    }
    return status;
  }

  /** By its connection a client is known when an operation names none. */
  private static void noteClient(NfsState state, RpcConnection connection) {
    ClientRecord client = state.v40().takeRenewed();
    if (client != null) {
      connection.attach(client);
    }
  }

  private static Op notingClient(NfsState state, Op op) {
    return call -> {
      RpcConnection connection = call.connection();
      op.start(call);
      noteClient(state, connection);
    };
  }

  /** A new map of them. */
  public static Map<Operation, Op> all(NfsState state, CallbackProbe probe) {
    OwnerGate gate = new OwnerGate(state.v40());
    ClientOps40 clients = new ClientOps40(state, probe);
    OpenOps40 opens = new OpenOps40(state, gate);
    LockOps40 locks = new LockOps40(state, gate);
    Map<Operation, Op> ops = new EnumMap<>(Operation.class);
    ops.put(Operation.SETCLIENTID, clients::setClientId);
    ops.put(Operation.SETCLIENTID_CONFIRM, clients::confirm);
    ops.put(Operation.RENEW, clients::renew);
    ops.put(Operation.DELEGRETURN, clients::returnDelegation);
    ops.put(Operation.OPEN, opens::open);
    ops.put(Operation.OPEN_CONFIRM, opens::confirm);
    ops.put(Operation.OPEN_DOWNGRADE, opens::downgrade);
    ops.put(Operation.CLOSE, opens::close);
    ops.put(Operation.LOCK, locks::lock);
    ops.put(Operation.LOCKT, locks::test);
    ops.put(Operation.LOCKU, locks::unlock);
    ops.put(Operation.RELEASE_LOCKOWNER, locks::release);
    ops.replaceAll((operation, op) -> notingClient(state, op));
    return ops;
  }
}
