package io.atoll.rpc;

import io.atoll.xdr.XdrReader;
import java.util.List;

/**
 * Decodes the header of calls (RFC 5531, section 9) and hands them to their programs, which are on
 * the home loop; what needs no program it answers itself. Confined to its connections' loop.
 */
final class RpcDispatcher {
  private static final int CALL = 0;
  private static final int REPLY = 1;
  private static final int RPC_VERSION = 2;
  private static final int NULL_PROCEDURE = 0;

  /** RFC 5531, section 9: auth_stat. */
  private static final int AUTH_BADCRED = 1;

  private static final int AUTH_BADVERF = 3;

  private final RpcProgram[] programs;
  private final RateLimitedLog strangers;

  /**
   * @param programs only asked for their numbers
   */
  RpcDispatcher(List<RpcProgram> programs, RateLimitedLog strangers) {
    this.programs = programs.toArray(RpcProgram[]::new);
    this.strangers = strangers;
  }

  void dispatch(RpcCall call, CredentialDecoder credentials) {
    XdrReader reader = call.reader();
    int xid = reader.int32();
    int type = reader.int32();
    if (type == REPLY && !reader.isMalformed()) {
      call.header(xid, NULL_PROCEDURE);
      call.handOver(null);
      return;
    }
    if (reader.isMalformed() || type != CALL) {
      strangers.warn(
          "dropped a record that is neither a call nor an answer to one",
          call.connection().remote());
      call.drop();
      return;
    }
    int rpcVersion = reader.int32();
    int program = reader.int32();
    int version = reader.int32();
    int procedure = reader.int32();
    call.header(xid, procedure);
    if (!reader.isMalformed() && rpcVersion != RPC_VERSION) {
      call.denyRpcVersion(RPC_VERSION);
      return;
    }
    int credentialFlavor = reader.int32();
    int credentialIndex = reader.opaqueIndex(RpcCredential.MAX_BODY_BYTES);
    int credentialBytes = reader.opaqueLengthBytes();
    if (reader.isMalformed()) {
      call.denyAuthentication(AUTH_BADCRED);
      return;
    }
    int verifierFlavor = reader.int32();
    reader.skipOpaque(RpcCredential.MAX_BODY_BYTES);
    if (reader.isMalformed() || verifierFlavor != RpcCredential.AUTH_NONE) {
      call.denyAuthentication(AUTH_BADVERF);
      return;
    }
    RpcCredential credential =
        credentials.decode(credentialFlavor, reader.buffer(), credentialIndex, credentialBytes);
    if (credential == null) {
      call.denyAuthentication(AUTH_BADCRED);
      return;
    }
    call.credential(credential);
    toProgram(call, program, version, procedure);
  }

  private void toProgram(RpcCall call, int number, int version, int procedure) {
    RpcProgram program = null;
    for (RpcProgram candidate : programs) {
      if (candidate.number() == number) {
        program = candidate;
      }
    }
    if (program == null) {
      call.refuse(AcceptStatus.PROG_UNAVAIL);
    } else if (program.version() != version) {
      call.refuseVersion(program.version(), program.version());
    } else if (procedure == NULL_PROCEDURE) {
      call.accept();
      call.send();
    } else if (Integer.compareUnsigned(procedure, program.highestProcedure()) > 0) {
      call.refuse(AcceptStatus.PROC_UNAVAIL);
    } else {
      call.handOver(program);
    }
  }
}
