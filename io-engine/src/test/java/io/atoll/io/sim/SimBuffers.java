package io.atoll.io.sim;

import io.atoll.io.buffer.BufferSupply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Aligned buffers that survive simulated crashes, so that thousands of them cost little memory. */
public final class SimBuffers implements BufferSupply {

  private static final int ALIGNMENT_BYTES = 4096;

  private final Map<Integer, ArrayDeque<ByteBuffer>> free = new HashMap<>();
  private final List<Taken> taken = new ArrayList<>();

  @Override
  public ByteBuf take(int bytes) {
    reclaimReleased();
    int length = (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    ArrayDeque<ByteBuffer> memories = free.computeIfAbsent(length, key -> new ArrayDeque<>());
    ByteBuffer memory = memories.poll();
    if (memory == null) {
      ByteBuffer whole = ByteBuffer.allocateDirect(length + ALIGNMENT_BYTES);
      memory = whole.alignedSlice(ALIGNMENT_BYTES).slice(0, length);
    }
    memory.clear();
    ByteBuf buffer = Unpooled.wrappedBuffer(memory);
    taken.add(new Taken(buffer, memory, length));
    return buffer;
  }

  /** Buffers that are not released. */
  public int outstanding() {
    reclaimReleased();
    return taken.size();
  }

  /** The process dies. */
  public void crash() {
    for (Taken each : taken) {
      while (each.buffer.refCnt() > 0) {
        each.buffer.release();
      }
    }
    reclaimReleased();
  }

  private void reclaimReleased() {
    for (Iterator<Taken> each = taken.iterator(); each.hasNext(); ) {
      Taken one = each.next();
      if (one.buffer.refCnt() == 0) {
        free.get(one.length).add(one.memory);
        each.remove();
      }
    }
  }

  private record Taken(ByteBuf buffer, ByteBuffer memory, int length) {}
}
