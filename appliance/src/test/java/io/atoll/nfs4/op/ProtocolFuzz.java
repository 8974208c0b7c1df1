package io.atoll.nfs4.op;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.atoll.nfs4.op.ReplyGrammar.Result;
import io.atoll.nfs4.wire.AttributeDecoder;
import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.rpc.Calls;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrReader;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;

/**
 * Whatever bytes come from a socket: no exception, no buffer left, and what is answered is of the
 * protocol's grammar. In a build only the seeds are replayed; see the operator's guide to testing
 * in ARCHITECTURE.md for how to fuzz.
 */
class ProtocolFuzz {
  private static final String MOST = "1h";

  /** A server is made anew after so many inputs, lest its state grow. */
  private static final int INPUTS_OF_A_SERVER = 500;

  private static StateHarness server;
  private static int inputs;

  private static void serve() {
    if (server == null || inputs++ % INPUTS_OF_A_SERVER == 0) {
      server = new StateHarness();
      server.files.limitFileSize(64 << 10);
      server.files.makeFile("file", new byte[100]);
    }
  }

  /** Record marking, RPC header, credential, and all behind them. */
  @FuzzTest(maxDuration = MOST)
  void records(byte[] bytes) {
    serve();
    try (TestConnection connection = server.connect()) {
      connection.receive(bytes, 1 + bytes.length % 97);
      connection.replies();
    }
  }

  /** A credential and a verifier in a call of NULL, or of COMPOUND. */
  @FuzzTest(maxDuration = MOST)
  void credentials(byte[] bytes) {
    serve();
    byte[] call =
        xdr()
            .i(1, 0, 2, Nfs4Program.NUMBER, Nfs4Program.VERSION, bytes.length & 1)
            .raw(bytes)
            .bytes();
    try (TestConnection connection = server.connect()) {
      connection.receive(Calls.record(call));
      connection.replies();
    }
  }

  /** The operations of a compound in a session. */
  @FuzzTest(maxDuration = MOST)
  void compounds(byte[] bytes) {
    serve();
    int count = bytes.length == 0 ? 0 : bytes[0] & 7;
    byte[] operations = bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
    // A client each time, so that no input finds what another one left.
    StateHarness.Client caller = server.mount("fuzz-" + inputs);
    byte[] call = server.message(0, count + 1, caller.sequence(1, 1, true).raw(operations));
    check(caller.connection, call);
    caller.connection.close();
  }

  /** The same without a session, as clients of both minor versions begin. */
  @FuzzTest(maxDuration = MOST)
  void bareCompounds(byte[] bytes) {
    serve();
    try (TestConnection connection = server.connect()) {
      byte[] call =
          Calls.header(1, Nfs4Program.NUMBER, Nfs4Program.VERSION, Nfs4Program.COMPOUND, 0)
              .raw(bytes)
              .bytes();
      connection.receive(Calls.record(call));
      connection.replies();
    }
  }

  private static void check(TestConnection connection, byte[] call) {
    connection.receive(Calls.record(call));
    List<byte[]> replies = connection.replies();
    assertEquals(connection.isOpen() ? 1 : replies.size(), replies.size());
    for (byte[] reply : replies) {
      for (Result result : ReplyGrammar.parse(reply)) {
        assertNotEquals(Nfs4Status.SERVERFAULT, result.status());
      }
    }
  }

  @FuzzTest(maxDuration = MOST)
  void attributes(byte[] bytes) {
    for (int minorVersion = 0; minorVersion < 2; minorVersion++) {
      XdrReader reader = new XdrReader().wrap(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
      Nfs4Status status = new AttributeDecoder(minorVersion).decode(reader);
      assertEquals(reader.isMalformed(), status == Nfs4Status.BADXDR);
    }
  }
}
