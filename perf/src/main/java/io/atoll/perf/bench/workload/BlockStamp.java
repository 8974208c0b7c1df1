package io.atoll.perf.bench.workload;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;

/**
 * Marks data so that it can be known again: each unit of up to 4 KiB says of which file it is, its
 * offset and its generation, and has a CRC-32C over all of its bytes. Big-endian:
 *
 * <pre>
 *  0         8            16             24          28
 *  +---------+------------+--------------+-----------+--------------+
 *  | file    | offset     | generation   | CRC-32C   | anything ... |
 *  +---------+------------+--------------+-----------+--------------+
 * </pre>
 *
 * <p>A unit too short for that is filled with bytes that follow from file, offset and generation.
 * The CRC is of the unit with its own field 0. Not thread-safe.
 */
public final class BlockStamp {
  public static final int UNIT_BYTES = 4096;
  private static final int OFFSET_AT = 8;
  private static final int GENERATION_AT = 16;
  private static final int CRC_AT = 24;
  private static final int HEADER_BYTES = 28;

  private final CRC32C crc = new CRC32C();

  /** Marks {@code lengthBytes} of {@code buffer} from {@code index} on; the rest stays. */
  public void stamp(
      ByteBuf buffer, int index, int lengthBytes, long file, long offsetBytes, long generation) {
    for (int done = 0; done < lengthBytes; done += UNIT_BYTES) {
      int length = Math.min(UNIT_BYTES, lengthBytes - done);
      stampUnit(buffer, index + done, length, file, offsetBytes + done, generation);
    }
  }

  private void stampUnit(
      ByteBuf buffer, int at, int length, long file, long offsetBytes, long generation) {
    if (length < HEADER_BYTES) {
      for (int i = 0; i < length; i++) {
        buffer.setByte(at + i, filler(file, offsetBytes, generation, i));
      }
      return;
    }
    buffer.setLong(at, file);
    buffer.setLong(at + OFFSET_AT, offsetBytes);
    buffer.setLong(at + GENERATION_AT, generation);
    buffer.setInt(at + CRC_AT, 0);
    buffer.setInt(at + CRC_AT, crcOf(buffer, at, length));
  }

  /**
   * Whether all units are what they must be, with one generation of the given range.
   *
   * @return null if so, else what is wrong, in words
   */
  public String check(
      ByteBuf buffer,
      int index,
      int lengthBytes,
      long file,
      long offsetBytes,
      long oldest,
      long newest) {
    for (int done = 0; done < lengthBytes; done += UNIT_BYTES) {
      int length = Math.min(UNIT_BYTES, lengthBytes - done);
      String wrong =
          checkUnit(buffer, index + done, length, file, offsetBytes + done, oldest, newest);
      if (wrong != null) {
        return wrong;
      }
    }
    return null;
  }

  private String checkUnit(
      ByteBuf buffer, int at, int length, long file, long offsetBytes, long oldest, long newest) {
    if (length < HEADER_BYTES) {
      return checkShortUnit(buffer, at, length, file, offsetBytes, oldest, newest);
    }
    long foundFile = buffer.getLong(at);
    long foundOffset = buffer.getLong(at + OFFSET_AT);
    long generation = buffer.getLong(at + GENERATION_AT);
    int wanted = buffer.getInt(at + CRC_AT);
    crc.reset();
    crc.update(buffer.internalNioBuffer(at, CRC_AT));
    crc.update(0);
    crc.update(0);
    crc.update(0);
    crc.update(0);
    if (length > HEADER_BYTES) {
      crc.update(buffer.internalNioBuffer(at + HEADER_BYTES, length - HEADER_BYTES));
    }
    if ((int) crc.getValue() != wanted) {
      return "at offset " + offsetBytes + " the checksum of " + length + " bytes is wrong";
    }
    if (foundFile != file || foundOffset != offsetBytes) {
      return "at offset "
          + offsetBytes
          + " is the data of "
          + (foundFile == file ? "the same file" : "another file")
          + " at offset "
          + foundOffset;
    }
    if (generation < oldest || generation > newest) {
      return "at offset "
          + offsetBytes
          + " is generation "
          + generation
          + ", not "
          + (oldest == newest ? Long.toString(oldest) : oldest + " to " + newest);
    }
    return null;
  }

  private static String checkShortUnit(
      ByteBuf buffer, int at, int length, long file, long offsetBytes, long oldest, long newest) {
    for (long generation = oldest; generation <= newest; generation++) {
      int same = 0;
      while (same < length
          && buffer.getByte(at + same) == filler(file, offsetBytes, generation, same)) {
        same++;
      }
      if (same == length) {
        return null;
      }
    }
    return "at offset " + offsetBytes + " the last " + length + " bytes are wrong";
  }

  private int crcOf(ByteBuf buffer, int at, int length) {
    crc.reset();
    crc.update(buffer.internalNioBuffer(at, length));
    return (int) crc.getValue();
  }

  private static byte filler(long file, long offsetBytes, long generation, int i) {
    return (byte) SeededRandom.mix(file * 31 + offsetBytes + generation * 131 + i);
  }
}
