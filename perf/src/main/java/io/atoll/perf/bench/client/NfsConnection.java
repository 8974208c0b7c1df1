package io.atoll.perf.bench.client;

import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * One TCP connection to an NFS server: calls out, answers in, matched by transaction ID. Confined
 * to its loop. Answers that come together are acted on together, and what is called meanwhile goes
 * out in one send.
 */
public final class NfsConnection extends ChannelInboundHandlerAdapter {
  /** Calls that can be in flight. */
  static final int MAX_CALLS = 1 << 12;

  private static final int INDEX_BITS = 12;
  private static final int REPLY = 1;
  private static final int MAX_VERIFIER_BYTES = 400;
  private static final int DENIED = 1;
  private static final int PROGRAM_UNAVAILABLE = 1;
  private static final int PROGRAM_MISMATCH = 2;

  /** Is given the answer to a call, behind the RPC header. */
  interface Answer {
    void answered(XdrReader reader);
  }

  private final EventLoop loop;
  private final String server;
  private final ConnectionWatcher watcher;
  private final RecordAssembler assembler;
  private final XdrReader reader = new XdrReader();
  private final CompoundReply reply = new CompoundReply(reader);
  private final CompoundWriter writer;
  private final Answer[] waiting = new Answer[MAX_CALLS];
  private final int[] transactions = new int[MAX_CALLS];
  private final Vitals vitals = new Vitals();
  private final Runnable flush = this::flushNow;
  private int generation;
  private int inFlight;
  private long heardNanos;
  private ChannelHandlerContext context;
  private boolean receiving;
  private boolean flushScheduled;
  private boolean ended;

