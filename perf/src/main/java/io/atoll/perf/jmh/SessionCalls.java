package io.atoll.perf.jmh;

import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A client with a session of one slot and an open file, whose calls are encoded once and made again
 * and again, each time with the slot's next sequence. What it needs of RFC 5531 and RFC 8881 and no
 * more.
 */
final class SessionCalls {
  private static final int LAST_FRAGMENT = 0x8000_0000;
  private static final int RPC_VERSION = 2;
  private static final int AUTH_SYS = 1;
  private static final int MINOR_VERSION = 1;
  private static final int MAX_MESSAGE_BYTES = 2 << 20;
  private static final int MAX_CACHED_BYTES = 2048;
  private static final int MAX_OPERATIONS = 8;
  private static final int CALLBACK_PROGRAM = 0x4000_0000;
  private static final int SHARE_READ_AND_WRITE = 3;
  private static final int NO_DELEGATION = 0x400;
  private static final int FILE_SYNC = 2;
  private static final int STATEID_BYTES = 16;
  private static final int SESSION_ID_BYTES = 16;
  private static final int SEQUENCE_RESULT_BYTES = 36;
  private static final byte[] NAME = "file".getBytes(StandardCharsets.US_ASCII);

  /** What Linux's client asks of a file: type, change, size, fsid, fileid; mode and the rest. */
  private static final int[] ATTRIBUTES = {0x0010_011a, 0x00b0_a23a};

  /** Of a reply: its mark, XID, that it is one, accepted, an empty verifier, success. */
  private static final int RPC_REPLY_BYTES = 7 * Integer.BYTES;

  private final SocketlessServer server;
  private final byte[] session = new byte[SESSION_ID_BYTES];
  private final byte[] stateid = new byte[STATEID_BYTES];
  private final byte[] handle;
  private int sequence;

  /**
   * A record, to be made by {@link #make}.
   *
   * @param sequencePlace where the slot's sequence stands in it
   */
  record Call(ByteBuf record, int sequencePlace) {}

  /** Makes the client known, a session, and opens a file. */
  SessionCalls(SocketlessServer server) {
    this.server = server;
    ByteBuf client = bare(Operation.EXCHANGE_ID, this::exchangeId);
    long clientId = client.readLong();
    int createSequence = client.readInt();
    bare(Operation.CREATE_SESSION, call -> createSession(call, clientId, createSequence))
        .readBytes(session);
    inSession(1, call -> call.writeInt(Operation.RECLAIM_COMPLETE.number()).writeInt(0));
    ByteBuf found =
        inSession(
            3,
            call -> {
              call.writeInt(Operation.PUTROOTFH.number());
              opaque(call.writeInt(Operation.LOOKUP.number()), NAME);
              call.writeInt(Operation.GETFH.number());
            });
    found.skipBytes(3 * 2 * Integer.BYTES);
    handle = new byte[found.readInt()];
    found.readBytes(handle);
    ByteBuf opened =
        inSession(
            2,
            call -> {
              call.writeInt(Operation.PUTROOTFH.number());
              open(call, clientId);
            });
    opened.skipBytes(2 * 2 * Integer.BYTES);
    opened.readBytes(stateid);
  }

  // --- calls that are measured ---

  static ByteBuf nullCall() {
    ByteBuf call = Unpooled.directBuffer().writeInt(0);
    call.writeInt(1).writeInt(0).writeInt(RPC_VERSION);
    call.writeInt(Nfs4Program.NUMBER).writeInt(Nfs4Program.VERSION).writeInt(0);
    return ended(call.writeLong(0).writeLong(0));
  }

  Call getAttributes() {
    return onFile(call -> {
      call.writeInt(Operation.GETATTR.number()).writeInt(ATTRIBUTES.length);
      for (int word : ATTRIBUTES) {
        call.writeInt(word);
      }
    });
  }

  Call read(int bytes) {
    return onFile(call -> {
      call.writeInt(Operation.READ.number()).writeBytes(stateid);
      call.writeLong(0).writeInt(bytes);
    });
  }

  /**
   * @param data a multiple of four bytes
   */
  Call write(ByteBuf data) {
    return onFile(call -> {
      call.writeInt(Operation.WRITE.number()).writeBytes(stateid);
      call.writeLong(0).writeInt(FILE_SYNC).writeInt(data.readableBytes()).writeBytes(data);
    });
  }

