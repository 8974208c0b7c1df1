package io.atoll.perf.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.util.function.Supplier;

/** Has a socket receive where its {@link RecordAssembler} says. */
public final class ReceiveAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int GUESS_BYTES = 64 << 10;

  private final Supplier<ByteBuf> next;

  public ReceiveAllocator(Supplier<ByteBuf> next) {
    this.next = next;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own allocators still implement it.
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return next.get();
      }

      @Override
      public int guess() {
        return GUESS_BYTES;
      }
    };
  }
}
