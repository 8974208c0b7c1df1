package io.atoll.nfs4.op;

import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.xdr.XdrBytes.xdr;

import io.atoll.nfs4.wire.Nfs4Program;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * An NFS client with one session, one slot and one open file, over a real socket. For one thread.
 * What it calls must succeed; an {@link IOException} is a connection that was cut.
 */
public final class SocketClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = (int) TimeUnit.SECONDS.toMillis(60);
  private static final int BOTH = 3;
  private static final int CLAIM_PREVIOUS = 1;
  private static final int FILE_SYNC = 2;
  private static final int LENGTH_MASK = 0x7fff_ffff;

  private final String owner;
  private Socket socket;
  private DataInputStream in;
  private int xid;
  private int sequence;
  private long sessionHigh;
  private long sessionLow;
  private byte[] handle;
  private Stateid stateid;
  private long writeVerifier;

  public SocketClient(String owner) {
    this.owner = owner;
  }

  /** Connects anew. */
  public SocketClient connect(InetSocketAddress address) throws IOException {
    close();
    socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(address, TIMEOUT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    return this;
  }

  /** A new session, as after the server has restarted. */
  public void newSession() throws IOException {
    Reply exchanged = bare(Requests.exchangeId(owner, 1, 0)).is(Nfs4Status.OK);
    long clientId = exchanged.ok(Operation.EXCHANGE_ID).l();
    Reply created =
        bare(Requests.createSession(clientId, exchanged.i(), 0, 1 << 20, 8)).is(Nfs4Status.OK);
    sessionHigh = created.ok(Operation.CREATE_SESSION).l();
    sessionLow = created.l();
    sequence = 0;
  }

  /** Whether the server knows the session. */
  public boolean hasSession() throws IOException {
    sequence++;
    Reply reply = bare(sequence(1));
    boolean known = reply.result()[Integer.BYTES - 1] == 0 && reply.count() == 1;
    if (!known) {
      reply.is(Nfs4Status.BADSESSION);
    }
    return known;
  }

  public void reclaimComplete() throws IOException {
    call(op(Operation.RECLAIM_COMPLETE).i(0)).is(Nfs4Status.OK);
  }

  /** Opens a file in the root directory, made if it is not there. */
  public void openFile(String name) throws IOException {
    Reply reply =
        call(Requests.putRoot(), Requests.openCreating(name, BOTH, 0644, -1), op(Operation.GETFH));
    reply.is(Nfs4Status.OK).ok(Operation.PUTROOTFH);
    stateid = reply.ok(Operation.OPEN).stateid();
    reply.restOfOpen();
    handle = reply.ok(Operation.GETFH).opaque();
  }

  /** Reclaims the open of the file. */
  public void reclaim() throws IOException {
    XdrBytes open = Requests.openShare(BOTH, 0, "owner").i(0, CLAIM_PREVIOUS, 0);
    Reply reply = call(putFile(), open).is(Nfs4Status.OK).ok(Operation.PUTFH);
    stateid = reply.ok(Operation.OPEN).stateid();
  }

  /** Writes durably. */
  public void write(long offset, byte[] data) throws IOException {
    XdrBytes write =
        Requests.stateid(op(Operation.WRITE), stateid).l(offset).i(FILE_SYNC).opaque(data);
    Reply reply = call(putFile(), write).is(Nfs4Status.OK).ok(Operation.PUTFH);
    reply.ok(Operation.WRITE).skip(2 * Integer.BYTES);
    writeVerifier = reply.l();
  }

  /** What the last {@link #write} was told. */
  public long writeVerifier() {
    return writeVerifier;
  }

  public byte[] read(long offset, int length) throws IOException {
    XdrBytes read = Requests.stateid(op(Operation.READ), stateid).l(offset).i(length);
    Reply reply = call(putFile(), read).is(Nfs4Status.OK).ok(Operation.PUTFH);
    reply.ok(Operation.READ).i();
    return reply.opaque();
  }

  private XdrBytes putFile() {
    return op(Operation.PUTFH).opaque(handle);
  }

  /** Runs a compound in the session, whatever comes of it. */
  public Reply compound(XdrBytes... operations) throws IOException {
    return call(operations);
  }

  private Reply call(XdrBytes... operations) throws IOException {
    sequence++;
    XdrBytes all = sequence(0);
    for (XdrBytes operation : operations) {
      all.raw(operation.bytes());
    }
    byte[] reply = roundTrip(operations.length + 1, all);
    return StateHarness.afterSequence(reply);
  }

  private XdrBytes sequence(int cache) {
    return op(Operation.SEQUENCE).l(sessionHigh, sessionLow).i(sequence, 0, 0, cache);
  }

  private Reply bare(XdrBytes operation) throws IOException {
    return new Reply(roundTrip(1, operation));
  }

  private byte[] roundTrip(int count, XdrBytes operations) throws IOException {
    byte[] message =
        Calls.header(++xid, Nfs4Program.NUMBER, Nfs4Program.VERSION, 1, 0)
            .raw(xdr().string("").i(1, count).bytes())
            .raw(operations.bytes())
            .bytes();
    socket.getOutputStream().write(Calls.record(message));
    byte[] reply = receive();
    while (ByteBuffer.wrap(reply).getInt(Integer.BYTES) == 0) {
      reply = receive(); // That was a call of the server's own, which gets no answer.
    }
    return reply;
  }

  private byte[] receive() throws IOException {
    byte[] message = new byte[in.readInt() & LENGTH_MASK];
    in.readFully(message);
    return message;
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
  }
}
