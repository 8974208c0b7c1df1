package io.atoll.perf.bench.client;

import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Writes messages to a channel, each payload by reference in its place. */
public final class RecordSender {
  private RecordSender() {}

  /** Takes {@code message} over; it leaves with the next flush. */
  @SuppressWarnings("FutureReturnValueIgnored") // a failure comes to exceptionCaught
  public static void write(ChannelHandlerContext context, XdrWriter message) {
    ByteBuf buffer = message.buffer();
    int from = 0;
    for (int i = 0; i < message.payloadCount(); i++) {
      int until = message.payloadIndexAt(i);
      context.write(buffer.retainedSlice(from, until - from), context.voidPromise());
      context.write(message.payloadAt(i), context.voidPromise());
      from = until;
    }
    if (from == 0) {
      context.write(buffer, context.voidPromise());
    } else {
      if (from < buffer.writerIndex()) {
        context.write(
            buffer.retainedSlice(from, buffer.writerIndex() - from), context.voidPromise());
      }
      buffer.release();
    }
    message.taken();
  }
}
