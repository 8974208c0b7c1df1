package io.atoll.nfs4.op;

import io.atoll.nfs4.state.CallbackProgram;
import io.atoll.nfs4.state.ChannelAttributes;
import io.atoll.nfs4.state.SessionId;
import io.atoll.rpc.RpcCredential;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.nio.ByteBuffer;

/** Session IDs, channel_attrs4 and callback_sec_parms4 (RFC 8881, sections 18.33 and 18.36). */
final class SessionCodec {
  private static final int RPCSEC_GSS = 6;
  private static final int GREATEST_GSS_SERVICE = 3;

  /** More offers of how to secure callbacks make no sense. */
  private static final int MAX_CALLBACK_SECURITIES = 16;

  private static final byte[] NO_BYTES = {};

  private SessionCodec() {}

  static SessionId sessionId(XdrReader reader) {
    long high = reader.int64();
    return new SessionId(high, reader.int64());
  }

  static void encode(XdrWriter writer, SessionId id) {
    writer.int64(id.high());
    writer.int64(id.low());
  }

  static ChannelAttributes channel(XdrReader reader) {
    reader.int32(); // ca_headerpadsize: none is given
    int maxRequest = reader.int32();
    int maxResponse = reader.int32();
    int maxCached = reader.int32();
    int maxOperations = reader.int32();
    int maxRequests = reader.int32();
    if (reader.count(1, Integer.BYTES) == 1) {
      reader.int32(); // ca_rdma_ird
    }
    return new ChannelAttributes(maxRequest, maxResponse, maxCached, maxOperations, maxRequests);
  }

  static void encode(XdrWriter writer, ChannelAttributes channel) {
    writer.int32(0);
    writer.int32(channel.maxRequestBytes());
    writer.int32(channel.maxResponseBytes());
    writer.int32(channel.maxCachedResponseBytes());
    writer.int32(channel.maxOperations());
    writer.int32(channel.maxRequests());
    writer.int32(0);
  }

  /**
   * csa_cb_program and csa_sec_parms, of which the first that this server can use is taken; none
   * are taken for AUTH_NONE, as Linux's server does. Of no use if malformed.
   */
  static CallbackProgram callbackProgram(XdrReader reader) {
    int number = reader.int32();
    int count = reader.count(MAX_CALLBACK_SECURITIES, Integer.BYTES);
    int flavor = count == 0 ? RpcCredential.AUTH_NONE : CallbackProgram.NO_FLAVOR;
    byte[] credential = NO_BYTES;
    for (int i = 0; i < count; i++) {
      int offered = reader.int32();
      byte[] body =
          switch (offered) {
            case RpcCredential.AUTH_NONE -> NO_BYTES;
            case RpcCredential.AUTH_SYS -> authSys(reader);
            case RPCSEC_GSS -> skipGss(reader);
            default -> {
              reader.markMalformed();
              yield null;
            }
          };
      if (flavor == CallbackProgram.NO_FLAVOR && body != null) {
        flavor = offered;
        credential = body;
      }
    }
    return new CallbackProgram(number, flavor, credential);
  }

  /** A credential's body, as it came. Null if malformed. */
  private static byte[] authSys(XdrReader reader) {
    int stamp = reader.int32();
    byte[] machine = reader.opaque(RpcCredential.MAX_MACHINE_NAME_BYTES);
    int uid = reader.int32();
    int gid = reader.int32();
    int groups = reader.count(RpcCredential.MAX_GROUPS, Integer.BYTES);
    if (machine == null) {
      return null;
    }
    int words = 5 + groups;
    ByteBuffer body = ByteBuffer.allocate(words * Integer.BYTES + XdrReader.padded(machine.length));
    body.putInt(stamp).putInt(machine.length).put(machine);
    body.position(2 * Integer.BYTES + XdrReader.padded(machine.length));
    body.putInt(uid).putInt(gid).putInt(groups);
    for (int i = 0; i < groups; i++) {
      body.putInt(reader.int32());
    }
    return body.array();
  }

  private static byte[] skipGss(XdrReader reader) {
    reader.enumerator(GREATEST_GSS_SERVICE);
    reader.skipOpaque(RpcCredential.MAX_BODY_BYTES);
    reader.skipOpaque(RpcCredential.MAX_BODY_BYTES);
    return null;
  }
}
