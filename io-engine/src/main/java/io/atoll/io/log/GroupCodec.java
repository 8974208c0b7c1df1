package io.atoll.io.log;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;

/**
 * The bytes of commit groups and records (docs/formats.md). A group is whole blocks: a header, its
 * records, zeros. A header's checksum covers the volume's salt and the incarnation, a record's the
 * record before it as well, so that neither a recycled segment's old bytes nor a user's data pass
 * for a group of this log. Without the salt nothing is sure: users choose the bytes in the middle
 * of a group, of which a recycled segment still has pieces. Only a segment's first block is always
 * the log's own, since every segment begins with a group. Loop-confined.
 */
public final class GroupCodec {

  public static final int BLOCK_BYTES = 4096;

  /** The largest group, in bytes: what a reader has to be able to hold. */
  public static final int MAX_GROUP_BYTES = 1024 * 1024;

  public static final int HEADER_BYTES = 128;
  public static final int RECORD_HEADER_BYTES = 48;

  /** "ATLG", read as a little-endian number. */
  static final int MAGIC = 0x474c5441;

  static final int FORMAT_VERSION = 1;
  static final int RECORD_FORMAT_VERSION = 1;
  static final int RECORD_TYPE_CHANGES = 1;

  static final int INCARNATION_AT = 16;
  static final int HEADER_CRC_AT = 124;

  private final byte[] seed = new byte[20];
  private final CRC32C crc = new CRC32C();
  private final long salt;

  /**
   * @param salt the volume's random number, which keeps another volume's groups apart
   */
  public GroupCodec(long salt) {
    this.salt = salt;
  }

  static int paddedBytes(int bytes) {
    return (bytes + BLOCK_BYTES - 1) & -BLOCK_BYTES;
  }

  /** What a record with these changes takes in a group. */
  static int recordBytes(ChangeList changes) {
    return RECORD_HEADER_BYTES + changes.encodedBytes();
  }

  /** Writes a header over the group's first {@link #HEADER_BYTES}, which are zero from 64 on. */
  void encodeHeader(ByteBuf out, GroupHeader header) {
    out.setIntLE(0, MAGIC);
    out.setShortLE(4, FORMAT_VERSION);
    out.setShortLE(6, HEADER_BYTES);
    out.setLongLE(8, header.number());
    out.setLongLE(INCARNATION_AT, header.incarnation());
    out.setLongLE(24, header.epoch());
    out.setLongLE(32, header.firstSequence());
    out.setIntLE(40, header.records());
    out.setIntLE(44, header.recordBytes());
    out.setIntLE(48, header.chainBefore());
    out.setIntLE(52, header.chainAfter());
    out.setIntLE(HEADER_CRC_AT, headerCrc(out, 0, header.incarnation()));
  }

  /** Whether a header of some volume may be at {@code index}: its checksum is not looked at. */
  static boolean looksLikeHeader(ByteBuf in, int index) {
    return in.getIntLE(index) == MAGIC
        && in.getUnsignedShortLE(index + 4) == FORMAT_VERSION
        && in.getUnsignedShortLE(index + 6) == HEADER_BYTES;
  }

  /** The header at {@code index}, or null if there is none of this volume in this format. */
  GroupHeader decodeHeader(ByteBuf in, int index) {
    if (!looksLikeHeader(in, index)) {
      return null;
    }
    long incarnation = in.getLongLE(index + INCARNATION_AT);
    if (in.getIntLE(index + HEADER_CRC_AT) != headerCrc(in, index, incarnation)) {
      return null;
    }
    int records = in.getIntLE(index + 40);
    int recordBytes = in.getIntLE(index + 44);
    if (records < 1 || recordBytes < 1 || recordBytes > MAX_GROUP_BYTES - HEADER_BYTES) {
      return null;
    }
    return new GroupHeader(
        in.getLongLE(index + 8),
        incarnation,
        in.getLongLE(index + 24),
        in.getLongLE(index + 32),
        records,
        recordBytes,
        in.getIntLE(index + 48),
        in.getIntLE(index + 52));
  }

