package io.atoll.nfs4.wire;

import io.atoll.fs.AttributeChanges;
import io.atoll.xdr.XdrReader;

/**
 * Decodes a fattr4 of attributes to set (RFC 8881, section 5). Stateless but for the result's
 * {@link #requested} set; one for each decoding.
 */
public final class AttributeDecoder {
  /** The values of all that can be set fit into less. */
  private static final int MAX_VALUES_BYTES = 4096;

  /** Longer owner strings are no numbers. */
  private static final int MAX_OWNER_BYTES = 1024;

  private static final int MAX_UINT32_DIGITS = 10;
  private static final long MAX_UINT32 = 0xFFFF_FFFFL;
  private static final int MODE_BITS = 07777;
  private static final int NANOS_PER_SECOND = 1_000_000_000;

  private static final int SET_TO_SERVER_TIME = 0;
  private static final int SET_TO_CLIENT_TIME = 1;

  private final Bitmap4 supported;
  private final AttributeChanges changes = new AttributeChanges();
  private Bitmap4 requested = Bitmap4.EMPTY;
  private Nfs4Status status = Nfs4Status.OK;

  public AttributeDecoder(int minorVersion) {
    supported = Attribute.supportedBy(minorVersion);
  }

  /** What to set; only if {@link #decode} said OK. */
  public AttributeChanges changes() {
    return changes;
  }

  /** The attributes that the client gave. */
  public Bitmap4 requested() {
    return requested;
  }

  /**
   * Reads a fattr4 to its end.
   *
   * @return OK, ATTRNOTSUPP, BADOWNER, INVAL, FBIG, or BADXDR; if the reader is malformed in the
   *     end that is what counts
   */
  public Nfs4Status decode(XdrReader reader) {
    requested = Bitmap4.decode(reader);
    if (!requested.isWithin(supported)) {
      return passOver(reader, Nfs4Status.ATTRNOTSUPP);
    }
    if (!requested.isWithin(Attribute.SETTABLE)) {
      return passOver(reader, Nfs4Status.INVAL);
    }
    int valuesBytes = reader.count(MAX_VALUES_BYTES, 1);
    if (reader.isMalformed()) {
      return Nfs4Status.BADXDR;
    }
    int begin = reader.consumedBytes();
    for (long rest = requested.low(); rest != 0; rest &= rest - 1) {
      value(reader, Long.numberOfTrailingZeros(rest));
    }
    if (requested.has(Attribute.MODE_SET_MASKED)) {
      modeMasked(reader);
    }
    if (reader.consumedBytes() - begin != valuesBytes) {
      reader.markMalformed();
    }
    return reader.isMalformed() ? Nfs4Status.BADXDR : status;
  }

  /** Values that are not looked at, such as an ACL, may be as long as the request is. */
  private static Nfs4Status passOver(XdrReader reader, Nfs4Status reason) {
    reader.skipOpaque(Integer.MAX_VALUE);
    return reader.isMalformed() ? Nfs4Status.BADXDR : reason;
  }

  private void value(XdrReader reader, int number) {
    switch (number) {
      case Attribute.SIZE -> size(reader.int64());
      case Attribute.MODE -> mode(reader.int32());
      case Attribute.OWNER -> {
        changes.uid = owner(reader);
        changes.mask |= AttributeChanges.UID;
      }
      case Attribute.OWNER_GROUP -> {
        changes.gid = owner(reader);
        changes.mask |= AttributeChanges.GID;
      }
      case Attribute.TIME_ACCESS_SET -> {
        if (isClientTime(reader)) {
          changes.atimeNanos = time(reader);
          changes.mask |= AttributeChanges.ATIME;
        } else {
          changes.mask |= AttributeChanges.ATIME_NOW;
        }
      }
      case Attribute.TIME_CREATE -> {
        changes.btimeNanos = time(reader);
        changes.mask |= AttributeChanges.BTIME;
      }
      case Attribute.TIME_MODIFY_SET -> {
        if (isClientTime(reader)) {
          changes.mtimeNanos = time(reader);
          changes.mask |= AttributeChanges.MTIME;
        } else {
          changes.mask |= AttributeChanges.MTIME_NOW;
        }
      }
      default -> throw new IllegalStateException("attribute " + number + " has no decoding");
    }
  }

  private void size(long bytes) {
    if (bytes < 0) {
      // More than 2^63: no file system has such files.
      refuse(Nfs4Status.FBIG);
    }
    changes.sizeBytes = bytes;
    changes.mask |= AttributeChanges.SIZE;
  }

  private void mode(int mode) {
    if ((mode & ~MODE_BITS) != 0) {
      refuse(Nfs4Status.INVAL);
    }
    changes.mode = mode;
    changes.mask |= AttributeChanges.MODE;
  }

  /** RFC 8881, section 6.2.5: not together with mode, and not outside the mask. */
  private void modeMasked(XdrReader reader) {
    int mode = reader.int32();
    int mask = reader.int32();
    if (requested.has(Attribute.MODE) || ((mode | mask) & ~MODE_BITS) != 0 || (mode & ~mask) != 0) {
      refuse(Nfs4Status.INVAL);
    }
    changes.mode = mode;
    changes.modeMask = mask;
    changes.mask |= AttributeChanges.MODE_MASKED;
  }

  private static boolean isClientTime(XdrReader reader) {
    int how = reader.enumerator(SET_TO_CLIENT_TIME);
    return how != SET_TO_SERVER_TIME;
  }

  private long time(XdrReader reader) {
    long seconds = reader.int64();
    long nanos = reader.uint32();
    long limitSeconds = Long.MAX_VALUE / NANOS_PER_SECOND;
    if (nanos >= NANOS_PER_SECOND || seconds >= limitSeconds || seconds <= -limitSeconds) {
      refuse(Nfs4Status.INVAL);
      return 0;
    }
    return seconds * NANOS_PER_SECOND + nanos;
  }

  /** An owner is a number as a string (RFC 8881, section 5.9); there is no mapping of names. */
  private int owner(XdrReader reader) {
    int index = reader.opaqueIndex(MAX_OWNER_BYTES);
    int digits = reader.opaqueLengthBytes();
    if (reader.isMalformed()) {
      return 0;
    }
    if (digits == 0) {
      refuse(Nfs4Status.INVAL); // as any empty string where one is needed
      return 0;
    }
    if (digits > MAX_UINT32_DIGITS) {
      refuse(Nfs4Status.BADOWNER);
      return 0;
    }
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = reader.buffer().getByte(index + i) - '0';
      if (digit < 0 || digit > 9) {
        refuse(Nfs4Status.BADOWNER);
        return 0;
      }
      value = value * 10 + digit;
    }
    if (value > MAX_UINT32) {
      refuse(Nfs4Status.BADOWNER);
    }
    return (int) value;
  }

  private void refuse(Nfs4Status reason) {
    if (status.isOk()) {
      status = reason;
    }
  }
}
