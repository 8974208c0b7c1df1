package io.atoll.rpc;

import static io.atoll.xdr.XdrBytes.xdr;

import io.atoll.xdr.XdrBytes;
import java.util.Arrays;

/** Builds RPC calls and records for tests. */
public final class Calls {
  public static final int NFS = 100003;
  private static final int LAST_FRAGMENT = 1 << 31;

  private Calls() {}

  /** A call's header with AUTH_SYS of {@code uid}. */
  public static XdrBytes header(int xid, int program, int version, int procedure, int uid) {
    return xdr().i(xid, 0, 2, program, version, procedure).raw(authSys(uid)).i(0, 0);
  }

  public static byte[] authSys(int uid, int... groups) {
    byte[] body = xdr().i(7).string("host").i(uid, 100, groups.length).i(groups).bytes();
    return xdr().i(1).opaque(body).bytes();
  }

  /** A whole record in one fragment. */
  public static byte[] record(byte[] message) {
    return xdr().i(message.length | LAST_FRAGMENT).raw(message).bytes();
  }

  /** A record in fragments of at most {@code fragmentBytes}. */
  public static byte[] fragmented(byte[] message, int fragmentBytes) {
    XdrBytes out = xdr();
    for (int from = 0; from < message.length; from += fragmentBytes) {
      int to = Math.min(message.length, from + fragmentBytes);
      out.i(to - from | (to == message.length ? LAST_FRAGMENT : 0));
      out.raw(Arrays.copyOfRange(message, from, to));
    }
    return out.bytes();
  }
}
