package io.atoll.process;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** What the tests' client tells of a server that hangs up. */
class NfsClientTest {
  private static final int LAST_FRAGMENT = 1 << 31;

  /** Connects a client to a server that takes one call, sends these bytes, and closes. */
  private static void connectTo(int... answer) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answerOnce(server, answer));
      new NfsClient(server.getLocalPort(), "client", 1).close();
    }
  }

  private static void answerOnce(ServerSocket server, int... answer) {
    try (Socket socket = server.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.skipNBytes(in.readInt() & ~LAST_FRAGMENT);
      for (int each : answer) {
        socket.getOutputStream().write(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theEndBetweenRepliesIsNoCut() {
    assertThrows(EOFException.class, () -> connectTo());
  }

  @Test
  void theEndWithinAReplyIsACut() {
    assertThrows(CutReplyException.class, () -> connectTo(0x80));
    assertThrows(CutReplyException.class, () -> connectTo(0x80, 0, 0, 100));
    assertThrows(CutReplyException.class, () -> connectTo(0x80, 0, 0, 100, 0, 0, 0, 1));
  }
}
