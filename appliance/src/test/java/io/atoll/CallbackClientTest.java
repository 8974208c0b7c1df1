package io.atoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.io.loop.VertxLoop;
import io.atoll.io.runtime.EngineRuntime;
import io.atoll.io.runtime.IoMode;
import io.atoll.io.testing.EitherIo;
import io.atoll.io.testing.IoUnderTest;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CallbackClientTest {
  private static final int PROGRAM = 0x4000_0007;
  private static final int WAIT_SECONDS = 30;
  private static final int[] SUCCESS = {1, 1, 0, 0, 0, 0};
  private static final int[] PROGRAM_UNAVAILABLE = {1, 1, 0, 0, 0, 1};

  private static CompletableFuture<Boolean> call(VertxLoop loop, int port) {
    CompletableFuture<Boolean> answered = new CompletableFuture<>();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    loop.execute(() -> new CallbackClient(loop).call(address, PROGRAM, answered::complete));
    return answered;
  }

  /** Takes a call, which must be of the null procedure, and answers it or hangs up. */
  private static void serve(ServerSocket listener, int[] reply) throws IOException {
    try (Socket socket = listener.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int[] expected = {0x8000_0028, 1, 0, 2, PROGRAM, 1, 0, 0, 0, 0, 0};
      for (int word : expected) {
        assertEquals(word, in.readInt());
      }
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(0x8000_0000 | reply.length * Integer.BYTES);
      for (int word : reply) {
        out.writeInt(word);
      }
      assertEquals(-1, in.read(), "the connection is closed then");
    }
  }

  private static boolean callAndServe(IoMode mode, int[] reply) throws Exception {
    try (EngineRuntime runtime = EngineRuntime.start(mode, 1, 1);
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Boolean> answered = call(runtime.loops().get(0), listener.getLocalPort());
      serve(listener, reply);
      return answered.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource(IoMode.class)
  void programThatAnswersIsUp(IoMode mode) throws Exception {
    assertTrue(callAndServe(mode, SUCCESS));
  }

  @EitherIo
  @Test
  void programThatIsNotThereIsDown() throws Exception {
    assertFalse(callAndServe(IoUnderTest.mode(), PROGRAM_UNAVAILABLE));
  }

  @EitherIo
  @Test
  void whoHangsUpOrDoesNotListenIsDown() throws Exception {
    try (EngineRuntime runtime = IoUnderTest.start(1, 1)) {
      int port;
      CompletableFuture<Boolean> answered;
      try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = listener.getLocalPort();
        answered = call(runtime.loops().get(0), port);
        listener.accept().close();
        assertFalse(answered.get(WAIT_SECONDS, TimeUnit.SECONDS));
      }
      assertFalse(call(runtime.loops().get(0), port).get(WAIT_SECONDS, TimeUnit.SECONDS));
    }
  }
}
