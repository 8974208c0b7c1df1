package io.atoll.rpc;

import io.atoll.xdr.XdrBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.LoggerFactory;

/** A connection without a socket: receives as a socket would, and shows what was sent. */
public final class TestConnection implements AutoCloseable {
  private static final int LAST_FRAGMENT = 1 << 31;

  private final ByteBufAllocator allocator;
  private final ManualLoop home;
  private final ConnectionLoop context;
  private final RpcPrograms programs;
  private final ConnectionHandler handler;
  private final EmbeddedChannel channel;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final List<byte[]> backCalls = new ArrayList<>();
  private int partsSent;
  private boolean takesReplies = true;

  /** Null if nobody looks. */
  private BiConsumer<byte[], byte[]> observer;

  public TestConnection(
      ManualLoop loop,
      RpcLimits limits,
      PayloadFinder finder,
      PayloadAllocator payloads,
      RpcProgram... programs) {
    this(new UnpooledByteBufAllocator(true), loop, limits, finder, payloads, programs);
  }

  /**
   * @param allocator an {@link UnpooledByteBufAllocator} counts its bytes, so that a leak shows
   */
  public TestConnection(
      ByteBufAllocator allocator,
      ManualLoop loop,
      RpcLimits limits,
      PayloadFinder finder,
      PayloadAllocator payloads,
      RpcProgram... programs) {
    this(
        allocator,
        loop,
        RpcService.connectionLoop(
            loop, limits, new RpcBudgets(limits).share(), List.of(programs), finder, payloads),
        new RpcPrograms(List.of(programs), log(loop), log(loop)));
  }

  private TestConnection(
      ByteBufAllocator allocator,
      ManualLoop newHome,
      ConnectionLoop newContext,
      RpcPrograms newPrograms) {
    this.allocator = allocator;
    home = newHome;
    context = newContext;
    programs = newPrograms;
    handler = new ConnectionHandler(context);
    ServedConnection.over(handler, 1, null, home, programs, new RunningCalls(), log(home));
    channel =
        new EmbeddedChannel() {
          @Override
          protected void doWrite(ChannelOutboundBuffer in) throws Exception {
            if (takesReplies) {
              super.doWrite(in);
            }
          }
        };
    channel.config().setAllocator(allocator);
    handler.configure(channel);
    channel.pipeline().addLast(handler);
  }

  private static RateLimitedLog log(ManualLoop loop) {
    return new RateLimitedLog(LoggerFactory.getLogger(TestConnection.class), loop::monotonicNanos);
  }

  /** Has it come by a server that calls itself so. */
  public void cameBy(String entrance) {
    ServedConnection.over(handler, 1, entrance, home, programs, new RunningCalls(), log(home));
  }

  /** Another connection of the same server; to be closed before this one. */
  TestConnection another() {
    return new TestConnection(allocator, home, context, programs);
  }

  /** Receives {@code bytes} in pieces of at most {@code pieceBytes}, while the channel lives. */
  public void receive(byte[] bytes, int pieceBytes) {
    int from = 0;
    while (from < bytes.length && channel.isOpen()) {
      ByteBuf buffer = handler.receiver().nextReceiveBuffer(channel.alloc());
      int length = Math.min(pieceBytes, Math.min(buffer.writableBytes(), bytes.length - from));
      buffer.writeBytes(bytes, from, length);
      channel.writeInbound(buffer);
      from += length;
    }
  }

  public void receive(byte[] bytes) {
    receive(bytes, Integer.MAX_VALUE);
  }

  /** As {@link #receive}, of one record, whose single reply is given without its mark. */
  public byte[] call(byte[] message) {
    receive(Calls.record(message));
    List<byte[]> replies = replies();
    if (replies.size() != 1) {
      throw new AssertionError("got " + replies.size() + " replies to one call");
    }
    if (observer != null) {
      observer.accept(message, replies.get(0));
    }
    return replies.get(0);
  }

