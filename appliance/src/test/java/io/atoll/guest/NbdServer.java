package io.atoll.guest;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * Serves a disk to QEMU over the loopback by the NBD protocol: fixed newstyle negotiation, simple
 * replies, one export, read, write and flush (github.com/NetworkBlockDevice/nbd, doc/proto.md). One
 * connection at a time; its requests are served in their order, but for flushes, which others don't
 * wait for.
 */
final class NbdServer implements AutoCloseable {
  private static final long NBDMAGIC = 0x4e42444d41474943L;
  private static final long IHAVEOPT = 0x49484156454F5054L;
  private static final long OPTION_REPLY = 0x0003e889045565a9L;
  private static final int REQUEST = 0x25609513;
  private static final int REPLY = 0x67446698;

  private static final int FIXED_NEWSTYLE = 1;
  private static final int HAS_FLAGS_AND_FLUSH = 1 | 1 << 2;
  private static final int OPT_EXPORT_NAME = 1;
  private static final int OPT_ABORT = 2;
  private static final int OPT_INFO = 6;
  private static final int OPT_GO = 7;
  private static final int REP_ACK = 1;
  private static final int REP_INFO = 3;
  private static final int REP_ERR_UNSUP = 1 << 31 | 1;
  private static final int INFO_EXPORT = 0;
  private static final int INFO_EXPORT_BYTES = 2 + 8 + 2;
  private static final int EXPORT_NAME_PADDING_BYTES = 124;

  private static final int CMD_READ = 0;
  private static final int CMD_WRITE = 1;
  private static final int CMD_DISCONNECT = 2;
  private static final int CMD_FLUSH = 3;
  private static final int EIO = 5;
  private static final int EINVAL = 22;

  private static final int MAX_REQUEST_BYTES = 32 << 20;
  private static final int MAX_OPTION_BYTES = 64 << 10;
  private static final int STREAM_BYTES = 64 << 10;

  private final PowerCutDisk disk;
  private final ServerSocket listener;

  NbdServer(PowerCutDisk disk) throws IOException {
    this.disk = disk;
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("nbd").start(this::serve);
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket client = listener.accept()) {
        client.setTcpNoDelay(true);
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(client.getInputStream(), STREAM_BYTES));
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(client.getOutputStream(), STREAM_BYTES));
        if (negotiate(in, out)) {
          while (handle(in, out)) {}
        }
      } catch (IOException gone) {
        // QEMU was killed, which is what this is for.
      }
    }
  }

  /** Whether the client went on to transmission. */
  private boolean negotiate(DataInputStream in, DataOutputStream out) throws IOException {
    out.writeLong(NBDMAGIC);
    out.writeLong(IHAVEOPT);
    out.writeShort(FIXED_NEWSTYLE);
    out.flush();
    in.readInt(); // its flags
    while (true) {
      expect(IHAVEOPT, in.readLong());
      int option = in.readInt();
      int length = in.readInt();
      if (length < 0 || length > MAX_OPTION_BYTES) {
        throw new IOException("an option of " + length + " bytes");
      }
      in.readNBytes(length);
      switch (option) {
        case OPT_EXPORT_NAME -> {
          out.writeLong(disk.sizeBytes());
          out.writeShort(HAS_FLAGS_AND_FLUSH);
          out.write(new byte[EXPORT_NAME_PADDING_BYTES]);
          out.flush();
          return true;
        }
        case OPT_GO, OPT_INFO -> {
          optionReply(out, option, REP_INFO, INFO_EXPORT_BYTES);
          out.writeShort(INFO_EXPORT);
          out.writeLong(disk.sizeBytes());
          out.writeShort(HAS_FLAGS_AND_FLUSH);
          optionReply(out, option, REP_ACK, 0);
          out.flush();
          if (option == OPT_GO) {
            return true;
          }
        }
        case OPT_ABORT -> {
          optionReply(out, option, REP_ACK, 0);
          out.flush();
          return false;
        }
        default -> {
          optionReply(out, option, REP_ERR_UNSUP, 0);
          out.flush();
        }
      }
    }
  }

  private static void optionReply(DataOutputStream out, int option, int type, int bytes)
      throws IOException {
    out.writeLong(OPTION_REPLY);
    out.writeInt(option);
    out.writeInt(type);
    out.writeInt(bytes);
  }

  private static void expect(long magic, long found) throws IOException {
    if (magic != found) {
      throw new IOException("not NBD: " + Long.toHexString(found));
    }
  }

  /** Serves a request; false at the end of the connection. */
  private boolean handle(DataInputStream in, DataOutputStream out) throws IOException {
    int magic;
    try {
      magic = in.readInt();
    } catch (EOFException end) {
      return false;
    }
    expect(REQUEST, magic);
    in.readUnsignedShort(); // flags
    final int command = in.readUnsignedShort();
    final long cookie = in.readLong();
    final long offset = in.readLong();
    final int length = in.readInt();
    if (length < 0 || length > MAX_REQUEST_BYTES) {
      throw new IOException("a request for " + length + " bytes");
    }
    byte[] data = command == CMD_WRITE ? in.readNBytes(length) : null;
    switch (command) {
      case CMD_READ -> {
        ByteBuffer into = ByteBuffer.allocate(length);
        int error = isWhole(offset, length) ? failed(() -> disk.read(offset, into)) : EINVAL;
        reply(out, cookie, error, into.array());
      }
      case CMD_WRITE ->
          reply(
              out,
              cookie,
              isWhole(offset, length)
                  ? failed(() -> disk.write(offset, ByteBuffer.wrap(data)))
                  : EINVAL);
      case CMD_FLUSH -> Thread.ofVirtual().name("nbd flush").start(() -> flush(out, cookie));
      case CMD_DISCONNECT -> {
        return false;
      }
      default -> reply(out, cookie, EINVAL);
    }
    return true;
  }

  private void flush(DataOutputStream out, long cookie) {
    int error = failed(disk::flush);
    try {
      reply(out, cookie, error);
    } catch (IOException gone) {
      // QEMU was killed meanwhile; whoever serves its requests sees the same.
    }
  }

  private boolean isWhole(long offset, int length) throws IOException {
    return (offset | length) % PowerCutDisk.SECTOR_BYTES == 0
        && offset >= 0
        && offset + length <= disk.sizeBytes();
  }

  private static void reply(DataOutputStream out, long cookie, int error, byte... data)
      throws IOException {
    synchronized (out) {
      out.writeInt(REPLY);
      out.writeInt(error);
      out.writeLong(cookie);
      out.write(data);
      out.flush();
    }
  }

  private static int failed(DiskStep step) {
    try {
      step.run();
      return 0;
    } catch (IOException e) {
      return EIO;
    }
  }

  private interface DiskStep {
    void run() throws IOException;
  }
}
