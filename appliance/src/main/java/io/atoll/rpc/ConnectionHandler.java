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
import java.util.ArrayDeque;
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

  /** How long a client may take to take its last replies when the server stops. */
  private static final int DRAIN_SECONDS = 10;

  private final long id;
  private final RpcServerContext server;
  private final Runnable resume = this::updateReading;
  private final RecordReceiver receiver;
  private final CredentialDecoder credentials = new CredentialDecoder();
  private final ArrayDeque<RpcCall> idleCalls = new ArrayDeque<>();
  private final List<Runnable> closeTasks = new ArrayList<>();

  private ChannelHandlerContext context;
  private String remote = "a client that has not connected";
  private boolean open;
  private boolean reading = true;
  private boolean starved;
  private boolean draining;
  private boolean inputEnded;
  private boolean closing;
  private boolean inReadLoop;
  private boolean flushPending;
  private int outstandingCalls;
  private long outstandingBytes;
  private long chargedBytes;

  private long recordsBegun;
  private long recordBegunNanos;
  private long lastReceivedNanos;
  private long replyProgressNanos;
  private long drainBegunNanos;
  private long bytesBeforeWritable;

  ConnectionHandler(long id, RpcServerContext server) {
    this.id = id;
    this.server = server;
    this.receiver =
        new RecordReceiver(server.limits(), this, server.payloadFinder(), server.payloads());
  }

  /** Sets the channel up. To be called before it reads for the first time. */
  void configure(Channel channel) {
    var config = channel.config();
    config.setRecvByteBufAllocator(new ReceiveAllocator(receiver));
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    int high = server.limits().maxOutboundBytes();
    config.setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
    remote = String.valueOf(channel.remoteAddress());
  }

  RecordReceiver receiver() {
    return receiver;
  }

  // --- RpcConnection ---

  @Override
  public long id() {
    return id;
  }

  @Override
  public String remote() {
    return remote;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    if (open) {
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
    replyProgressNanos = lastReceivedNanos;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    inReadLoop = true;
    receiver.receive((ByteBuf) message);
    noteRecordProgress();
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
    replyProgressNanos = server.loop().monotonicNanos();
    updateReading();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      closeIfFinished();
    } else {
      ctx.fireUserEventTriggered(event);
    }
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
    // Mostly a peer that reset the connection, and then nothing is wrong here.
    if (cause instanceof RuntimeException) {
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
    for (Runnable task : closeTasks) {
      task.run();
    }
    closeTasks.clear();
  }

  // --- records in ---

  @Override
  public boolean accepts() {
    RpcLimits limits = server.limits();
    return open
        && !draining
        && !starved
        && !server.budget().isExhausted()
        && outstandingCalls < limits.maxOutstandingCalls()
        && outstandingBytes < limits.maxOutstandingBytes()
        && context.channel().isWritable();
  }

  @Override
  public void record(ByteBuf buffer, int index, int lengthBytes, int holeIndex, ByteBuf payload) {
    RpcCall call = idleCalls.poll();
    if (call == null) {
      call = new RpcCall(this);
    }
    call.start(buffer, index, lengthBytes, holeIndex, payload);
    outstandingCalls++;
    outstandingBytes += call.requestBytes();
    server.dispatcher().dispatch(call, credentials);
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

  /** Sends what {@code reply} holds, as one vectored write. */
  void send(XdrWriter reply) {
    if (!open) {
      reply.discard();
      return;
    }
    ByteBuf buffer = reply.buffer();
    int from = 0;
    for (int i = 0; i < reply.payloadCount(); i++) {
      int to = reply.payloadIndexAt(i);
      write(buffer.retainedSlice(from, to - from));
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
    outstandingBytes -= call.requestBytes();
    if (idleCalls.size() < server.limits().maxOutstandingCalls()) {
      idleCalls.push(call);
    }
    updateReading();
    settleBudget();
    closeIfFinished();
  }

  // --- back-pressure and time-outs ---

  private void updateReading() {
    if (!open) {
      return;
    }
    boolean accepts = accepts();
    if (accepts != reading) {
      reading = accepts;
      if (accepts) {
        // The time in which nothing was read was not the client's.
        lastReceivedNanos = server.loop().monotonicNanos();
        recordBegunNanos = lastReceivedNanos;
      }
      context.channel().config().setAutoRead(accepts);
    }
    if (accepts) {
      receiver.drain();
    } else if (server.budget().isExhausted()) {
      server.budget().await(resume);
    }
  }

  /** Tells the budget what this connection's requests hold now. */
  private void settleBudget() {
    // A small request keeps the whole buffer that it was received in.
    long held = Math.max(outstandingBytes, (long) outstandingCalls * RecordReceiver.RECEIVE_BYTES);
    long charge = held + receiver.partialBytes();
    ReceiveBudget budget = server.budget();
    budget.adjust(charge - chargedBytes);
    boolean fell = charge < chargedBytes;
    chargedBytes = charge;
    if (fell) {
      budget.resumeWaiters();
    } else if (budget.isExhausted()) {
      updateReading();
    }
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
    // A client waits for the answers to its calls as long as they take; but what waits for memory
    // while it holds some would wait for itself.
    if (receiver.isMidRecord() && (reading || outstandingCalls == 0)) {
      if (hasPassed(nowNanos, lastReceivedNanos, limits.idleRecordSeconds())) {
        violated("a record that had begun stopped coming");
      } else if (hasPassed(nowNanos, recordBegunNanos, limits.slowRecordSeconds())) {
        violated("a record took too long");
      }
    }
    Channel channel = context.channel();
    long before = channel.bytesBeforeWritable();
    if (channel.isWritable() || before != bytesBeforeWritable) {
      replyProgressNanos = nowNanos;
      bytesBeforeWritable = before;
    } else if (hasPassed(nowNanos, replyProgressNanos, limits.stalledReplySeconds())) {
      violated("replies were not taken");
    }
  }

  private static boolean hasPassed(long nowNanos, long sinceNanos, int seconds) {
    return nowNanos - sinceNanos > TimeUnit.SECONDS.toNanos(seconds);
  }

  /** What all connections of a server share. */
  record RpcServerContext(
      Loop loop,
      RpcLimits limits,
      PayloadFinder payloadFinder,
      PayloadAllocator payloads,
      RpcDispatcher dispatcher,
      ReceiveBudget budget,
      RateLimitedLog violations,
      RateLimitedLog failures) {}
}
