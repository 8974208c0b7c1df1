package io.atoll.process;

import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.op.Requests;
import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * An NFS 4.1 client of a server on this machine's loopback: one socket, one session, compounds by
 * hand. Blocks; not thread-safe.
 */
public final class NfsClient implements AutoCloseable {
  /** The longest call and reply: 1 MiB of payload and what is around it. */
  public static final int MAX_BYTES = (1 << 20) + 4096;

  private static final int LAST_FRAGMENT = 1 << 31;
  private static final int REPLY_TIMEOUT_MILLIS = 60_000;

  /** Of SEQUENCE's result before the slot: session and sequence. */
  private static final int BEFORE_SLOT_BYTES = 16 + 4;

  /** Of it behind the slot: highest slots and flags. */
  private static final int BEHIND_SLOT_BYTES = 4 + 4 + 4;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final ArrayDeque<Integer> idleSlots = new ArrayDeque<>();
  private final int[] sequences;
  private final long clientId;
  private final long sessionHigh;
  private final long sessionLow;
  private int nextXid = 1;

  /**
   * Connects and makes a session, as a client that has nothing to reclaim.
   *
   * @param owner names the client
   * @param slots requests in flight; the server may grant fewer
   */
  public NfsClient(int port, String owner, int slots) throws IOException {
    this(port, owner, slots, false);
  }

  /** As a client of that name that the server's last instance knew, which is about to reclaim. */
  public static NfsClient reclaiming(int port, String owner, int slots) throws IOException {
    return new NfsClient(port, owner, slots, true);
  }

  private NfsClient(int port, String owner, int slots, boolean reclaims) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(REPLY_TIMEOUT_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    out = socket.getOutputStream();
    Reply exchanged = bare(Requests.exchangeId(owner, 1, 0));
    clientId = exchanged.is(Nfs4Status.OK).ok(Operation.EXCHANGE_ID).l();
    Reply created = bare(Requests.createSession(clientId, exchanged.i(), 0, MAX_BYTES, slots));
    sessionHigh = created.is(Nfs4Status.OK).ok(Operation.CREATE_SESSION).l();
    sessionLow = created.l();
    // Past sequence, flags, and of the fore channel what precedes its slots.
    sequences = new int[created.skip(4 + 4 + 5 * 4).i()];
    for (int slot = 0; slot < sequences.length; slot++) {
      idleSlots.add(slot);
    }
    if (!reclaims) {
      reclaimComplete();
    }
  }

  /** Nothing is left to reclaim. */
  public void reclaimComplete() throws IOException {
    call(Requests.op(Operation.RECLAIM_COMPLETE).i(0)).is(Nfs4Status.OK);
  }

  private Reply bare(XdrBytes operation) throws IOException {
    out.write(record(1, operation));
    return new Reply(receiveRecord());
  }

  /** The client's number at the server. */
  public long clientId() {
    return clientId;
  }

  /** Requests that may be in flight. */
  public int slots() {
    return sequences.length;
  }

  /** Runs a compound; the reply stands behind SEQUENCE's result. */
  public Reply call(XdrBytes... operations) throws IOException {
    send(operations);
    return receive();
  }

  /** Sends a compound in a slot that is idle, of which there must be one. */
  public void send(XdrBytes... operations) throws IOException {
    out.write(prepare(operations));
  }

  /** The record of a compound in a slot that is idle, of which there must be one. */
  public byte[] prepare(XdrBytes... operations) {
    int slot = idleSlots.remove();
    XdrBytes all =
        Requests.sequence(
            sessionHigh, sessionLow, ++sequences[slot], slot, sequences.length - 1, false);
    List.of(operations).forEach(operation -> all.raw(operation.bytes()));
    return record(operations.length + 1, all);
  }

  /**
   * The next reply, to whatever was sent; it stands behind SEQUENCE's result.
   *
   * @throws CutReplyException if the connection ends within it
   * @throws EOFException if the server has closed the connection and no further reply came
   */
  public Reply receive() throws IOException {
    Reply reply = new Reply(receiveRecord()).ok(Operation.SEQUENCE).skip(BEFORE_SLOT_BYTES);
    idleSlots.add(reply.i());
    return reply.skip(BEHIND_SLOT_BYTES);
  }

  /**
   * Runs {@code count} compounds and keeps {@code inFlight} of them under way.
   *
   * @param request makes the operations of one by its number
   * @param check is given each reply, in the order in which they come
   */
  public void pipeline(
      int count, int inFlight, IntFunction<XdrBytes[]> request, Consumer<Reply> check)
      throws IOException {
    int sent = 0;
    for (int answered = 0; answered < count; answered++) {
      while (sent < count && sent - answered < inFlight) {
        send(request.apply(sent++));
      }
      check.accept(receive());
    }
  }

  /** Writes bytes as they are, such as a part of a record. */
  public void sendRaw(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  private byte[] record(int count, XdrBytes operations) {
    XdrBytes message =
        Calls.header(nextXid++, Nfs4Program.NUMBER, Nfs4Program.VERSION, Nfs4Program.COMPOUND, 0)
            .string("")
            .i(1, count)
            .raw(operations.bytes());
    return Calls.record(message.bytes());
  }

  private byte[] receiveRecord() throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException("no further reply");
    }
    try {
      int mark = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
      if (mark >= 0) {
        throw new AssertionError("a reply in more than one fragment");
      }
      byte[] record = new byte[mark & ~LAST_FRAGMENT];
      in.readFully(record);
      return record;
    } catch (EOFException | SocketException e) {
      throw new CutReplyException("the connection ended within a reply", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
