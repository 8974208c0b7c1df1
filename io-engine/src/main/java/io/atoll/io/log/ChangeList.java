package io.atoll.io.log;

import io.netty.buffer.ByteBuf;

/**
 * The changes of one record, in order, as the log has them: what a log record carries and the index
 * applies. Filled in {@link RecordMemory}, or a view of a record that was read. Reusable; filling
 * allocates nothing on the heap. Confined to one thread at a time.
 *
 * <p>Between {@link #begin} and {@link #keep}, no other list of the same memory may be filled.
 */
public final class ChangeList {

  /** Longest key, in bytes: its length has 16 bits. */
  public static final int MAX_KEY_BYTES = 0xffff;

  static final int PUT = 1;
  static final int DELETE = 2;
  static final int ALLOCATED = 3;
  static final int FREED = 4;

  private static final int PUT_HEADER_BYTES = 1 + 2 + 4;
  private static final int DELETE_HEADER_BYTES = 1 + 2;
  private static final int ALLOCATED_HEADER_BYTES = 1 + 8 + 4;
  private static final int FREED_BYTES = 1 + 8 + 4;

  /** Null for a view. */
  private RecordMemory memory;

  private ByteBuf bytes;
  private int start;
  private int end;

  /** Begins a record at the free end of {@code newMemory}, in place of one that was not kept. */
  public void begin(RecordMemory newMemory) {
    memory = newMemory;
    bytes = newMemory.slab();
    start = newMemory.free();
    end = start;
  }

  /** Ends the filling: the memory is the record's until it is released there. */
  public void keep(long sequence) {
    checkWritten();
    memory.keep(end, sequence);
  }

  /** Forgets the changes and the memory. */
  public void clear() {
    memory = null;
    bytes = null;
    start = 0;
    end = 0;
  }

  // --- filling ---

  public void put(byte[] key, byte[] value) {
    put(key.length, value.length).writeBytes(key).writeBytes(value);
  }

  /**
   * Adds a put whose bytes the caller writes, before anything else is done with this.
   *
   * @return where to write the key and then the value, at its writer index: exactly so many bytes
   */
  public ByteBuf put(int keyBytes, int valueBytes) {
    checkKey(keyBytes);
    int at = next(PUT, PUT_HEADER_BYTES + keyBytes + valueBytes);
    bytes.setShortLE(at + 1, keyBytes);
    bytes.setIntLE(at + 3, valueBytes);
    return bytes.writerIndex(at + PUT_HEADER_BYTES);
  }

  public void delete(byte[] key) {
    delete(key.length).writeBytes(key);
  }

  /** Adds a deletion of a key that the caller writes, as for {@link #put(int, int)}. */
  public ByteBuf delete(int keyBytes) {
    checkKey(keyBytes);
    int at = next(DELETE, DELETE_HEADER_BYTES + keyBytes);
    bytes.setShortLE(at + 1, keyBytes);
    return bytes.writerIndex(at + DELETE_HEADER_BYTES);
  }

  /**
   * @param crcs of the run's blocks, from {@code crcs[from]} on; copied
   */
  public void allocated(long address, int runBlocks, int[] crcs, int from) {
    int at = next(ALLOCATED, ALLOCATED_HEADER_BYTES + Integer.BYTES * runBlocks);
    bytes.setLongLE(at + 1, address);
    bytes.setIntLE(at + 9, runBlocks);
    for (int i = 0; i < runBlocks; i++) {
      bytes.setIntLE(at + ALLOCATED_HEADER_BYTES + Integer.BYTES * i, crcs[from + i]);
    }
    bytes.writerIndex(end);
  }

  public void freed(long address, int runBlocks) {
    int at = next(FREED, FREED_BYTES);
    bytes.setLongLE(at + 1, address);
    bytes.setIntLE(at + 9, runBlocks);
    bytes.writerIndex(end);
  }

  /** The bytes of all changes. */
  public int encodedBytes() {
    return end - start;
  }

  // --- reading ---

  public void forEach(ChangeVisitor visitor) {
    for (int at = start; at < end; at += lengthOf(bytes, at, end - at)) {
      visit(at, visitor);
    }
  }

