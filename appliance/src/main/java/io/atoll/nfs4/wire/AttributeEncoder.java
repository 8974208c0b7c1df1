package io.atoll.nfs4.wire;

import io.atoll.fs.Attributes;
import io.atoll.fs.FileLimits;
import io.atoll.fs.FileSystemId;
import io.atoll.fs.FsStatistics;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;

/**
 * Encodes attributes as a fattr4 of one minor version (RFC 8881, RFC 7530, section 5). Confined to
 * the home loop.
 */
public final class AttributeEncoder {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** FH4_PERSISTENT (RFC 8881, section 4.2.2). */
  private static final int PERSISTENT = 0;

  private static final int[] POWERS_OF_TEN = {
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
  };

  private final FileSystemId fileSystem;
  private final long accessPoint;
  private final FileLimits limits;
  private final FileHandleCodec handles;
  private final ServerFacts facts;
  private final Bitmap4 supported;

  /**
   * @param minorVersion 0 or 1
   * @param accessPoint the key of the access point that shows the objects, or {@link
   *     FileHandleCodec#WHOLE}: part of their handles, and of the fsid
   */
  public AttributeEncoder(
      int minorVersion,
      FileSystemId fileSystem,
      long accessPoint,
      FileLimits limits,
      FileHandleCodec handles,
      ServerFacts facts) {
    this.supported = Attribute.supportedBy(minorVersion);
    this.fileSystem = fileSystem;
    this.accessPoint = accessPoint;
    this.limits = limits;
    this.handles = handles;
    this.facts = facts;
  }

  /**
   * Writes those of {@code requested} that are supported and not write-only.
   *
   * @param statistics may be null if {@code requested} has none of {@link Attribute#STATISTICS}
   */
  public void encode(
      XdrWriter writer, Bitmap4 requested, Attributes attributes, FsStatistics statistics) {
    long low = requested.low() & supported.low() & ~Attribute.WRITE_ONLY.low();
    long high = requested.high() & supported.high() & ~Attribute.WRITE_ONLY.high();
    int lengthPlace = begin(writer, low, high);
    int begin = writer.position();
    for (long rest = low; rest != 0; rest &= rest - 1) {
      int number = Long.numberOfTrailingZeros(rest);
      if (!ofServer(writer, number)) {
        ofObject(writer, number, attributes, statistics);
      }
    }
    if (high != 0) {
      // Of the higher numbers, one can be got.
      Attribute.SETTABLE.encode(writer);
    }
    writer.patchInt32(lengthPlace, writer.position() - begin);
  }

  /**
   * Writes those of {@code requested} that a directory entry has by itself, {@link
   * Attribute#KNOWN_BY_ENTRY}.
   *
   * @param error told as rdattr_error
   */
  public void encodeEntry(XdrWriter writer, Bitmap4 requested, long inode, Nfs4Status error) {
    long low = requested.low() & Attribute.KNOWN_BY_ENTRY.low();
    int lengthPlace = begin(writer, low, 0);
    int begin = writer.position();
    for (long rest = low; rest != 0; rest &= rest - 1) {
      if (Long.numberOfTrailingZeros(rest) == Attribute.RDATTR_ERROR) {
        writer.int32(error.code());
      } else {
        writer.int64(inode);
      }
    }
    writer.patchInt32(lengthPlace, writer.position() - begin);
  }

  private static int begin(XdrWriter writer, long low, long high) {
    new Bitmap4(low, high, false).encode(writer);
    return writer.reserveInt32();
  }

