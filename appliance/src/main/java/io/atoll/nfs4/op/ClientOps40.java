package io.atoll.nfs4.op;

import io.atoll.nfs4.state.CallbackAddress;
import io.atoll.nfs4.state.NfsState;
import io.atoll.nfs4.state.OwnerId;
import io.atoll.nfs4.state.SetClientId;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.nio.charset.StandardCharsets;

/**
 * The operations of NFSv4.0 on clients, each a method (RFC 7530, sections 16.28, 16.33, 16.34), and
 * those on delegations, which are never granted.
 */
final class ClientOps40 {
  private final NfsState state;
  private final CallbackProbe probe;

  ClientOps40(NfsState state, CallbackProbe probe) {
    this.state = state;
    this.probe = probe;
  }

  /** SETCLIENTID. */
  void setClientId(CompoundCall call) {
    XdrReader reader = call.reader();
    long verifier = reader.int64();
    byte[] owner = reader.opaque(OwnerId.MAX_BYTES);
    int program = reader.int32();
    String netId = text(reader.opaque(CallbackAddress.MAX_NETID_BYTES));
    String address = text(reader.opaque(CallbackAddress.MAX_ADDRESS_BYTES));
    int ident = reader.int32();
    if (call.refusesArguments()) {
      return;
    }
    SetClientId.Result result =
        state.setClientId(
            new SetClientId.Request(
                OwnerId.ofClient40(owner),
                verifier,
                Callers.principal(call),
                new CallbackAddress(program, netId, address, ident)));
    XdrWriter writer = call.writer();
    if (result.status().isOk()) {
      writer.int64(result.clientId());
      writer.int64(result.confirm());
      call.done(Nfs4Status.OK);
    } else if (result.status() == Nfs4Status.CLID_INUSE) {
      writer.opaque(result.using().netId().getBytes(StandardCharsets.ISO_8859_1));
      writer.opaque(result.using().address().getBytes(StandardCharsets.ISO_8859_1));
      call.doneKeepingResult(Nfs4Status.CLID_INUSE);
    } else {
      call.done(result.status());
    }
  }

  /** Byte for byte, as it may go back to another client. */
  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** SETCLIENTID_CONFIRM. */
  void confirm(CompoundCall call) {
    long clientId = call.reader().int64();
    long verifier = call.reader().int64();
    if (call.refusesArguments()) {
      return;
    }
    Nfs4Status status = state.v40().confirm(clientId, verifier, Callers.principal(call));
    // The incarnation before this one, if it was recorded, is forgotten durably first.
    call.fsCall().dependsOn(state.journalSequence());
    if (status.isOk()) {
      CallbackAddress callback = state.v40().callbackOf(clientId);
      probe.probe(
          call.connection().remoteAddress(),
          callback,
          isUp -> state.v40().callbackAnswered(clientId, callback, isUp));
    }
    call.done(status);
  }

  /** RENEW. CB_PATH_DOWN is for those that hold delegations. */
  void renew(CompoundCall call) {
    long clientId = call.reader().int64();
    if (!call.refusesArguments()) {
      call.done(state.v40().renew(clientId));
    }
  }

  /** DELEGRETURN (section 16.6): no delegation was ever granted. */
  void returnDelegation(CompoundCall call) {
    Stateid stateid = Stateid.decode(call.reader());
    if (call.refusesArguments()) {
      return;
    }
    Nfs4Status status = state.v40().locate(stateid);
    call.done(status.isOk() ? Nfs4Status.BAD_STATEID : status);
  }
}