  /** Has each {@link #call} and its reply looked at. */
  public TestConnection observedBy(BiConsumer<byte[], byte[]> newObserver) {
    observer = newObserver;
    return this;
  }

  public boolean isObserved() {
    return observer != null;
  }

  /** The replies since this was asked last, without marks. */
  public List<byte[]> replies() {
    collect();
    ByteBuffer bytes = ByteBuffer.wrap(sent.toByteArray());
    sent.reset();
    List<byte[]> replies = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int mark = bytes.getInt();
      if (mark >= 0) {
        throw new AssertionError("a reply in more than one fragment");
      }
      byte[] reply = new byte[mark & ~LAST_FRAGMENT];
      bytes.get(reply);
      boolean isCall = reply.length >= 8 && ByteBuffer.wrap(reply).getInt(4) == 0;
      (isCall ? backCalls : replies).add(reply);
    }
    return replies;
  }

  /** The calls that the server has made since this was asked last, without marks. */
  public List<byte[]> backCalls() {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    replies().forEach(reply -> kept.writeBytes(Calls.record(reply)));
    sent.writeBytes(kept.toByteArray());
    List<byte[]> calls = List.copyOf(backCalls);
    backCalls.clear();
    return calls;
  }

  /** The client answers one of the server's calls with success, and {@code results}. */
  public void answer(byte[] backCall, byte[] results) {
    int xid = ByteBuffer.wrap(backCall).getInt();
    receive(Calls.record(XdrBytes.xdr().i(xid, 1, 0, 0, 0, 0).raw(results).bytes()));
  }

  private void collect() {
    ByteBuf part = channel.readOutbound();
    while (part != null) {
      partsSent++;
      byte[] bytes = new byte[part.readableBytes()];
      part.readBytes(bytes);
      part.release();
      sent.writeBytes(bytes);
      part = channel.readOutbound();
    }
  }

  /** Gives up what was sent, without copying it. */
  public int discardSent() {
    int bytes = 0;
    ByteBuf part = channel.readOutbound();
    while (part != null) {
      bytes += part.readableBytes();
      part.release();
      part = channel.readOutbound();
    }
    return bytes;
  }

  /** Buffers that the replies so far were sent as. */
  public int partsSent() {
    return partsSent;
  }

  public RpcConnection connection() {
    return handler.served();
  }

  public boolean isOpen() {
    return channel.isOpen();
  }

  /** What the connection's requests are charged for now. */
  ReceiveBudget budget() {
    return context.budget();
  }

  public boolean isReading() {
    return channel.config().isAutoRead();
  }

  public long copiedPayloadBytes() {
    return handler.receiver().copiedPayloadBytes();
  }

  /** The client takes its replies, or leaves them. */
  public void takeReplies(boolean takes) {
    takesReplies = takes;
    if (takes) {
      channel.flush();
    }
  }

  ReplyBudget replyBudget() {
    return context.replyBudget();
  }

  /** The client shuts down its sending side. */
  public void endInput() {
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
  }

  /** The connection breaks. */
  public void disconnect() {
    channel.close().syncUninterruptibly();
  }

  /** Closes, and fails if a buffer was not released. */
  @Override
  public void close() {
    disconnect();
    discardSent();
    if (context.budget().usedBytes() != 0) {
      throw new AssertionError(context.budget().usedBytes() + " bytes are still charged");
    }
    if (context.replyBudget().usedBytes() != 0) {
      throw new AssertionError(
          context.replyBudget().usedBytes() + " bytes of replies are still charged");
    }
    if (allocator instanceof UnpooledByteBufAllocator counting
        && counting.metric().usedDirectMemory() != 0) {
      long leaked = counting.metric().usedDirectMemory();
      throw new AssertionError(leaked + " bytes of buffers were not released");
    }
  }

  /** The once-a-second check. */
  public void tick(long nowNanos) {
    handler.tick(nowNanos);
  }
}