  /** Writes attribute {@code number} if it is the same for all objects; says whether it is. */
  private boolean ofServer(XdrWriter writer, int number) {
    switch (number) {
      case Attribute.SUPPORTED_ATTRS -> supported.encode(writer);
      case Attribute.FH_EXPIRE_TYPE -> writer.int32(PERSISTENT);
      case Attribute.LINK_SUPPORT,
          Attribute.SYMLINK_SUPPORT,
          Attribute.UNIQUE_HANDLES,
          Attribute.CANSETTIME,
          Attribute.CASE_PRESERVING,
          Attribute.CHOWN_RESTRICTED,
          Attribute.HOMOGENEOUS,
          Attribute.NO_TRUNC ->
          writer.bool(true);
      case Attribute.NAMED_ATTR, Attribute.CASE_INSENSITIVE -> writer.bool(false);
      case Attribute.FSID -> {
        writer.int64(fileSystem.high());
        writer.int64(fileSystem.low() ^ accessPoint);
      }
      case Attribute.LEASE_TIME -> writer.int32(facts.leaseSeconds());
      case Attribute.RDATTR_ERROR -> writer.int32(Nfs4Status.OK.code());
      case Attribute.MAXFILESIZE -> writer.int64(limits.maxFileBytes());
      case Attribute.MAXLINK -> writer.int32(limits.maxLinks());
      case Attribute.MAXNAME -> writer.int32(limits.maxNameBytes());
      case Attribute.MAXREAD -> writer.int64(facts.maxReadBytes());
      case Attribute.MAXWRITE -> writer.int64(facts.maxWriteBytes());
      case Attribute.TIME_DELTA -> time(writer, 1);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void ofObject(
      XdrWriter writer, int number, Attributes attributes, FsStatistics statistics) {
    switch (number) {
      case Attribute.TYPE -> writer.int32(ObjectType.of(attributes.type()));
      case Attribute.CHANGE -> writer.int64(attributes.change());
      case Attribute.SIZE -> writer.int64(attributes.sizeBytes());
      case Attribute.FILEHANDLE -> handles.encode(writer, attributes.handle(), accessPoint);
      case Attribute.FILEID, Attribute.MOUNTED_ON_FILEID ->
          writer.int64(attributes.handle().inode());
      case Attribute.MODE -> writer.int32(attributes.mode());
      case Attribute.NUMLINKS -> writer.int32(attributes.links());
      case Attribute.OWNER -> decimal(writer, attributes.uid());
      case Attribute.OWNER_GROUP -> decimal(writer, attributes.gid());
      case Attribute.RAWDEV -> {
        writer.int32(attributes.deviceMajor());
        writer.int32(attributes.deviceMinor());
      }
      case Attribute.SPACE_USED -> writer.int64(attributes.usedBytes());
      case Attribute.TIME_ACCESS -> time(writer, attributes.atimeNanos());
      case Attribute.TIME_CREATE -> time(writer, attributes.btimeNanos());
      case Attribute.TIME_METADATA -> time(writer, attributes.ctimeNanos());
      case Attribute.TIME_MODIFY -> time(writer, attributes.mtimeNanos());
      case Attribute.FILES_AVAIL, Attribute.FILES_FREE -> writer.int64(statistics.freeFiles());
      case Attribute.FILES_TOTAL -> writer.int64(statistics.totalFiles());
      // Where there is no quota, the disk is the limit. A soft limit of its own there is not.
      case Attribute.QUOTA_AVAIL_HARD, Attribute.QUOTA_AVAIL_SOFT ->
          writer.int64(Math.min(statistics.quotaAvailableBytes(), statistics.availableBytes()));
      case Attribute.QUOTA_USED -> writer.int64(statistics.quotaUsedBytes());
      case Attribute.SPACE_AVAIL -> writer.int64(statistics.availableBytes());
      case Attribute.SPACE_FREE -> writer.int64(statistics.freeBytes());
      case Attribute.SPACE_TOTAL -> writer.int64(statistics.totalBytes());
      default -> throw new IllegalStateException("attribute " + number + " has no encoding");
    }
  }

  /** An nfstime4: seconds, and nanoseconds that count upwards before 1970 too. */
  private static void time(XdrWriter writer, long nanos) {
    writer.int64(Math.floorDiv(nanos, NANOS_PER_SECOND));
    writer.int32((int) Math.floorMod(nanos, NANOS_PER_SECOND));
  }

  /**
   * An unsigned number as a string: owners without a domain (RFC 8881, section 5.9), as clients
   * with AUTH_SYS want them.
   */
  private static void decimal(XdrWriter writer, int unsigned) {
    long value = Integer.toUnsignedLong(unsigned);
    int digits = 1;
    while (digits < POWERS_OF_TEN.length && value >= POWERS_OF_TEN[digits]) {
      digits++;
    }
    writer.int32(digits);
    int padded = XdrReader.padded(digits);
    int word = 0;
    for (int i = 0; i < padded; i++) {
      int digit = i < digits ? '0' + (int) (value / POWERS_OF_TEN[digits - 1 - i] % 10) : 0;
      word = word << Byte.SIZE | digit;
      if (i % XdrReader.UNIT_BYTES == XdrReader.UNIT_BYTES - 1) {
        writer.int32(word);
      }
    }
  }
}