  private void visit(int at, ChangeVisitor visitor) {
    switch (bytes.getByte(at)) {
      case PUT -> {
        int keyBytes = bytes.getUnsignedShortLE(at + 1);
        int keyAt = at + PUT_HEADER_BYTES;
        visitor.put(bytes, keyAt, keyBytes, keyAt + keyBytes, bytes.getIntLE(at + 3));
      }
      case DELETE ->
          visitor.delete(bytes, at + DELETE_HEADER_BYTES, bytes.getUnsignedShortLE(at + 1));
      case ALLOCATED ->
          visitor.allocated(
              bytes.getLongLE(at + 1), bytes.getIntLE(at + 9), bytes, at + ALLOCATED_HEADER_BYTES);
      case FREED -> visitor.freed(bytes.getLongLE(at + 1), bytes.getIntLE(at + 9));
      default -> throw new IllegalStateException("kind of change " + bytes.getByte(at));
    }
  }

  /** Writes the changes at the buffer's writer index. */
  void encode(ByteBuf out) {
    checkWritten();
    out.writeBytes(bytes, start, end - start);
  }

  /**
   * Becomes a view of the changes in {@code length} bytes at {@code index}.
   *
   * @return whether they are well formed; if not, this list has those before the fault
   */
  boolean decode(ByteBuf in, int index, int length) {
    memory = null;
    bytes = in;
    start = index;
    end = index;
    while (end < index + length) {
      int consumed = lengthOf(in, end, index + length - end);
      if (consumed == 0) {
        return false;
      }
      end += consumed;
    }
    return true;
  }

  /** The length of the change at {@code at}, 0 if it is malformed. */
  private static int lengthOf(ByteBuf in, int at, int available) {
    long length =
        switch (in.getByte(at)) {
          case PUT -> available < PUT_HEADER_BYTES ? 0 : putBytes(in, at);
          case DELETE -> available < DELETE_HEADER_BYTES ? 0 : deleteBytes(in, at);
          case ALLOCATED ->
              available < ALLOCATED_HEADER_BYTES || !isRun(in, at)
                  ? 0
                  : ALLOCATED_HEADER_BYTES + (long) Integer.BYTES * in.getIntLE(at + 9);
          case FREED -> available < FREED_BYTES || !isRun(in, at) ? 0 : FREED_BYTES;
          default -> 0;
        };
    return length > available ? 0 : (int) length;
  }

  private static long putBytes(ByteBuf in, int at) {
    int keyBytes = in.getUnsignedShortLE(at + 1);
    return keyBytes == 0 ? 0 : PUT_HEADER_BYTES + keyBytes + in.getUnsignedIntLE(at + 3);
  }

  private static int deleteBytes(ByteBuf in, int at) {
    int keyBytes = in.getUnsignedShortLE(at + 1);
    return keyBytes == 0 ? 0 : DELETE_HEADER_BYTES + keyBytes;
  }

  private static boolean isRun(ByteBuf in, int at) {
    return in.getLongLE(at + 1) >= 0 && in.getIntLE(at + 9) > 0;
  }

  // --- memory ---

  /** Makes room for a change and says where it begins. */
  private int next(int kind, int length) {
    checkWritten();
    if (length > bytes.capacity() - end) {
      int made = end - start;
      if (made + length > RecordMemory.SLAB_BYTES) {
        throw new IllegalArgumentException(
            "a record of more than " + RecordMemory.SLAB_BYTES + " bytes");
      }
      bytes = memory.move(bytes, start, made);
      start = 0;
      end = made;
    }
    int at = end;
    end += length;
    bytes.setByte(at, kind);
    return at;
  }

  /** Whoever announced bytes must have written them. */
  private void checkWritten() {
    if (end > start && memory != null && bytes.writerIndex() != end) {
      throw new IllegalStateException(
          "a change ends at " + end + ", but was written up to " + bytes.writerIndex());
    }
  }

  private static void checkKey(int keyBytes) {
    if (keyBytes == 0 || keyBytes > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + keyBytes + " bytes; 1 to " + MAX_KEY_BYTES + " are possible");
    }
  }
}
