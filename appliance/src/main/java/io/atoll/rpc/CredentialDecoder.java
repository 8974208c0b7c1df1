package io.atoll.rpc;

import io.atoll.xdr.XdrReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Decodes credentials (RFC 5531, section 8.2 and appendix A), remembering the last few, since a
 * client sends the same ones again and again. Confined to its connection's loop; what it gives is
 * immutable.
 */
final class CredentialDecoder {
  private static final int CACHE_ENTRIES = 16;

  private final byte[][] bodies = new byte[CACHE_ENTRIES][];
  private final RpcCredential[] credentials = new RpcCredential[CACHE_ENTRIES];
  private final XdrReader body = new XdrReader();

  /**
   * @param index of the credential's body in {@code buffer}
   * @return null if the flavor is not served or the body is malformed
   */
  RpcCredential decode(int flavor, ByteBuf buffer, int index, int lengthBytes) {
    if (flavor == RpcCredential.AUTH_NONE) {
      return lengthBytes == 0 ? RpcCredential.NONE : null;
    }
    if (flavor != RpcCredential.AUTH_SYS) {
      return null;
    }
    int entry = entryOf(buffer, index, lengthBytes);
    if (bodies[entry] != null && matches(bodies[entry], buffer, index, lengthBytes)) {
      return credentials[entry];
    }
    RpcCredential credential = decodeSys(buffer, index, lengthBytes);
    if (credential != null) {
      credentials[entry] = credential;
      bodies[entry] = ByteBufUtil.getBytes(buffer, index, lengthBytes, true);
    }
    return credential;
  }

  private RpcCredential decodeSys(ByteBuf buffer, int index, int lengthBytes) {
    body.wrap(buffer, index, lengthBytes);
    body.int32(); // The stamp means nothing to a server.
    body.skipOpaque(RpcCredential.MAX_MACHINE_NAME_BYTES);
    int uid = body.int32();
    int gid = body.int32();
    int[] groups = new int[body.count(RpcCredential.MAX_GROUPS, Integer.BYTES)];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = body.int32();
    }
    boolean good = !body.isMalformed() && body.remainingBytes() == 0;
    body.unwrap();
    return good ? new RpcCredential(RpcCredential.AUTH_SYS, uid, gid, groups) : null;
  }

  private static int entryOf(ByteBuf buffer, int index, int lengthBytes) {
    int hash = lengthBytes;
    // AUTH_SYS is made of 32-bit words; a rest shorter than one is malformed anyway.
    for (int i = index; i <= index + lengthBytes - Integer.BYTES; i += Integer.BYTES) {
      hash = hash * 31 + buffer.getInt(i);
    }
    return (hash * 0x9E3779B9) >>> 28;
  }

  private static boolean matches(byte[] known, ByteBuf buffer, int index, int lengthBytes) {
    if (known.length != lengthBytes) {
      return false;
    }
    for (int i = 0; i < lengthBytes; i++) {
      if (known[i] != buffer.getByte(index + i)) {
        return false;
      }
    }
    return true;
  }
}
