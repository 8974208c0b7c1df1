package io.atoll.io.volume;

import io.atoll.io.log.DurableMark;
import io.atoll.io.volume.VolumeOpenException.Reason;
import io.netty.buffer.ByteBuf;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What identifies a volume (docs/formats.md). It is on disk in two slots of one block each, written
 * in turn, so that a torn write leaves the other one.
 *
 * @param id of the volume
 * @param salt random; goes into the checksums of the log
 * @param generation how often this was written: the valid slot with the higher one counts
 * @param incarnation how often the volume has been opened
 * @param epoch the primaryship
 * @param logSegmentBytes length of the log's segments
 * @param logSegments how many segments the log has: raised before the last one is used
 * @param mark how far the log reaches at least
 */
public record Superblock(
    UUID id,
    long salt,
    long generation,
    long incarnation,
    long epoch,
    long logSegmentBytes,
    int logSegments,
    DurableMark mark) {

  public static final String NAME = "superblock";
  public static final String UNFINISHED_NAME = "superblock.new";
  public static final int SLOT_BYTES = 4096;
  public static final int SLOTS = 2;
  public static final int FORMAT_VERSION = 1;

  /** "ATOLLVOL", read as a little-endian number. */
  private static final long MAGIC = 0x4c4f564c4c4f5441L;

  private static final int CRC_AT = SLOT_BYTES - 4;

  /** Where this generation's slot begins. */
  public long offsetBytes() {
    return (generation % SLOTS) * SLOT_BYTES;
  }

  /** The one that is written after this one. */
  public Superblock next(long newIncarnation, int newLogSegments) {
    return new Superblock(
        id, salt, generation + 1, newIncarnation, epoch, logSegmentBytes, newLogSegments, mark);
  }

  /** The one that is written after this one, with a new mark. */
  public Superblock next(DurableMark newMark) {
    return new Superblock(
        id, salt, generation + 1, incarnation, epoch, logSegmentBytes, logSegments, newMark);
  }

  /** Writes one slot at the start of {@code out}. */
  public void encode(ByteBuf out) {
    out.setZero(0, SLOT_BYTES);
    out.setLongLE(0, MAGIC);
    out.setIntLE(8, FORMAT_VERSION);
    out.setLongLE(16, id.getMostSignificantBits());
    out.setLongLE(24, id.getLeastSignificantBits());
    out.setLongLE(32, salt);
    out.setLongLE(40, incarnation);
    out.setLongLE(48, epoch);
    out.setLongLE(56, logSegmentBytes);
    out.setLongLE(64, generation);
    out.setIntLE(72, logSegments);
    out.setIntLE(76, mark.segment());
    out.setLongLE(80, mark.sequence());
    out.setIntLE(CRC_AT, crc(out, 0));
  }

  /**
   * The newest of the slots in {@code in}.
   *
   * @throws VolumeOpenException if neither is valid or one is of a newer format
   */
  public static Superblock decode(ByteBuf in) {
    Superblock newest = null;
    for (int slot = 0; slot < SLOTS; slot++) {
      int at = slot * SLOT_BYTES;
      if (valid(in, at)) {
        int version = in.getIntLE(at + 8);
        if (version != FORMAT_VERSION) {
          throw new VolumeOpenException(
              Reason.VERSION,
              NAME
                  + " at offset "
                  + at
                  + ": the volume has format version "
                  + version
                  + ", this Atoll reads version "
                  + FORMAT_VERSION
                  + ": use the version that wrote it");
        }
        Superblock found = decodeSlot(in, at);
        newest = newest == null || found.generation > newest.generation ? found : newest;
      }
    }
    if (newest == null) {
      throw VolumeOpenException.damaged(
          NAME
              + " at offset 0: neither of its two copies is valid: restore the file from a backup"
              + " of the volume");
    }
    return newest;
  }

  /** Where the copy begins that is not this one. */
  public long otherOffsetBytes() {
    return ((generation + 1) % SLOTS) * SLOT_BYTES;
  }

  /**
   * Whether the copy that is not this one, which was decoded from {@code in}, is damaged. Before
   * the first opening there is none, only zeros.
   */
  public boolean otherCopyLost(ByteBuf in) {
    int at = (int) otherOffsetBytes();
    return !valid(in, at) && (generation > 0 || !blank(in, at));
  }

  /** Makes a slot that could not be read one that is not valid, and was written. */
  public static void spoil(ByteBuf slot) {
    slot.setLongLE(0, ~MAGIC);
  }

  private static boolean valid(ByteBuf in, int at) {
    return in.getLongLE(at) == MAGIC && in.getIntLE(at + CRC_AT) == crc(in, at);
  }

  private static boolean blank(ByteBuf in, int at) {
    for (int i = 0; i < SLOT_BYTES; i += Long.BYTES) {
      if (in.getLongLE(at + i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static Superblock decodeSlot(ByteBuf in, int at) {
    return new Superblock(
        new UUID(in.getLongLE(at + 16), in.getLongLE(at + 24)),
        in.getLongLE(at + 32),
        in.getLongLE(at + 64),
        in.getLongLE(at + 40),
        in.getLongLE(at + 48),
        in.getLongLE(at + 56),
        in.getIntLE(at + 72),
        new DurableMark(in.getIntLE(at + 76), in.getLongLE(at + 80)));
  }

  /** The index's entry that ties it to this volume. */
  public byte[] indexIdentity() {
    byte[] identity = new byte[20];
    for (int i = 0; i < 8; i++) {
      identity[4 + i] = (byte) (id.getMostSignificantBits() >>> (8 * i));
      identity[12 + i] = (byte) (id.getLeastSignificantBits() >>> (8 * i));
    }
    identity[0] = FORMAT_VERSION;
    return identity;
  }

  /** Whether an index's {@link #indexIdentity} is of this format, or none at all (null). */
  static boolean isOfThisVersion(byte[] indexIdentity) {
    return indexIdentity == null || indexIdentity.length == 0 || indexIdentity[0] == FORMAT_VERSION;
  }

  private static int crc(ByteBuf buffer, int at) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.internalNioBuffer(at, CRC_AT));
    return (int) crc.getValue();
  }
}
