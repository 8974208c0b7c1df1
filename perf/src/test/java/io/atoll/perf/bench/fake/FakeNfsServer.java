package io.atoll.perf.bench.fake;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An NFSv4.1 server in memory that shares no code with the client or with Atoll: it reads and
 * writes RFC 5531 and RFC 8881 with {@link ByteBuffer}s alone, and misbehaves as told. One thread
 * for each connection, one call after the other.
 */
public final class FakeNfsServer implements AutoCloseable {
  private static final int LAST_FRAGMENT = 0x8000_0000;
  private static final int FRAGMENT_BYTES_MAX = 8 << 20;

  private final FakeFault fault = new FakeFault();
  private final FakeFiles files = new FakeFiles();
  private final FakeCompound.Shared shared = new FakeCompound.Shared(files, fault);
  private final ServerSocket listener;
  private final List<Socket> connections = new ArrayList<>();

  /** What went wrong in the server itself; a test that finds some has found a bad client. */
  private final AtomicReference<RuntimeException> trouble = new AtomicReference<>();

  public FakeNfsServer() {
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("fake-nfs-accept").start(this::accept);
  }

  public FakeFault fault() {
    return fault;
  }

  public String url() {
    return "nfs://127.0.0.1:" + listener.getLocalPort() + "/";
  }

  /** Files and directories that are there. */
  public int objectCount() {
    return files.count();
  }

  /** READs that came. */
  public long reads() {
    return shared.reads();
  }

  /** How many READs were under way at once, at most. */
  public int readsAtOnce() {
    return shared.readsAtOnce();
  }

  /** How many sessions have read. */
  public int readers() {
    return shared.readers();
  }

  /** Fails if a client sent what can't be understood. */
  public void requireNoTrouble() {
    if (trouble.get() != null) {
      throw new AssertionError("the server met what it can't understand", trouble.get());
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connection.setTcpNoDelay(true);
        synchronized (connections) {
          connections.add(connection);
        }
        Thread.ofPlatform().daemon().name("fake-nfs").start(() -> serve(connection));
      }
    } catch (IOException closed) {
      // the server is closed
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      DataOutputStream out = new DataOutputStream(connection.getOutputStream());
      while (true) {
        ByteBuffer reply = answer(ByteBuffer.wrap(record(in)));
        if (reply == null) {
          continue;
        }
        out.write(ByteBuffer.allocate(4).putInt(reply.remaining() | LAST_FRAGMENT).array());
        out.write(reply.array(), 0, reply.remaining());
        out.flush();
      }
    } catch (EOFException | SocketException gone) {
      // the client is gone
    } catch (IOException e) {
      trouble.compareAndSet(null, new UncheckedIOException(e));
    } catch (RuntimeException e) {
      trouble.compareAndSet(null, e);
    }
  }

  private static byte[] record(DataInputStream in) throws IOException {
    int mark = in.readInt();
    int length = mark & ~LAST_FRAGMENT;
    if ((mark & LAST_FRAGMENT) == 0 || length > FRAGMENT_BYTES_MAX) {
      throw new IllegalStateException("a record mark of " + Integer.toHexString(mark));
    }
    byte[] record = new byte[length];
    in.readFully(record);
    return record;
  }

  /** Null if there is to be no answer. */
  private ByteBuffer answer(ByteBuffer call) throws IOException {
    int xid = call.getInt();
    require(call.getInt() == 0, "a call");
    require(call.getInt() == 2, "RPC version 2");
    require(call.getInt() == 100_003, "the NFS program");
    require(call.getInt() == 4, "version 4");
    int procedure = call.getInt();
    skipAuthentication(call);
    skipAuthentication(call);
    ByteBuffer reply = ByteBuffer.allocate(2 << 20);
    reply.putInt(xid).putInt(1).putInt(0).putInt(0).putInt(0).putInt(fault.acceptStatus);
    if (fault.acceptStatus == 2) {
      reply.putInt(3).putInt(3);
    } else if (fault.acceptStatus == 0 && procedure == 1) {
      if (!new FakeCompound(shared, call, reply).run()) {
        return null;
      }
      if (fault.truncatesReads && reply.position() > 4096) {
        reply.position(reply.position() / 2 & ~3);
      }
    }
    return reply.flip();
  }

  private static void skipAuthentication(ByteBuffer call) {
    call.getInt();
    int length = call.getInt();
    call.position(call.position() + (length + 3 & ~3));
  }

  static void require(boolean right, String what) {
    if (!right) {
      throw new IllegalStateException("expected " + what);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (connections) {
      for (Socket each : connections) {
        each.close();
      }
    }
  }
}
