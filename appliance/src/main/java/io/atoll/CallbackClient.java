package io.atoll;

import io.atoll.io.loop.VertxLoop;
import io.atoll.nfs4.op.CallbackProbe;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Calls the null procedure of clients' callback programs (RFC 5531, section 9), each over a
 * connection of its own that is closed then. Confined to the home loop, whose ring connects.
 */
final class CallbackClient implements CallbackProbe.NullCall {
  /** How long to connect, and how long to answer then. */
  private static final int TIMEOUT_SECONDS = 5;

  private static final int LAST_FRAGMENT = 1 << 31;
  private static final int RPC_VERSION = 2;
  private static final int CALLBACK_VERSION = 1;
  private static final int XID = 1;
  private static final int REPLY = 1;

  /** Mark, XID, direction, whether accepted, verifier's flavor and length, status. */
  private static final int REPLY_BYTES = 7 * Integer.BYTES;

  private final VertxLoop loop;
  private final NetClient client;

  CallbackClient(VertxLoop loop) {
    this.loop = loop;
    this.client =
        loop.context()
            .owner()
            .createNetClient(
                new NetClientOptions()
                    .setConnectTimeout((int) TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS)));
  }

  @Override
  public void call(InetSocketAddress address, int program, Consumer<Boolean> answered) {
    // Vert.x serves a socket on the loop of the context that it was connected on.
    loop.context()
        .runOnContext(nothing ->
            client
                .connect(address.getPort(), address.getAddress().getHostAddress())
                .onSuccess(socket -> new Exchange(socket, answered).begin(program))
                .onFailure(refused -> answered.accept(false)));
  }

  /** No further calls. */
  void close() {
    client.close();
  }

  /** One call and its reply. */
  private final class Exchange {
    private final NetSocket socket;
    private final Consumer<Boolean> answered;
    private final Buffer received = Buffer.buffer();
    private boolean ended;

    Exchange(NetSocket socket, Consumer<Boolean> answered) {
      this.socket = socket;
      this.answered = answered;
    }

    void begin(int program) {
      var timeout = loop.schedule(TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS), () -> end(false));
      socket.closeHandler(nothing -> {
        timeout.cancel();
        end(false);
      });
      socket.handler(this::receive);
      socket.write(message(program));
    }

    private static Buffer message(int program) {
      int[] words = {XID, 0, RPC_VERSION, program, CALLBACK_VERSION, 0, 0, 0, 0, 0};
      Buffer message = Buffer.buffer().appendInt(LAST_FRAGMENT | words.length * Integer.BYTES);
      for (int word : words) {
        message.appendInt(word);
      }
      return message;
    }

    private void receive(Buffer bytes) {
      received.appendBuffer(bytes, 0, Math.min(bytes.length(), REPLY_BYTES));
      if (received.length() < REPLY_BYTES) {
        return;
      }
      boolean isReply = received.getInt(4) == XID && received.getInt(8) == REPLY;
      boolean isAccepted = received.getInt(12) == 0;
      boolean isSuccess = received.getInt(20) == 0 && received.getInt(24) == 0;
      end(isReply && isAccepted && isSuccess);
    }

    private void end(boolean isUp) {
      if (!ended) {
        ended = true;
        socket.close();
        answered.accept(isUp);
      }
    }
  }
}
