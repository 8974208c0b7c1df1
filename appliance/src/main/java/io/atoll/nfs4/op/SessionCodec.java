package io.atoll.nfs4.op;

import io.atoll.nfs4.state.ChannelAttributes;
import io.atoll.nfs4.state.SessionId;
import io.atoll.rpc.RpcCredential;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/** Session IDs, channel_attrs4 and callback_sec_parms4 (RFC 8881, sections 18.33 and 18.36). */
final class SessionCodec {
  private static final int RPCSEC_GSS = 6;
  private static final int GREATEST_GSS_SERVICE = 3;

  /** More offers of how to secure callbacks make no sense. */
  private static final int MAX_CALLBACK_SECURITIES = 16;

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

  /** Passes over how the client would have callbacks secured: none are ever sent. */
  static void skipCallbackSecurities(XdrReader reader) {
    int count = reader.count(MAX_CALLBACK_SECURITIES, Integer.BYTES);
    for (int i = 0; i < count; i++) {
      switch (reader.int32()) {
        case RpcCredential.AUTH_NONE -> {}
        case RpcCredential.AUTH_SYS -> skipAuthSys(reader);
        case RPCSEC_GSS -> {
          reader.enumerator(GREATEST_GSS_SERVICE);
          reader.skipOpaque(RpcCredential.MAX_BODY_BYTES);
          reader.skipOpaque(RpcCredential.MAX_BODY_BYTES);
        }
        default -> reader.markMalformed();
      }
    }
  }

  private static void skipAuthSys(XdrReader reader) {
    reader.int32();
    reader.skipOpaque(RpcCredential.MAX_MACHINE_NAME_BYTES);
    reader.int32();
    reader.int32();
    int groups = reader.count(RpcCredential.MAX_GROUPS, Integer.BYTES);
    for (int i = 0; i < groups; i++) {
      reader.int32();
    }
  }
}
