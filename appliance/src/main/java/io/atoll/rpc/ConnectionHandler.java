package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.uring.IoUringChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The socket of one connection: receives calls, sends replies in the order in which they come to
 * be, and reads no more than it can bear. Confined to its loop, the connection's; what the home
 * loop may ask says so. What programs know of the connection is its {@link ServedConnection}.
 *
 * <p>A client that shuts down its sending side still gets the replies to what it sent. A connection
 * that dies lets the calls that were started run to their end.
 */
// A failed write comes to exceptionCaught by its void promise; a failed close leaves nothing to do.
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionHandler extends ChannelInboundHandlerAdapter implements RecordReceiver.Sink {

  /** How long to wait before asking for a payload buffer again. */
  private static final long PAYLOAD_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** How long to wait before looking again whether there is room for replies. */
  private static final long REPLY_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** How long a client may take to take its last replies when the server stops. */
  static final int DRAIN_SECONDS = 10;

  /**
   * How long a record may take from its first byte to its last while others find no room to begin.
   */
  private static final int SHORT_RECORD_SECONDS = 10;

  /** A connection over which nothing comes is probed after so long. */
  private static final int KEEPALIVE_IDLE_SECONDS = 60;

  private static final int KEEPALIVE_INTERVAL_SECONDS = 15;
  private static final int KEEPALIVE_PROBES = 4;

  private final ConnectionLoop server;
  private final Runnable resume = this::updateReading;
  private final RecordReceiver receiver;
  private final ReplyFlow replies;
  private final CredentialDecoder credentials = new CredentialDecoder();

  /** Its programs' side. */
  private ServedConnection served;

  private ByteBufAllocator allocator;
  private ChannelHandlerContext context;
  private String remote = "a client that has not connected";
  private InetSocketAddress remoteSocketAddress;
  private boolean open;
  private boolean reading = true;
  private boolean starved;
  private boolean held;
  private boolean draining;
  private boolean inputEnded;
  private boolean closing;
  private boolean inReadLoop;
  private boolean flushPending;
  private boolean replyRetryPending;

  /** Written here, and read by the home loop, too. */
  private volatile boolean hasServed;

  private final AtomicInteger outstandingCalls = new AtomicInteger();
  private final AtomicLong lastCallNanos = new AtomicLong();

  private long outstandingBytes;
  private long chargedBytes;

  private long recordsBegun;
  private long recordBegunNanos;
  private long lastReceivedNanos;
  private long drainBegunNanos;

  ConnectionHandler(ConnectionLoop server) {
    this.server = server;
    this.replies = new ReplyFlow(server.replyBudget(), server.limits());
    this.receiver =
        new RecordReceiver(server.limits(), this, server.payloadFinder(), server.payloads());
  }

  /** Names its programs' side, once. */
  void servedBy(ServedConnection side) {
    served = side;
  }

  /** Sets the channel up. To be called, on whatever loop, before it is opened. */
  void configure(Channel channel) {
    var config = channel.config();
    config.setRecvByteBufAllocator(new ReceiveAllocator(receiver));
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    // So that a client whose machine is gone is noticed; false where the transport has no such.
    config.setOption(IoUringChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
    config.setOption(IoUringChannelOption.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS);
    config.setOption(IoUringChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
    int high = server.limits().maxOutboundBytes();
    config.setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
    remote = String.valueOf(channel.remoteAddress());
    remoteSocketAddress =
        channel.remoteAddress() instanceof InetSocketAddress address ? address : null;
    allocator = channel.alloc();
    lastCallNanos.setPlain(server.loop().monotonicNanos());
    replies.open(channel);
  }

  // --- what does not change, for any loop ---

  Loop loop() {
    return server.loop();
  }

  /** Whether this is its loop. */
  @SuppressWarnings("ReferenceEquality") // A loop is itself alone.
  boolean isOn(Loop other) {
    return server.loop() == other;
  }

  ServedConnection served() {
    return served;
  }

  /** The other end, for messages. */
  String remote() {
    return remote;
  }

  /** Where it comes from; null if that is no address of the Internet. */
  InetSocketAddress remoteSocketAddress() {
    return remoteSocketAddress;
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  RecordReceiver receiver() {
    return receiver;
  }

  ReplyFlow replies() {
    return replies;
  }

  // --- what the home loop says, by onItsLoop ---

  /** Runs {@code task} on the connection's loop: now, if that is where it is called. */
  void onItsLoop(Runnable task) {
    if (server.loop().inLoop()) {
      task.run();
    } else {
      server.loop().execute(task);
    }
  }

  /** Closes now. Calls that were handed over go on; their replies are dropped. */
  void closeNow() {
    if (open) {
      closing = true;
      context.close();
    }
  }

  /** Reads no further calls. */
  void hold() {
    held(true);
  }

  /** Reads further calls again. */
  void release() {
    held(false);
  }

  private void held(boolean newHeld) {
    held = newHeld;
    updateReading();
    settleBudget();
  }

  /** Reads nothing more, and closes when the calls that run have been answered. */
  void closeWhenIdle() {
    draining = true;
    drainBegunNanos = server.loop().monotonicNanos();
    updateReading();
    closeIfFinished();
  }

  // --- what the channel tells ---

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    open = true;
    lastReceivedNanos = server.loop().monotonicNanos();
    server.opened(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    inReadLoop = true;
    receiver.receive((ByteBuf) message);
    noteRecordProgress();
    updateReading();
    settleBudget();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    inReadLoop = false;
    if (flushPending) {
      flushPending = false;
      ctx.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    replies.settle();
    updateReading();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      closeIfFinished();
    }
    // Vert.x's own, that its listener shuts down, would close at once: RpcServer sees to that.
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A peer that reset the connection is nothing wrong here.
    if (!(cause instanceof IOException)) {
      server.failures().error("failed while serving " + remote, cause);
    }
    ctx.close();
  }

  private void closed() {
    if (!open) {
      return;
    }
    open = false;
    receiver.close();
    server.budget().forget(resume);
    settleBudget();
    replies.settle();
    server.closed(this);
    served.socketClosed();
  }

  // --- records in ---

  @Override
  public boolean accepts() {
    RpcLimits limits = server.limits();
    replies.settle();
    return open
        && !draining
        && !starved
        && !held
        && outstandingCalls.getPlain() < limits.maxOutstandingCalls()
        && outstandingBytes < limits.maxOutstandingBytes()
        && context.channel().isWritable()
        && replies.hasRoom();
  }

  @Override
  public boolean admits(int bytes) {
    charge();
    if (!server.budget().take(bytes)) {
      return false;
    }
    chargedBytes += bytes; // as the receiver holds them from now on
    return true;
  }

  @Override
  public boolean beginPayload(int bytes) {
    return server.budget().beginPayload(bytes);
  }

  @Override
  public void endPayload(int bytes) {
    server.budget().endPayload(bytes);
  }

  @Override
  public void record(ByteBuf buffer, int index, int lengthBytes, int holeIndex, ByteBuf payload) {
    RpcCall call = server.calls().take();
    server.received();
    call.start(this, buffer, index, lengthBytes, holeIndex, payload);
    outstandingCalls.setRelease(outstandingCalls.getPlain() + 1);
    outstandingBytes += call.heldBytes();
    lastCallNanos.setRelease(server.loop().monotonicNanos());
    try {
      server.dispatcher().dispatch(call, credentials);
    } catch (Throwable e) {
      server.failures().error("failed to dispatch a call from " + remote, e);
      closeNow();
      if (call.isPending()) {
        call.drop();
      }
    }
    call.dispatched();
    server.calls().giveBack(call);
    updateReading();
  }

  @Override
  public void starved() {
    starved = true;
    updateReading();
    server.loop().schedule(PAYLOAD_RETRY_NANOS, this::retryPayload);
  }

  private void retryPayload() {
    starved = false;
    receiver.retryPayload();
    updateReading();
    settleBudget();
    closeIfFinished();
  }

  @Override
  public void violated(String rule) {
    server.violations().warn("closed the connection of " + remote, rule);
    closeNow();
  }

  /** Gives a call to its programs' side. */
  void handOver(RpcCall call) {
    Loop home = served.home();
    if (isOn(home)) {
      served.arrived(call);
    } else {
      home.post(call);
    }
  }

  // --- replies out ---

  /** A call was understood, and is answered. On either loop. */
  void markServed() {
    if (!hasServed) {
      hasServed = true;
    }
  }

  /** A call has ended, and come back: sends its reply, if it has one. */
  void finish(RpcCall call) {
    assert loop().inLoop() : "called outside of " + loop();
    call.isBack();
    try {
      if (call.isAnswered()) {
        send(call.writer());
      }
    } finally {
      ended(call);
    }
  }

  /** Sends what {@code reply} holds, as one vectored write. */
  void send(XdrWriter reply) {
    if (!open) {
      reply.discard();
      return;
    }
    long pendingBefore = replies.pendingBytes();
    ByteBuf buffer = reply.buffer();
    int from = 0;
    for (int i = 0; i < reply.payloadCount(); i++) {
      int to = reply.payloadIndexAt(i);
      if (to > from) {
        write(buffer.retainedSlice(from, to - from));
      }
      write(reply.payloadAt(i));
      from = to;
    }
    if (from == 0) {
      write(buffer);
    } else {
      if (from < buffer.writerIndex()) {
        write(buffer.retainedSlice(from, buffer.writerIndex() - from));
      }
      buffer.release();
    }
    reply.taken();
    replies.sent(replies.pendingBytes() - pendingBefore);
    if (inReadLoop) {
      flushPending = true;
    } else {
      context.flush();
    }
  }

  private void write(ByteBuf part) {
    context.write(part, context.voidPromise());
  }

  private void ended(RpcCall call) {
    outstandingCalls.setRelease(outstandingCalls.getPlain() - 1);
    outstandingBytes -= call.heldBytes();
    if (call.expectedReplyBytes() > 0) {
      replies.expect(-call.expectedReplyBytes());
    }
    server.calls().giveBack(call);
    updateReading();
    settleBudget();
    closeIfFinished();
  }

  // --- back-pressure and time-outs ---

  /**
   * Turns reading on or off. Not between the records of one drain: turned on and off again, it
   * would receive one more buffer each time, behind those that wait already.
   */
  private void updateReading() {
    if (!open || receiver.isDraining()) {
      return;
    }
    receiver.drain();
    boolean accepts = accepts() && !receiver.awaitsAdmission();
    if (accepts != reading) {
      reading = accepts;
      if (accepts) {
        // The time in which nothing was read was not the client's.
        lastReceivedNanos = server.loop().monotonicNanos();
        recordBegunNanos = lastReceivedNanos;
      }
      context.channel().config().setAutoRead(accepts);
    }
    if (receiver.awaitsAdmission()) {
      server.budget().await(resume);
    }
    if (!accepts && !replyRetryPending && !replies.hasRoom()) {
      // That a client took something, and that others did, comes without notice.
      replyRetryPending = true;
      server.loop().schedule(REPLY_RETRY_NANOS, this::retryReplies);
    }
  }

  private void retryReplies() {
    replyRetryPending = false;
    replies.settle();
    updateReading();
    settleBudget();
    closeIfFinished();
  }

  /** Tells the budget what this connection's requests hold now. */
  private void settleBudget() {
    charge();
    server.budget().resumeWaiters();
  }

  private void charge() {
    long held = outstandingBytes + receiver.heldBytes();
    server.budget().adjust(held - chargedBytes);
    chargedBytes = held;
  }

  private void closeIfFinished() {
    boolean nothingToCome = draining || (inputEnded && !receiver.hasBacklog());
    if (open && !closing && nothingToCome && outstandingCalls.getPlain() == 0) {
      closing = true;
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void noteRecordProgress() {
    lastReceivedNanos = server.loop().monotonicNanos();
    noteRecordBegin(lastReceivedNanos);
  }

  private void noteRecordBegin(long nowNanos) {
    if (receiver.recordsBegun() != recordsBegun) {
      recordsBegun = receiver.recordsBegun();
      recordBegunNanos = nowNanos;
    }
  }

  /** Called every second: closes the connection of a client that is too slow. */
  void tick(long nowNanos) {
    if (!open) {
      return;
    }
    RpcLimits limits = server.limits();
    if (draining && hasPassed(nowNanos, drainBegunNanos, DRAIN_SECONDS)) {
      closeNow();
      return;
    }
    noteRecordBegin(nowNanos);
    // While it is not read, a record does not come for reasons of ours.
    if (receiver.isMidRecord() && reading) {
      int slowSeconds =
          server.budget().isShort()
              ? Math.min(SHORT_RECORD_SECONDS, limits.slowRecordSeconds())
              : limits.slowRecordSeconds();
      if (hasPassed(nowNanos, lastReceivedNanos, limits.idleRecordSeconds())) {
        violated("a record that had begun stopped coming");
      } else if (hasPassed(nowNanos, recordBegunNanos, slowSeconds)) {
        violated("a record took too long");
      }
    }
    if (open && replies.isStalled(nowNanos)) {
      violated("replies were not taken");
    }
  }

  // --- what the home loop may ask ---

  /** Whether nothing is under way. */
  boolean isIdle() {
    return outstandingCalls.getAcquire() == 0 && replies.pendingBytes() == 0;
  }

  /** Whether it ever made a call that this server understands. */
  boolean hasServed() {
    return hasServed;
  }

  /** When its last record came, or when it was opened if none has. */
  long lastCallNanos() {
    return lastCallNanos.getAcquire();
  }

  private static boolean hasPassed(long nowNanos, long sinceNanos, int seconds) {
    return nowNanos - sinceNanos > TimeUnit.SECONDS.toNanos(seconds);
  }
}
