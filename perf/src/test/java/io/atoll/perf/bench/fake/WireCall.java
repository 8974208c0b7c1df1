package io.atoll.perf.bench.fake;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** One COMPOUND over a connection of its own, put together by hand (RFC 5531, RFC 8881). */
public final class WireCall {
  private static final int LAST_FRAGMENT = 0x8000_0000;
  private static final int CALL_BYTES_MAX = 1 << 16;
  private static final int XID = 4711;
  private static final int MINOR_VERSION = 1;

  private WireCall() {}

  /**
   * Sends {@code operations} and gives the reply from the COMPOUND's status on.
   *
   * @param count of the operations
   */
  public static ByteBuffer compound(int port, int count, Consumer<ByteBuffer> operations)
      throws IOException {
    ByteBuffer call = ByteBuffer.allocate(CALL_BYTES_MAX);
    call.putInt(0);
    call.putInt(XID).putInt(0).putInt(2).putInt(100_003).putInt(4).putInt(1);
    call.putInt(0).putInt(0).putInt(0).putInt(0);
    call.putInt(0).putInt(MINOR_VERSION).putInt(count);
    operations.accept(call);
    call.flip().putInt(0, (call.limit() - Integer.BYTES) | LAST_FRAGMENT);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(call.array(), 0, call.limit());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      ByteBuffer reply = ByteBuffer.wrap(in.readNBytes(in.readInt() & ~LAST_FRAGMENT));
      FakeNfsServer.require(reply.getInt() == XID, "the call's number");
      FakeNfsServer.require(reply.getInt() == 1, "a reply");
      FakeNfsServer.require(reply.getInt() == 0, "that it is accepted");
      FakeNfsServer.require(reply.getLong() == 0, "no verifier");
      FakeNfsServer.require(reply.getInt() == 0, "that it was executed");
      return reply;
    }
  }
}
