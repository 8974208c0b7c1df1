package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Int2ObjectHashMap;

/** The calls that the server has under way on one connection. Confined to the home loop. */
final class BackCalls {
  /** At once, on one connection. */
  static final int MAX_UNDER_WAY = 16;

  /** A client that answers takes not so long. */
  static final int TIMEOUT_SECONDS = 10;

  private static final int CALL = 0;
  private static final int RPC_VERSION = 2;
  private static final int MSG_ACCEPTED = 0;
  private static final int SUCCESS = 0;
  private static final int LAST_FRAGMENT_BIT = 1 << 31;
  private static final int CALL_BYTES = 256;

  private final ServedConnection connection;
  private final Loop loop;
  private final Int2ObjectHashMap<UnderWay> byXid = new Int2ObjectHashMap<>();
  private int lastXid;

  private record UnderWay(BackCall.Answer answer, Loop.Timer timeout) {}

  BackCalls(ServedConnection connection, Loop loop) {
    this.connection = connection;
    this.loop = loop;
  }

  /** Sends a call; false if there are too many under way. */
  boolean call(BackCall call) {
    if (byXid.size() >= MAX_UNDER_WAY) {
      return false;
    }
    int xid = ++lastXid;
    Loop.Timer timeout =
        loop.schedule(
            TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS), () -> end(xid, BackCall.End.LOST, null));
    byXid.put(xid, new UnderWay(call.answer(), timeout));
    XdrWriter writer = new XdrWriter().begin(connection.allocator(), CALL_BYTES);
    int mark = writer.reserveInt32();
    writer.int32(xid);
    writer.int32(CALL);
    writer.int32(RPC_VERSION);
    writer.int32(call.program());
    writer.int32(call.version());
    writer.int32(call.procedure());
    writer.int32(call.flavor());
    writer.opaque(call.credential());
    writer.int32(RpcCredential.AUTH_NONE);
    writer.int32(0);
    call.arguments().accept(writer);
    writer.patchInt32(mark, writer.position() - Integer.BYTES | LAST_FRAGMENT_BIT);
    connection.send(writer);
    return true;
  }

  /**
   * A reply came, of which {@code reader} is behind the direction.
   *
   * @return false if it is none to a call of this connection; one may come too late
   */
  boolean replied(int xid, XdrReader reader) {
    if (!byXid.containsKey(xid)) {
      return xid > 0 && xid <= lastXid;
    }
    boolean isAccepted = reader.int32() == MSG_ACCEPTED;
    if (isAccepted) {
      reader.int32();
      reader.skipOpaque(RpcCredential.MAX_BODY_BYTES);
    }
    boolean isSuccess = isAccepted && reader.int32() == SUCCESS && !reader.isMalformed();
    end(xid, isSuccess ? BackCall.End.ANSWERED : BackCall.End.REFUSED, isSuccess ? reader : null);
    return true;
  }

  private void end(int xid, BackCall.End end, XdrReader results) {
    UnderWay ended = byXid.remove(xid);
    if (ended != null) {
      ended.timeout().cancel();
      ended.answer().ended(end, results);
    }
  }

  /** The connection is closed. */
  void closed() {
    for (int xid : List.copyOf(byXid.keySet())) {
      end(xid, BackCall.End.LOST, null);
    }
  }
}
