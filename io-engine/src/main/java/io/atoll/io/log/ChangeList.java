package io.atoll.io.log;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The changes of one record, in order: what a log record carries and the index applies. Reusable:
 * after {@link #clear} nothing is allocated until it holds more than ever before. Confined to one
 * thread at a time.
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
  private static final int INITIAL_CHANGES = 8;

  private byte[] kinds = new byte[INITIAL_CHANGES];
  private byte[][] keys = new byte[INITIAL_CHANGES][];
  private byte[][] values = new byte[INITIAL_CHANGES][];
  private long[] addresses = new long[INITIAL_CHANGES];
  private int[] blocks = new int[INITIAL_CHANGES];
  private int[] crcsFrom = new int[INITIAL_CHANGES];
  private int[] crcs = new int[INITIAL_CHANGES];
  private int crcCount;
  private int count;
  private int encodedBytes;

  public void put(byte[] key, byte[] value) {
    int i = next(PUT, PUT_HEADER_BYTES + checkedKeyBytes(key) + value.length);
    keys[i] = key;
    values[i] = value;
  }

  public void delete(byte[] key) {
    int i = next(DELETE, DELETE_HEADER_BYTES + checkedKeyBytes(key));
    keys[i] = key;
  }

  /**
   * @param blockCrcs of the run's blocks, from {@code blockCrcs[from]} on; copied
   */
  public void allocated(long address, int runBlocks, int[] blockCrcs, int from) {
    int i = allocated(address, runBlocks);
    System.arraycopy(blockCrcs, from, crcs, crcsFrom[i], runBlocks);
  }

  public void freed(long address, int runBlocks) {
    int i = next(FREED, FREED_BYTES);
    addresses[i] = address;
    blocks[i] = runBlocks;
  }

  /** The bytes that {@link #encode} writes. */
  public int encodedBytes() {
    return encodedBytes;
  }

  public int count() {
    return count;
  }

  /** Forgets all changes and the arrays that they refer to. */
  public void clear() {
    Arrays.fill(keys, 0, count, null);
    Arrays.fill(values, 0, count, null);
    count = 0;
    crcCount = 0;
    encodedBytes = 0;
  }

  public void forEach(ChangeVisitor visitor) {
    for (int i = 0; i < count; i++) {
      switch (kinds[i]) {
        case PUT -> visitor.put(keys[i], values[i]);
        case DELETE -> visitor.delete(keys[i]);
        case ALLOCATED -> visitor.allocated(addresses[i], blocks[i], crcs, crcsFrom[i]);
        case FREED -> visitor.freed(addresses[i], blocks[i]);
        default -> throw new IllegalStateException("kind of change " + kinds[i]);
      }
    }
  }

  /** Writes the changes at the buffer's writer index. */
  void encode(ByteBuf out) {
    for (int i = 0; i < count; i++) {
      out.writeByte(kinds[i]);
      switch (kinds[i]) {
        case PUT -> {
          out.writeShortLE(keys[i].length);
          out.writeIntLE(values[i].length);
          out.writeBytes(keys[i]);
          out.writeBytes(values[i]);
        }
        case DELETE -> {
          out.writeShortLE(keys[i].length);
          out.writeBytes(keys[i]);
        }
        case ALLOCATED -> {
          out.writeLongLE(addresses[i]);
          out.writeIntLE(blocks[i]);
          for (int crc = crcsFrom[i]; crc < crcsFrom[i] + blocks[i]; crc++) {
            out.writeIntLE(crcs[crc]);
          }
        }
        case FREED -> {
          out.writeLongLE(addresses[i]);
          out.writeIntLE(blocks[i]);
        }
        default -> throw new IllegalStateException("kind of change " + kinds[i]);
      }
    }
  }

  /**
   * Reads the changes in {@code length} bytes at {@code index}.
   *
   * @return whether they are well formed; if not, this list holds those before the fault
   */
  boolean decode(ByteBuf in, int index, int length) {
    clear();
    int at = index;
    int end = index + length;
    while (at < end) {
      int consumed = decodeOne(in, at, end - at);
      if (consumed == 0) {
        return false;
      }
      at += consumed;
    }
    return true;
  }

  /** The length of the change at {@code at}, 0 if it is malformed. */
  private int decodeOne(ByteBuf in, int at, int available) {
    return switch (in.getByte(at)) {
      case PUT -> decodePut(in, at, available);
      case DELETE -> decodeDelete(in, at, available);
      case ALLOCATED -> decodeAllocated(in, at, available);
      case FREED -> decodeFreed(in, at, available);
      default -> 0;
    };
  }

  private int decodePut(ByteBuf in, int at, int available) {
    if (available < PUT_HEADER_BYTES) {
      return 0;
    }
    int keyBytes = in.getUnsignedShortLE(at + 1);
    long valueBytes = in.getUnsignedIntLE(at + 3);
    if (keyBytes == 0 || PUT_HEADER_BYTES + keyBytes + valueBytes > available) {
      return 0;
    }
    byte[] key = bytes(in, at + PUT_HEADER_BYTES, keyBytes);
    put(key, bytes(in, at + PUT_HEADER_BYTES + keyBytes, (int) valueBytes));
    return PUT_HEADER_BYTES + keyBytes + (int) valueBytes;
  }

  private int decodeDelete(ByteBuf in, int at, int available) {
    if (available < DELETE_HEADER_BYTES) {
      return 0;
    }
    int keyBytes = in.getUnsignedShortLE(at + 1);
    if (keyBytes == 0 || DELETE_HEADER_BYTES + keyBytes > available) {
      return 0;
    }
    delete(bytes(in, at + DELETE_HEADER_BYTES, keyBytes));
    return DELETE_HEADER_BYTES + keyBytes;
  }

  private int decodeAllocated(ByteBuf in, int at, int available) {
    if (available < ALLOCATED_HEADER_BYTES || !isRun(in, at)) {
      return 0;
    }
    int runBlocks = in.getIntLE(at + 9);
    if (ALLOCATED_HEADER_BYTES + (long) Integer.BYTES * runBlocks > available) {
      return 0;
    }
    int i = allocated(in.getLongLE(at + 1), runBlocks);
    for (int block = 0; block < runBlocks; block++) {
      crcs[crcsFrom[i] + block] = in.getIntLE(at + ALLOCATED_HEADER_BYTES + Integer.BYTES * block);
    }
    return ALLOCATED_HEADER_BYTES + Integer.BYTES * runBlocks;
  }

  private int decodeFreed(ByteBuf in, int at, int available) {
    if (available < FREED_BYTES || !isRun(in, at)) {
      return 0;
    }
    freed(in.getLongLE(at + 1), in.getIntLE(at + 9));
    return FREED_BYTES;
  }

  private static boolean isRun(ByteBuf in, int at) {
    return in.getLongLE(at + 1) >= 0 && in.getIntLE(at + 9) > 0;
  }

  /** Adds the change with room for its checksums. */
  private int allocated(long address, int runBlocks) {
    int i = next(ALLOCATED, ALLOCATED_HEADER_BYTES + Integer.BYTES * runBlocks);
    addresses[i] = address;
    blocks[i] = runBlocks;
    crcsFrom[i] = crcCount;
    crcCount += runBlocks;
    if (crcCount > crcs.length) {
      crcs = Arrays.copyOf(crcs, Math.max(crcCount, crcs.length * 2));
    }
    return i;
  }

  private static byte[] bytes(ByteBuf in, int index, int length) {
    byte[] bytes = new byte[length];
    in.getBytes(index, bytes);
    return bytes;
  }

  private static int checkedKeyBytes(byte[] key) {
    if (key.length == 0 || key.length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + key.length + " bytes; 1 to " + MAX_KEY_BYTES + " are possible");
    }
    return key.length;
  }

  private int next(int kind, int bytes) {
    if (count == kinds.length) {
      int capacity = count * 2;
      kinds = Arrays.copyOf(kinds, capacity);
      keys = Arrays.copyOf(keys, capacity);
      values = Arrays.copyOf(values, capacity);
      addresses = Arrays.copyOf(addresses, capacity);
      blocks = Arrays.copyOf(blocks, capacity);
      crcsFrom = Arrays.copyOf(crcsFrom, capacity);
    }
    kinds[count] = (byte) kind;
    encodedBytes += bytes;
    return count++;
  }
}
