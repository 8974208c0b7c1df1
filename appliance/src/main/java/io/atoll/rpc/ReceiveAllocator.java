package io.atoll.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/** Lets a connection's {@link RecordReceiver} say where the socket receives its next bytes. */
final class ReceiveAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
  private final RecordReceiver receiver;

  ReceiveAllocator(RecordReceiver receiver) {
    this.receiver = receiver;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own allocators still implement it.
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return receiver.nextReceiveBuffer(allocator);
      }

      @Override
      public int guess() {
        return RecordReceiver.RECEIVE_BYTES;
      }
    };
  }
}
