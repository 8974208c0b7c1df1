package io.atoll.io.log;

import io.atoll.io.buffer.AlignedMemory;
import io.atoll.io.buffer.BufferSupply;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/**
 * Off-heap memory that records are encoded into once, and read from by whoever needs them: the
 * group that is written, the changes laid over the index, the worker that applies them. Slabs are
 * filled from front to end, one record being made at a time; as records cease to be needed in their
 * order, a slab is used again when its last one has. Loop-confined; a record that has been kept may
 * be read by any thread until it is released.
 */
public final class RecordMemory {

  public static final int SLAB_BYTES = 1024 * 1024;

  private static final int MAX_SPARE_SLABS = 2;

  private final BufferSupply buffers;
  private final ArrayDeque<Slab> slabs = new ArrayDeque<>();
  private final ArrayDeque<Slab> spare = new ArrayDeque<>();

  /**
   * @param buffers asked for slabs; when it is at its bound, memory outside of it is taken, as what
   *     has been acknowledged can't be dropped
   */
  public RecordMemory(BufferSupply buffers) {
    this.buffers = buffers;
    slabs.add(newSlab());
  }

  /** The slab that the next record goes to. */
  ByteBuf slab() {
    return slabs.peekLast().memory;
  }

  /** Where in {@link #slab} it goes: one that was begun there and not kept is overwritten. */
  int free() {
    return slabs.peekLast().usedBytes;
  }

  /** Begins another slab, and copies there what has been made of a record. */
  ByteBuf move(ByteBuf from, int start, int length) {
    if (slabs.peekLast().usedBytes > 0) {
      slabs.add(spare.isEmpty() ? newSlab() : spare.poll());
    }
    ByteBuf to = slab();
    to.setBytes(0, from, start, length);
    return to;
  }

  /** The record with this sequence ends at {@code end} of {@link #slab}. */
  void keep(int end, long sequence) {
    Slab slab = slabs.peekLast();
    slab.usedBytes = end;
    slab.lastSequence = sequence;
  }

  /** The records up to {@code sequence} are not needed any more. */
  public void release(long sequence) {
    while (slabs.size() > 1 && slabs.peek().lastSequence <= sequence) {
      Slab slab = slabs.poll();
      if (spare.size() < MAX_SPARE_SLABS) {
        slab.usedBytes = 0;
        spare.add(slab);
      } else {
        slab.memory.release();
      }
    }
  }

  /** Gives the memory back. Nobody may read any more. */
  public void close() {
    slabs.forEach(slab -> slab.memory.release());
    spare.forEach(slab -> slab.memory.release());
    slabs.clear();
    spare.clear();
  }

  private Slab newSlab() {
    ByteBuf memory = buffers.take(SLAB_BYTES);
    return new Slab(memory == null ? AlignedMemory.allocate(SLAB_BYTES) : memory);
  }

  private static final class Slab {
    private final ByteBuf memory;
    private int usedBytes;
    private long lastSequence;

    Slab(ByteBuf memory) {
      this.memory = memory;
    }
  }
}
