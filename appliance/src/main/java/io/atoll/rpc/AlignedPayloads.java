package io.atoll.rpc;

import io.atoll.io.buffer.BufferSupply;
import io.netty.buffer.ByteBuf;

/**
 * Payload buffers out of page-aligned ones: the payload begins as far into its page as into the
 * page of its file. Confined to the connections' loop.
 */
public final class AlignedPayloads implements PayloadAllocator {
  private final BufferSupply supply;

  public AlignedPayloads(BufferSupply supply) {
    this.supply = supply;
  }

  @Override
  public ByteBuf allocate(long offsetBytes, int lengthBytes) {
    int lead = (int) (offsetBytes & (ALIGNMENT_BYTES - 1));
    ByteBuf buffer = supply.take(lead + lengthBytes);
    return buffer == null ? null : buffer.setIndex(lead, lead);
  }
}