  private NfsConnection(
      EventLoop loop,
      Bootstrap bootstrap,
      String server,
      RpcHeader header,
      ConnectionWatcher watcher) {
    this.loop = loop;
    this.server = server;
    this.watcher = watcher;
    writer = new CompoundWriter(header);
    assembler = new RecordAssembler(io.netty.buffer.PooledByteBufAllocator.DEFAULT, this::record);
    bootstrap
        .handler(this)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR, new ReceiveAllocator(assembler::nextReceiveBuffer));
  }

  /**
   * Connects.
   *
   * @param watcher is told, on the loop, of the connection and if it or its server fails later
   * @return fails with an {@link NfsFailure}
   */
  static CompletableFuture<NfsConnection> connect(
      ClientLoops loops,
      EventLoop loop,
      InetSocketAddress address,
      RpcHeader header,
      ConnectionWatcher watcher) {
    CompletableFuture<NfsConnection> connected = new CompletableFuture<>();
    Bootstrap bootstrap = loops.bootstrap(loop);
    String server = address.getHostString() + ":" + address.getPort();
    NfsConnection connection = new NfsConnection(loop, bootstrap, server, header, watcher);
    bootstrap
        .connect(address)
        .addListener(
            (ChannelFutureListener)
                attempt -> {
                  if (attempt.isSuccess()) {
                    watcher.connected(connection.vitals());
                    connected.complete(connection);
                  } else {
                    connected.completeExceptionally(
                        new NfsFailure(
                            Kind.UNREACHABLE,
                            server + ": no connection (" + reason(attempt.cause()) + ")"));
                  }
                });
    return connected;
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  public EventLoop loop() {
    return loop;
  }

  public Vitals vitals() {
    return vitals;
  }

  /** Its {@code host:port}, for messages. */
  String server() {
    return server;
  }

  CompoundWriter writer() {
    return writer;
  }

  CompoundReply reply() {
    return reply;
  }

  /** Begins a COMPOUND whose answer goes to {@code answer}, under a number that is free. */
  CompoundWriter beginCall(int index, Answer answer) {
    writer.begin(context.alloc(), register(index, answer));
    return writer;
  }

  /** Begins a call of the procedure that does nothing. */
  void beginNullCall(int index, Answer answer) {
    writer.beginNull(context.alloc(), register(index, answer));
  }

  private int register(int index, Answer answer) {
    if (waiting[index] != null) {
      throw new IllegalStateException("call " + index + " is in flight");
    }
    waiting[index] = answer;
    int transaction = ++generation << INDEX_BITS | index;
    transactions[index] = transaction;
    return transaction;
  }

  /** Sends what was begun and written; a failure comes to {@link #exceptionCaught}. */
  void send() {
    XdrWriter message = writer.end();
    if (ended) {
      message.discard();
      return;
    }
    vitals.called(inFlight++ == 0);
    RecordSender.write(context, message);
    if (!receiving && !flushScheduled) {
      flushScheduled = true;
      loop.execute(flush);
    }
  }

  private void flushNow() {
    flushScheduled = false;
    if (!ended) {
      context.flush();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    receiving = true;
    if (ended) {
      ((ByteBuf) message).release();
    } else {
      assembler.received((ByteBuf) message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    receiving = false;
    if (!ended) {
      from.flush();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) {
    fail(new NfsFailure(Kind.LOST, "the server closed the connection"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    if (cause instanceof IOException) {
      fail(new NfsFailure(Kind.LOST, "the connection broke (" + reason(cause) + ")"));
    } else {
      fail(
          cause instanceof RuntimeException e
              ? e
              : new IllegalStateException("a connection failed", cause));
    }
  }

  /** When the answer came that is being acted on. */
  long heardNanos() {
    return heardNanos;
  }

  /** Runs a task of the loop; what it throws ends the connection. */
  void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable cause) {
      exceptionCaught(context, cause);
    }
  }

  /** Ends the connection and tells so. */
  void fail(RuntimeException failure) {
    if (ended) {
      return;
    }
    end();
    watcher.failed(
        failure instanceof NfsFailure expected
            ? new NfsFailure(expected.kind(), server + ": " + expected.getMessage())
            : failure);
  }

  /** Closes it without a word to anybody. */
  @SuppressWarnings("FutureReturnValueIgnored")
  void end() {
    if (!ended) {
      ended = true;
      context.close();
      assembler.close();
    }
  }

  private void record(ByteBuf buffer, int index, int lengthBytes) {
    if (ended) {
      return;
    }
    reader.wrap(buffer, index, lengthBytes);
    int transaction = reader.int32();
    int call = transaction & (MAX_CALLS - 1);
    Answer answer = waiting[call];
    if (reader.isMalformed() || answer == null || transactions[call] != transaction) {
      throw new NfsFailure(Kind.PROTOCOL, "the server answered what was not asked");
    }
    waiting[call] = null;
    inFlight--;
    heardNanos = System.nanoTime();
    vitals.heard(heardNanos);
    readReplyHeader();
    answer.answered(reader);
    reader.unwrap();
  }

  /** Everything but an accepted, executed call ends the connection (RFC 5531, section 9). */
  private void readReplyHeader() {
    int type = reader.int32();
    int accepted = reader.int32();
    if (type != REPLY) {
      throw new NfsFailure(Kind.PROTOCOL, "the server sent no RPC reply");
    }
    if (accepted == DENIED) {
      int why = reader.int32();
      throw why == 0
          ? new NfsFailure(Kind.VERSION, "the server does not speak ONC RPC version 2")
          : new NfsFailure(
              Kind.REFUSED,
              "the server refused the AUTH_SYS credential (auth_stat " + reader.int32() + ")");
    }
    reader.int32();
    reader.skipOpaque(MAX_VERIFIER_BYTES);
    int result = reader.int32();
    if (reader.isMalformed()) {
      throw new NfsFailure(Kind.PROTOCOL, "the server's RPC reply is malformed");
    }
    switch (result) {
      case 0 -> {}
      case PROGRAM_UNAVAILABLE ->
          throw new NfsFailure(Kind.VERSION, "the server does not serve NFS at this port");
      case PROGRAM_MISMATCH ->
          throw new NfsFailure(
              Kind.VERSION,
              "the server does not speak NFS version 4, but "
                  + reader.int32()
                  + " to "
                  + reader.int32());
      default ->
          throw new NfsFailure(
              Kind.PROTOCOL,
              "the server could not execute an RPC call (accept_stat " + result + ")");
    }
  }
}
