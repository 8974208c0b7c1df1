package io.atoll.perf.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.perf.bench.fake.WireCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server that keeps nothing, asked with bytes of RFC 8881 that no code of ours has made. */
class DiscardServerTest {
  private static final int READ = 25;
  private static final int WRITE = 38;
  private static final int PUTFH = 22;
  private static final int NOTSUPP = 10004;
  private static final int LOCK = 12;

  private DiscardServer server;

  @BeforeEach
  void start() {
    server = DiscardServer.start(0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static void putHandle(ByteBuffer call) {
    call.putInt(PUTFH).putInt(8).putLong(7);
  }

  private static void stateid(ByteBuffer call) {
    call.putInt(1).putLong(7).putInt(0);
  }

  @Test
  void readGivesAsManyBytesAsAreAsked() throws IOException {
    ByteBuffer reply =
        WireCall.compound(
            server.port(),
            2,
            call -> {
              putHandle(call);
              call.putInt(READ);
              stateid(call);
              call.putLong(4096).putInt(5000);
            });
    assertEquals(0, reply.getInt(), "NFS4_OK");
    assertEquals(0, reply.getInt(), "an empty tag");
    assertEquals(2, reply.getInt(), "results");
    assertEquals(PUTFH, reply.getInt());
    assertEquals(0, reply.getInt());
    assertEquals(READ, reply.getInt());
    assertEquals(0, reply.getInt());
    assertEquals(0, reply.getInt(), "no end of file");
    assertEquals(5000, reply.getInt());
    assertEquals(5000, reply.remaining());
  }

  @Test
  void writeIsTakenWhole() throws IOException {
    ByteBuffer reply =
        WireCall.compound(
            server.port(),
            2,
            call -> {
              putHandle(call);
              call.putInt(WRITE);
              stateid(call);
              call.putLong(0).putInt(2).putInt(6).put(new byte[8]);
            });
    assertEquals(0, reply.getInt(), "NFS4_OK");
    reply.position(reply.position() + 6 * 4);
    assertEquals(6, reply.getInt(), "bytes");
    assertEquals(2, reply.getInt(), "FILE_SYNC4");
    assertEquals(8, reply.remaining(), "a verifier");
  }

  @Test
  void whatItDoesNotKnowIsRefused() throws IOException {
    ByteBuffer reply = WireCall.compound(server.port(), 1, call -> call.putInt(LOCK));
    assertEquals(NOTSUPP, reply.getInt());
    reply.position(reply.position() + 4);
    assertEquals(1, reply.getInt(), "results");
    assertEquals(LOCK, reply.getInt());
    assertEquals(NOTSUPP, reply.getInt());
    assertTrue(!reply.hasRemaining());
  }
}