  private Call onFile(Consumer<ByteBuf> operation) {
    Call call =
        encode(
            2,
            to -> {
              opaque(to.writeInt(Operation.PUTFH.number()), handle);
              operation.accept(to);
            });
    call.record().setInt(call.sequencePlace(), ++sequence);
    server.receive(call.record());
    result(); // it must be a call that works
    return call;
  }

  /** Makes a call; the reply's length. */
  int make(Call call) {
    call.record().setInt(call.sequencePlace(), ++sequence);
    server.receive(call.record());
    return server.discardSent();
  }

  // --- calls that come before ---

  private void exchangeId(ByteBuf call) {
    opaque(call.writeLong(1), NAME);
    call.writeInt(0).writeInt(0).writeInt(0);
  }

  private void createSession(ByteBuf call, long clientId, int createSequence) {
    call.writeLong(clientId).writeInt(createSequence).writeInt(0);
    for (int channel = 0; channel < 2; channel++) {
      call.writeInt(0).writeInt(MAX_MESSAGE_BYTES).writeInt(MAX_MESSAGE_BYTES);
      call.writeInt(MAX_CACHED_BYTES).writeInt(MAX_OPERATIONS).writeInt(1).writeInt(0);
    }
    call.writeInt(CALLBACK_PROGRAM).writeInt(1).writeInt(0);
  }

  private void open(ByteBuf call, long clientId) {
    call.writeInt(Operation.OPEN.number()).writeInt(0);
    call.writeInt(SHARE_READ_AND_WRITE | NO_DELEGATION).writeInt(0);
    opaque(call.writeLong(clientId), NAME);
    opaque(call.writeInt(0).writeInt(0), NAME);
  }

  /** One operation without a session; its result. */
  private ByteBuf bare(Operation operation, Consumer<ByteBuf> arguments) {
    ByteBuf call = header(1).writeInt(operation.number());
    arguments.accept(call);
    server.receive(ended(call));
    return result().skipBytes(2 * Integer.BYTES);
  }

  /** Operations in the session; their results. */
  private ByteBuf inSession(int count, Consumer<ByteBuf> operations) {
    Call call = encode(count, operations);
    call.record().setInt(call.sequencePlace(), ++sequence);
    server.receive(call.record());
    return result().skipBytes(2 * Integer.BYTES + SEQUENCE_RESULT_BYTES);
  }

  private ByteBuf result() {
    ByteBuf reply = server.sent().skipBytes(RPC_REPLY_BYTES);
    int status = reply.readInt();
    if (status != Nfs4Status.OK.code()) {
      throw new AssertionError("a call of this benchmark was answered with status " + status);
    }
    return reply.skipBytes(2 * Integer.BYTES); // an empty tag, and how many results
  }

  private Call encode(int count, Consumer<ByteBuf> operations) {
    ByteBuf call = header(count + 1);
    call.writeInt(Operation.SEQUENCE.number()).writeBytes(session);
    int sequencePlace = call.writerIndex();
    call.writeInt(0).writeInt(0).writeInt(0).writeInt(0);
    operations.accept(call);
    return new Call(ended(call), sequencePlace);
  }

  private static ByteBuf header(int operations) {
    ByteBuf call = Unpooled.directBuffer().writeInt(0);
    call.writeInt(1).writeInt(0).writeInt(RPC_VERSION);
    call.writeInt(Nfs4Program.NUMBER).writeInt(Nfs4Program.VERSION).writeInt(1);
    call.writeInt(AUTH_SYS).writeInt(5 * Integer.BYTES).writeZero(5 * Integer.BYTES);
    call.writeLong(0).writeInt(0);
    return call.writeInt(MINOR_VERSION).writeInt(operations);
  }

  private static ByteBuf ended(ByteBuf record) {
    return record.setInt(0, (record.readableBytes() - Integer.BYTES) | LAST_FRAGMENT);
  }

  private static void opaque(ByteBuf to, byte[] bytes) {
    to.writeInt(bytes.length).writeBytes(bytes).writeZero(-bytes.length & 3);
  }
}
