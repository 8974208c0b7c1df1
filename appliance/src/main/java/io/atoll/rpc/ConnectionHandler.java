package io.atoll.rpc;

import io.atoll.io.loop.Loop;
import io.atoll.xdr.XdrReader;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One connection: receives calls, sends replies in the order in which they come to be, and reads no
 * more than it can bear. Confined to the home loop.
 *
 * <p>A client that shuts down its sending side still gets the replies to what it sent. A connection
 * that dies lets the calls that were started run to their end.
 */
// A failed write comes to exceptionCaught by its void promise; a failed close leaves nothing to do.
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionHandler extends ChannelInboundHandlerAdapter
    implements RpcConnection, RecordReceiver.Sink {

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

  private final long id;
  private final RpcServerContext server;
  private final Runnable resume = this::updateReading;
  private final RecordReceiver receiver;
  private final ReplyFlow replies;
  private final CredentialDecoder credentials = new CredentialDecoder();
  private final List<Runnable> closeTasks = new ArrayList<>();

  /** Null until there is a call to make. */
  private BackCalls backCalls;

  private ChannelHandlerContext context;
  private String remote = "a client that has not connected";
  private InetAddress remoteAddress;
  private InetSocketAddress remoteSocketAddress;
  private String entrance;
  private boolean open;
  private boolean reading = true;
  private boolean starved;
  private boolean held;
  private Object attachment;
  private boolean draining;
  private boolean inputEnded;
  private boolean closing;
  private boolean inReadLoop;
  private boolean flushPending;
  private boolean replyRetryPending;
  private boolean served;
  private int outstandingCalls;
  private long outstandingBytes;
  private long chargedBytes;

  private long recordsBegun;
  private long recordBegunNanos;
  private long lastReceivedNanos;
  private long drainBegunNanos;
  private long lastCallNanos;

  ConnectionHandler(long id, RpcServerContext server) {
    this.id = id;
    this.server = server;
    this.replies = new ReplyFlow(server.replyBudget(), server.limits());
    this.receiver =
        new RecordReceiver(server.limits(), this, server.payloadFinder(), server.payloads());
  }

  /** Sets the channel up. To be called before it reads for the first time. */
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
    remoteAddress = remoteSocketAddress == null ? null : remoteSocketAddress.getAddress();
    replies.open(channel);
  }

  /** Names what it came by. To be called before it reads for the first time. */
  void cameBy(String newEntrance) {
    entrance = newEntrance;
  }

  /** Where it comes from; null if that is no address of the Internet. */
  InetSocketAddress remoteSocketAddress() {
    return remoteSocketAddress;
  }

  RecordReceiver receiver() {
    return receiver;
  }

  ReplyFlow replies() {
    return replies;
  }

  // --- RpcConnection ---

  @Override
  public long id() {
    return id;
  }

  @Override
  public InetAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public String remote() {
    return remote;
  }

  @Override
  public String entrance() {
    return entrance;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    if (open) {
      closing = true;
      context.close();
    }
  }

  @Override
  public void onClose(Runnable task) {
    if (open) {
      closeTasks.add(task);
    } else {
      task.run();
    }
  }

  @Override
  public void holdReading(boolean newHeld) {
    if (held != newHeld) {
      held = newHeld;
      updateReading();
      settleBudget();
    }
  }

  @Override
  public Object attachment() {
    return attachment;
  }

  @Override
  public void attach(Object newAttachment) {
    attachment = newAttachment;
  }

  @Override
  public boolean callBack(BackCall call) {
    if (!open || closing) {
      return false;
    }
    if (backCalls == null) {
      backCalls = new BackCalls(this, server.loop());
    }
    return backCalls.call(call);
  }

  /** Whether a reply is to a call that was made over this connection. */
  boolean takesReply(int xid, XdrReader reader) {
    return backCalls != null && backCalls.replied(xid, reader);
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
    lastCallNanos = lastReceivedNanos;
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
    for (Runnable task : closeTasks) {
      try {
        task.run();
      } catch (RuntimeException e) {
        server.failures().error("failed to clean up after " + remote, e);
      }
    }
    closeTasks.clear();
    if (backCalls != null) {
      backCalls.closed();
    }
  }

  // --- records in ---

  @Override
  public boolean accepts() {
    RpcLimits limits = server.limits();
    return open
        && !draining
        && !starved
        && !held
        && outstandingCalls < limits.maxOutstandingCalls()
        && outstandingBytes < limits.maxOutstandingBytes()
        && context.channel().isWritable()
        && replies.hasRoom();
  }

  @Override
  public boolean admits(int bytes) {
    charge();
    return server.budget().admits(bytes);
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
    call.start(this, buffer, index, lengthBytes, holeIndex, payload);
    outstandingCalls++;
    server.running().begun();
    outstandingBytes += call.heldBytes();
    lastCallNanos = server.loop().monotonicNanos();
    try {
      server.dispatcher().dispatch(call, credentials);
    } catch (Throwable e) {
      server.failures().error("failed to dispatch a call from " + remote, e);
      close();
      if (call.isActive()) {
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
    close();
  }

  // --- replies out ---

  ByteBufAllocator allocator() {
    return context.alloc();
  }

  /** A call was understood, and is answered. */
  void markServed() {
    served = true;
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

  /** A call has released its request. */
  void ended(RpcCall call) {
    outstandingCalls--;
    server.running().ended();
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
    if (open && !closing && nothingToCome && outstandingCalls == 0) {
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
      close();
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

  /** Whether it may be closed in favour of another one: nothing is under way. */
  boolean isIdle() {
    return open && !closing && outstandingCalls == 0 && replies.pendingBytes() == 0;
  }

  /** Whether it ever made a call that this server understands. */
  boolean hasServed() {
    return served;
  }

  /** When its last record came, or when it was opened if none has. */
  long lastCallNanos() {
    return lastCallNanos;
  }

  private static boolean hasPassed(long nowNanos, long sinceNanos, int seconds) {
    return nowNanos - sinceNanos > TimeUnit.SECONDS.toNanos(seconds);
  }

  /** What all connections of a service share, but for the count, which is a server's. */
  record RpcServerContext(
      Loop loop,
      RpcLimits limits,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads,
      RpcDispatcher dispatcher,
      RunningCalls running,
      CallPool calls,
      ReceiveBudget budget,
      ReplyBudget replyBudget,
      RateLimitedLog violations,
      RateLimitedLog failures) {

    /** The same with another count of running calls. */
    RpcServerContext counting(RunningCalls others) {
      return new RpcServerContext(
          loop,
          limits,
          payloadFinder,
          payloads,
          dispatcher,
          others,
          calls,
          budget,
          replyBudget,
          violations,
          failures);
    }
  }
}
