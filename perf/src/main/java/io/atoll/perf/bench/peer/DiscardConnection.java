package io.atoll.perf.bench.peer;

import io.atoll.perf.bench.client.ReceiveAllocator;
import io.atoll.perf.bench.client.RecordAssembler;
import io.atoll.perf.bench.client.RecordSender;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;

/**
 * One client of a {@link DiscardServer}: calls in, replies out (RFC 5531). Confined to its loop.
 */
final class DiscardConnection extends ChannelInboundHandlerAdapter {
  private static final int EXPECTED_BYTES = 512;
  private static final int LAST_FRAGMENT = 0x8000_0000;
  private static final int MAX_AUTHENTICATION_BYTES = 400;
  private static final int REPLY = 1;
  private static final int ACCEPTED = 0;
  private static final int AUTH_NONE = 0;
  private static final int SUCCESS = 0;
  private static final int PROCEDURE_COMPOUND = 1;

  private final RecordAssembler assembler =
      new RecordAssembler(PooledByteBufAllocator.DEFAULT, this::call);
  private final XdrReader in = new XdrReader();
  private final XdrWriter out = new XdrWriter();
  private final DiscardCompound compound;
  private ChannelHandlerContext context;

  DiscardConnection(GeneratedData data) {
    compound = new DiscardCompound(in, out, data);
  }

  RecvByteBufAllocator receiveAllocator() {
    return new ReceiveAllocator(assembler::nextReceiveBuffer);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    assembler.received((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    from.flush();
  }

  private void call(ByteBuf buffer, int index, int lengthBytes) {
    in.wrap(buffer, index, lengthBytes);
    int transaction = in.int32();
    in.int32(); // a call
    in.int32(); // RPC version
    in.int32(); // program
    in.int32(); // its version
    int procedure = in.int32();
    skipAuthentication();
    skipAuthentication();
    out.begin(context.alloc(), EXPECTED_BYTES);
    int mark = out.reserveInt32();
    out.int32(transaction);
    out.int32(REPLY);
    out.int32(ACCEPTED);
    out.int32(AUTH_NONE);
    out.int32(0);
    out.int32(SUCCESS);
    if (procedure == PROCEDURE_COMPOUND) {
      compound.run();
    }
    in.unwrap();
    out.patchInt32(mark, (out.position() - Integer.BYTES) | LAST_FRAGMENT);
    RecordSender.write(context, out);
  }

  private void skipAuthentication() {
    in.int32();
    in.skipOpaque(MAX_AUTHENTICATION_BYTES);
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) {
    assembler.close();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // nothing is left to be done then
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    from.close();
  }
}
