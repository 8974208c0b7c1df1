package io.atoll.rpc;

import io.atoll.io.loop.Mail;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;

/**
 * A call: its arguments, and the way to its reply (RFC 5531, section 9). It belongs to the
 * connection's loop until it is handed over, then to the home loop until it ends by {@link #send},
 * {@link #refuse} or {@link #drop}, and then to the connection's loop again, which sends the reply,
 * releases the request's buffers and has it serve another one. Where these are two loops, it is the
 * mail that goes between them.
 */
public final class RpcCall implements Mail {
  private static final int REPLY = 1;
  private static final int MSG_ACCEPTED = 0;
  private static final int MSG_DENIED = 1;
  private static final int SUCCESS = 0;
  private static final int RPC_MISMATCH = 0;
  private static final int AUTH_ERROR = 1;
  private static final int LAST_FRAGMENT_BIT = 1 << 31;

  /** Enough for most replies; others grow. */
  private static final int REPLY_BYTES = 512;

  private final XdrReader reader = new XdrReader();
  private final XdrWriter writer = new XdrWriter();
  private ConnectionHandler connection;
  private ByteBuf request;
  private ByteBuf payload;
  private int requestBytes;
  private int heldBytes;
  private int expectedReplyBytes;
  private Mail next;
  private boolean active;
  private boolean dispatching;

  /** Handed over, and not come back. Written by the connection's loop alone, while it is here. */
  private boolean away;

  /** Whose it is, once it is handed over; null for an answer to a call of ours. */
  private RpcProgram program;

  private boolean begun;
  private boolean answered;
  private int recordMark;

  private int xid;
  private int procedure;
  private RpcCredential credential;

  /** Takes over a reference of {@code buffer} and of {@code apart}; {@link #dispatched} follows. */
  void start(
      ConnectionHandler from,
      ByteBuf buffer,
      int index,
      int lengthBytes,
      int holeIndex,
      ByteBuf apart) {
    connection = from;
    dispatching = true;
    request = buffer;
    payload = apart;
    requestBytes = lengthBytes;
    heldBytes = buffer.capacity();
    expectedReplyBytes = 0;
    active = true;
    away = false;
    program = null;
    begun = false;
    answered = false;
    credential = RpcCredential.NONE;
    if (apart == null) {
      reader.wrap(buffer, index, lengthBytes);
      if (holeIndex != RecordReceiver.Sink.NO_HOLE) {
        reader.payloadAt(holeIndex);
      }
    } else {
      requestBytes += apart.readableBytes();
      heldBytes += PayloadAllocator.heldBytes(0, apart.capacity());
      reader.wrapWithHole(buffer, index, lengthBytes, holeIndex, apart);
    }
  }

  void header(int newXid, int newProcedure) {
    xid = newXid;
    procedure = newProcedure;
  }

  void credential(RpcCredential newCredential) {
    credential = newCredential;
  }

  /** Who dispatched it looks at it no more. */
  void dispatched() {
    dispatching = false;
  }

  /** Whether it is here, has ended, and may serve another connection. */
  boolean isFree() {
    return !away && !active && !dispatching;
  }

  /** Whether it is here and has not ended. */
  boolean isPending() {
    return !away && active;
  }

  // --- between the loops ---

  /**
   * Gives it to the home loop. Nothing of it may be looked at here until it comes back.
   *
   * @param to null if it is an answer to a call of ours
   */
  void handOver(RpcProgram to) {
    program = to;
    away = true;
    connection.handOver(this);
  }

  /** On the loop that it was posted to: it has come home, or come back. */
  @Override
  public void deliver() {
    if (active) {
      connection.served().arrived(this);
    } else {
      connection.finish(this);
    }
  }

  @Override
  public Mail nextMail() {
    return next;
  }

  @Override
  public void nextMail(Mail newNext) {
    next = newNext;
  }

  RpcProgram program() {
    return program;
  }

  boolean isAnswer() {
    return program == null;
  }

  /** Its program has it now. */
  void begun() {
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }

  /** It has ended and is back on the connection's loop: lets go of the request. */
  void isBack() {
    away = false;
    request.release();
    request = null;
    if (payload != null) {
      payload.release();
      payload = null;
    }
  }

  /** Whether there is a reply to send, after the end. */
  boolean isAnswered() {
    return answered;
  }

  // --- what it says ---

  /** Lets go of the connection. */
  void rest() {
    connection = null;
  }

  /** Whether it has not ended. */
  public boolean isActive() {
    return active;
  }

  public int xid() {
    return xid;
  }

  public int procedure() {
    return procedure;
  }

  public RpcCredential credential() {
    return credential;
  }

  public RpcConnection connection() {
    return connection.served();
  }

  /** The whole record's length, without marks. */
  public int requestBytes() {
    return requestBytes;
  }

  /** What the request takes of the memory for requests: the whole of its buffers. */
  public int heldBytes() {
    return heldBytes;
  }

  /**
   * Says before it is made that the reply will have so many bytes more at most, so that the
   * connection does not start more calls than it can keep the replies of.
   */
  public void expectReply(int bytes) {
    expectedReplyBytes += bytes;
    connection.replies().expect(bytes);
  }

  int expectedReplyBytes() {
    return expectedReplyBytes;
  }

  /** At the procedure's arguments. */
  public XdrReader reader() {
    return reader;
  }

  /** The reply; to be {@link #accept begun} first. */
  public XdrWriter writer() {
    return writer;
  }

  /** Begins a reply of success, whose results the caller then writes. */
  public XdrWriter accept() {
    connection.markServed();
    beginReply(MSG_ACCEPTED);
    writeEmptyVerifier();
    writer.int32(SUCCESS);
    return writer;
  }

  /** Sends the reply. */
  public void send() {
    // The mark itself is not of the record.
    int length = writer.position() - Integer.BYTES;
    writer.patchInt32(recordMark, length | LAST_FRAGMENT_BIT);
    end(true);
  }

  /** Answers without results; a reply that was begun is given up. */
  public void refuse(AcceptStatus status) {
    writer.discard();
    beginReply(MSG_ACCEPTED);
    writeEmptyVerifier();
    writer.int32(status.code());
    send();
  }

  /** Says which versions there are. */
  void refuseVersion(int low, int high) {
    beginReply(MSG_ACCEPTED);
    writeEmptyVerifier();
    writer.int32(AcceptStatus.PROG_MISMATCH.code());
    writer.int32(low);
    writer.int32(high);
    send();
  }

  void denyRpcVersion(int rpcVersion) {
    beginReply(MSG_DENIED);
    writer.int32(RPC_MISMATCH);
    writer.int32(rpcVersion);
    writer.int32(rpcVersion);
    send();
  }

  void denyAuthentication(int authStatus) {
    beginReply(MSG_DENIED);
    writer.int32(AUTH_ERROR);
    writer.int32(authStatus);
    send();
  }

  /** Ends the call without a reply. */
  public void drop() {
    writer.discard();
    end(false);
  }

  private void beginReply(int replyStatus) {
    writer.begin(connection.allocator(), REPLY_BYTES);
    recordMark = writer.reserveInt32();
    writer.int32(xid);
    writer.int32(REPLY);
    writer.int32(replyStatus);
  }

  private void writeEmptyVerifier() {
    writer.int32(RpcCredential.AUTH_NONE);
    writer.int32(0);
  }

  private void end(boolean isReplied) {
    if (!active) {
      throw new IllegalStateException("call " + xid + " has ended before");
    }
    active = false;
    answered = isReplied;
    reader.unwrap();
    if (away) {
      connection.served().ended(this);
    } else {
      connection.finish(this);
    }
  }
}
