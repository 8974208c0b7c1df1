package io.atoll.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What lies between a client and the server: passes bytes on, and while it is troubled, delays them
 * at random, cuts connections, and loses replies: nothing comes back any more while calls still get
 * through, and then the connection is cut.
 */
final class TroubledLink implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  /** Between two troubles of a connection. */
  private static final int PEACE_MILLIS_MOST = 1_500;

  private static final int DELAY_MILLIS_MOST = 1_200;

  /** How long replies are lost before the cut. */
  private static final int LOSS_MILLIS_MOST = 400;

  private final ServerSocket listener;
  private final int serverPort;
  private final SplittableRandom seeds;
  private volatile boolean troubled;
  private volatile boolean closed;
  final AtomicInteger delays = new AtomicInteger();
  final AtomicInteger cuts = new AtomicInteger();

  /** Cuts before which bytes of replies were lost. */
  final AtomicInteger losses = new AtomicInteger();

  TroubledLink(int serverPort, long seed) throws IOException {
    this.serverPort = serverPort;
    seeds = new SplittableRandom(seed);
    listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("troubled link").start(this::accept);
  }

  /** Where clients connect. */
  int port() {
    return listener.getLocalPort();
  }

  void troubled(boolean value) {
    troubled = value;
  }

  private void accept() {
    while (!closed) {
      try {
        new Connection(listener.accept(), seeds.split()).start();
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listener.close();
  }

  @Override
  public String toString() {
    return cuts + " cuts, " + losses + " of them with replies lost, " + delays + " delays";
  }

  /** A connection of a client, and the one to the server that is made for it. */
  private final class Connection {
    private final Socket client;
    private final SplittableRandom random;
    private Socket server;
    private volatile long heldUntilNanos = System.nanoTime();
    private volatile boolean losing;
    private volatile boolean lost;
    private volatile boolean over;

    Connection(Socket client, SplittableRandom random) {
      this.client = client;
      this.random = random;
    }

    void start() {
      try {
        server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        server.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
      } catch (IOException e) {
        cut(); // the server is away
        return;
      }
      Thread.ofVirtual().start(() -> pass(client, server, false));
      Thread.ofVirtual().start(() -> pass(server, client, true));
      Thread.ofVirtual().start(this::trouble);
    }

    private void pass(Socket from, Socket to, boolean replies) {
      byte[] buffer = new byte[BUFFER_BYTES];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          long nanos = heldUntilNanos - System.nanoTime();
          if (nanos > 0) {
            Thread.sleep(nanos / 1_000_000 + 1);
          }
          if (replies && losing) {
            lost = true;
          } else {
            out.write(buffer, 0, count);
          }
        }
      } catch (IOException e) {
        // it was cut, from here or from an end
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts it", e);
      }
      cut();
    }

    private void trouble() {
      try {
        while (!over) {
          Thread.sleep(random.nextInt(PEACE_MILLIS_MOST));
          if (troubled && !over) {
            switch (random.nextInt(3)) {
              case 0 -> {
                delays.incrementAndGet();
                heldUntilNanos = System.nanoTime() + random.nextInt(DELAY_MILLIS_MOST) * 1_000_000L;
              }
              case 1 -> countedCut();
              default -> {
                losing = true;
                Thread.sleep(random.nextInt(LOSS_MILLIS_MOST));
                countedCut();
              }
            }
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts it", e);
      }
    }

    private void countedCut() {
      cuts.incrementAndGet();
      if (lost) {
        losses.incrementAndGet();
      }
      cut();
    }

    private void cut() {
      over = true;
      try {
        client.close();
        if (server != null) {
          server.close();
        }
      } catch (IOException e) {
        // it is of no use any more, whatever its end
      }
    }
  }
}
