package io.atoll.io.buffer;

import io.atoll.io.linux.SlabMemory;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Direct memory for disk and network alike, in blocks of 4 KiB times a power of two, aligned to
 * their page. A buddy allocator over slabs of {@link #SLAB_BYTES}, in huge pages if there are any,
 * which are taken from the system as they are needed, up to a bound, and kept.
 *
 * <p>Buffers are counted by reference and come back by their last {@code release}, from any thread.
 * Thread-safe; the lock is held for some tens of nanoseconds. Contents are not cleared.
 */
public final class AlignedBufferPool implements AutoCloseable {

  /** The smallest block, and what every block is aligned to. */
  public static final int PAGE_BYTES = 4096;

  /** The largest block, and the growth step. */
  public static final int SLAB_BYTES = 16 << 20;

  private static final int PAGES_PER_SLAB = SLAB_BYTES / PAGE_BYTES;
  private static final int MAX_ORDER = Integer.numberOfTrailingZeros(PAGES_PER_SLAB);

  private final Arena arena = Arena.ofShared();
  private final int slabs;
  private final List<ByteBuffer> memory = new ArrayList<>();
  private final BuddyPages pages;
  private final FairShares shares;
  private final AlignedBuffer[][] buffers = new AlignedBuffer[MAX_ORDER + 1][];
  private final Map<AlignedBuffer, Throwable> owners;
  private long outstandingBytes;
  private long peakBytes;
  private long given;
  private long refused;
  private boolean closed;

  /**
   * @param maxBytes the most that may be out at once, counted in whole blocks; rounded down to
   *     whole slabs, of which there must be one
   */
  public AlignedBufferPool(long maxBytes) {
    this(maxBytes, false);
  }

  /**
   * @param traced whether to remember where each buffer was taken, at the price of a stack trace
   *     each, so that {@link #close} can tell where leaks come from
   */
  public AlignedBufferPool(long maxBytes, boolean traced) {
    slabs = Math.toIntExact(maxBytes / SLAB_BYTES);
    if (slabs < 1) {
      throw new IllegalArgumentException(
          "a pool of " + maxBytes + " bytes; at least " + SLAB_BYTES + " are needed");
    }
    shares = new FairShares((long) slabs * SLAB_BYTES);
    pages = new BuddyPages(slabs * PAGES_PER_SLAB, MAX_ORDER);
    for (int order = 0; order <= MAX_ORDER; order++) {
      buffers[order] = new AlignedBuffer[(slabs * PAGES_PER_SLAB) >> order];
    }
    owners = traced ? new IdentityHashMap<>() : null;
  }

  /**
   * Takes a buffer of capacity {@code bytes}, empty, with one reference.
   *
   * @param bytes 1 to {@link #SLAB_BYTES}
   * @return null if the pool has no such block free; wait for others to be released
   */
  public ByteBuf take(int bytes) {
    return take(bytes, null);
  }

  /** A part of this pool for one of several that share it fairly. */
  public Share share() {
    return new Share(shares.join());
  }

  private ByteBuf take(int bytes, FairShares.Member holder) {
    if (bytes < 1 || bytes > SLAB_BYTES) {
      throw new IllegalArgumentException(
          "a buffer of " + bytes + " bytes; 1 to " + SLAB_BYTES + " can be had");
    }
    int order = orderOf(bytes);
    long blockBytes = (long) PAGE_BYTES << order;
    if (holder != null && !holder.tryTake(blockBytes)) {
      return null;
    }
    AlignedBuffer buffer = takeBlock(order);
    if (buffer == null) {
      if (holder != null) {
        holder.add(-blockBytes);
      }
      return null;
    }
    buffer.renew(bytes, holder);
    return buffer;
  }

  private synchronized AlignedBuffer takeBlock(int order) {
    if (closed) {
      throw new IllegalStateException("the buffer pool is closed");
    }
    int page = pages.take(order);
    if (page < 0 && memory.size() < slabs) {
      grow();
      page = pages.take(order);
    }
    if (page < 0) {
      refused++;
      return null;
    }
    given++;
    outstandingBytes += (long) PAGE_BYTES << order;
    peakBytes = Math.max(peakBytes, outstandingBytes);
    AlignedBuffer buffer = buffers[order][page >> order];
    if (buffer == null) {
      buffer = bufferAt(page, order);
      buffers[order][page >> order] = buffer;
    }
    if (owners != null) {
      owners.put(buffer, new Throwable("taken on " + Thread.currentThread().getName()));
    }
    return buffer;
  }

  private void grow() {
    memory.add(SlabMemory.map(SLAB_BYTES, arena).asByteBuffer());
    pages.add((memory.size() - 1) * PAGES_PER_SLAB, MAX_ORDER);
  }

  private AlignedBuffer bufferAt(int page, int order) {
    int offset = (page % PAGES_PER_SLAB) * PAGE_BYTES;
    return new AlignedBuffer(
        this, memory.get(page / PAGES_PER_SLAB).slice(offset, PAGE_BYTES << order), page, order);
  }

  /** Takes a block back whose last reference went. */
  synchronized void give(AlignedBuffer buffer) {
    if (owners != null) {
      owners.remove(buffer);
    }
    long blockBytes = (long) PAGE_BYTES << buffer.sizeOrder();
    if (buffer.holder() != null) {
      buffer.holder().add(-blockBytes);
    }
    outstandingBytes -= blockBytes;
    pages.give(buffer.page(), buffer.sizeOrder());
  }

  private static int orderOf(int bytes) {
    int wholePages = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
    return Integer.SIZE - Integer.numberOfLeadingZeros(wholePages - 1);
  }

  /** The bound, in bytes. */
  public long maxBytes() {
    return (long) slabs * SLAB_BYTES;
  }

  /** Metrics now. */
  public synchronized Usage usage() {
    return new Usage(
        (long) memory.size() * SLAB_BYTES, outstandingBytes, peakBytes, given, refused);
  }

  /**
   * Frees the memory.
   *
   * @throws IllegalStateException if buffers are out; the memory then stays, since someone may
   *     still write to it
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    if (outstandingBytes > 0) {
      throw leaked();
    }
    closed = true;
    arena.close();
  }

  private IllegalStateException leaked() {
    IllegalStateException leak =
        new IllegalStateException(outstandingBytes + " bytes of the buffer pool are still out");
    if (owners != null) {
      owners.values().forEach(leak::addSuppressed);
    }
    return leak;
  }

  /** What one of several may take of the pool, and what it has. */
  public final class Share implements BufferSupply {
    private final FairShares.Member member;

    private Share(FairShares.Member member) {
      this.member = member;
    }

    @Override
    public ByteBuf take(int bytes) {
      return AlignedBufferPool.this.take(bytes, member);
    }

    @Override
    public long evenPartBytes() {
      return member.evenPart();
    }

    /** In blocks that are out. */
    public long outstandingBytes() {
      return member.taken();
    }

    /** Takes nothing any more; what is out comes back as ever. */
    public void leave() {
      member.leave();
    }
  }

  /**
   * How the pool is used.
   *
   * @param reservedBytes taken from the system
   * @param outstandingBytes in blocks that are out
   * @param peakBytes the most that ever were
   * @param given buffers given out, ever
   * @param refused requests that found no block, ever
   */
  public record Usage(
      long reservedBytes, long outstandingBytes, long peakBytes, long given, long refused) {}
}