  /**
   * Appends a record at the buffer's writer index.
   *
   * @return its checksum, which the next one starts from
   */
  int encodeRecord(
      ByteBuf out, RecordPlace place, long sequence, ChangeList changes, int chainBefore) {
    int start = out.writerIndex();
    int length = recordBytes(changes);
    out.writeIntLE(0);
    out.writeIntLE(length);
    out.writeByte(RECORD_FORMAT_VERSION);
    out.writeByte(RECORD_TYPE_CHANGES);
    out.writeShortLE(0);
    out.writeIntLE(0); // bytes of the reply section: none yet
    out.writeLongLE(sequence);
    out.writeLongLE(place.epoch());
    out.writeLongLE(place.group());
    out.writeLongLE(0);
    changes.encode(out);
    int chain = recordCrc(out, start, length, place.incarnation(), chainBefore);
    out.setIntLE(start, chain);
    return chain;
  }

  /**
   * Whether all records of the group at {@code index} are what its header says: lengths, sequences,
   * and the chain of checksums from {@code chainBefore} to {@code chainAfter}.
   */
  boolean recordsIntact(ByteBuf in, int index, GroupHeader header) {
    int at = index + HEADER_BYTES;
    int end = at + header.recordBytes();
    int chain = header.chainBefore();
    for (int i = 0; i < header.records(); i++) {
      if (end - at < RECORD_HEADER_BYTES) {
        return false;
      }
      int length = in.getIntLE(at + 4);
      if (length < RECORD_HEADER_BYTES
          || length > end - at
          || in.getLongLE(at + 16) != header.firstSequence() + i
          || in.getLongLE(at + 32) != header.number()) {
        return false;
      }
      chain = recordCrc(in, at, length, header.incarnation(), chain);
      if (in.getIntLE(at) != chain) {
        return false;
      }
      at += length;
    }
    return at == end && chain == header.chainAfter();
  }

  /**
   * Visits the records of a group found intact.
   *
   * @return null, or what is wrong with a record that this version cannot read
   */
  RecordFault forEachRecord(ByteBuf in, int index, GroupHeader header, RecordVisitor visitor) {
    int at = index + HEADER_BYTES;
    for (int i = 0; i < header.records(); i++) {
      int length = in.getIntLE(at + 4);
      int version = in.getByte(at + 8);
      int type = in.getByte(at + 9);
      if (version != RECORD_FORMAT_VERSION || type != RECORD_TYPE_CHANGES) {
        return new RecordFault(
            "record "
                + (header.firstSequence() + i)
                + " has format version "
                + version
                + ", type "
                + type
                + ", which a newer Atoll wrote: use the version that wrote it",
            true);
      }
      long replyBytes = in.getUnsignedIntLE(at + 12);
      long body = RECORD_HEADER_BYTES + replyBytes;
      ChangeList changes = new ChangeList();
      if (body > length || !changes.decode(in, at + (int) body, length - (int) body)) {
        return new RecordFault("record " + (header.firstSequence() + i) + " is malformed", false);
      }
      visitor.record(header.firstSequence() + i, changes);
      at += length;
    }
    return null;
  }

  private int headerCrc(ByteBuf buffer, int index, long incarnation) {
    startCrc(incarnation, 0);
    crc.update(buffer.internalNioBuffer(index, HEADER_CRC_AT));
    return (int) crc.getValue();
  }

  private int recordCrc(ByteBuf buffer, int index, int length, long incarnation, int chainBefore) {
    startCrc(incarnation, chainBefore);
    crc.update(buffer.internalNioBuffer(index + 4, length - 4));
    return (int) crc.getValue();
  }

  private void startCrc(long incarnation, int chainBefore) {
    for (int i = 0; i < 8; i++) {
      seed[i] = (byte) (salt >>> (8 * i));
      seed[8 + i] = (byte) (incarnation >>> (8 * i));
    }
    for (int i = 0; i < 4; i++) {
      seed[16 + i] = (byte) (chainBefore >>> (8 * i));
    }
    crc.reset();
    crc.update(seed);
  }

  /**
   * Where a record belongs.
   *
   * @param incarnation the opening that writes it
   * @param epoch the primaryship that writes it
   * @param group the number of its group
   */
  record RecordPlace(long incarnation, long epoch, long group) {}

  /** Sees records in order. */
  @FunctionalInterface
  public interface RecordVisitor {
    void record(long sequence, ChangeList changes);
  }

  /**
   * Why a record can't be read.
   *
   * @param newer it is of a format that this version does not know
   */
  record RecordFault(String text, boolean newer) {}
}
