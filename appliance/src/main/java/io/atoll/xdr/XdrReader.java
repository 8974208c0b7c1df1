package io.atoll.xdr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.zip.CRC32C;

/**
 * Reads XDR (RFC 4506) from a slice of a buffer. A flyweight: reusable, loop-confined, and owner of
 * nothing (who wraps a buffer keeps it alive).
 *
 * <p>Malformed input is a state, not an exception: a read beyond the end, a length above its bound
 * or a bad boolean makes the reader {@link #isMalformed() malformed} for good; that read and all
 * later ones give 0, null or nothing. So a decoder reads all its arguments and asks once. Lengths
 * are held against their bound and against what is left before anything is allocated.
 *
 * <p>A record may have a <em>hole</em>: an opaque's bytes that were received elsewhere, into an
 * aligned buffer. Until {@link #payload} takes them, the reader ends at the hole; afterwards it
 * goes on behind it.
 */
public final class XdrReader {
  /** XDR pads everything to multiples of this. */
  public static final int UNIT_BYTES = 4;

  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
  private int start;
  private int position;
  private int limit;
  private int end;
  private ByteBuf hole;
  private int checksumEnd;
  private boolean malformed;
  private int opaqueLengthBytes;
  private final CRC32C crc = new CRC32C();

  /** Reads {@code lengthBytes} of {@code source} from the absolute {@code index} on. */
  public XdrReader wrap(ByteBuf source, int index, int lengthBytes) {
    buffer = source;
    start = index;
    position = index;
    end = index + lengthBytes;
    limit = end;
    checksumEnd = end;
    hole = null;
    malformed = false;
    return this;
  }

  /**
   * As {@link #wrap}, with {@code payload} in place of an opaque's bytes at {@code holeIndex} of
   * {@code source}. Its padding, if any, is in {@code source}.
   */
  public XdrReader wrapWithHole(
      ByteBuf source, int index, int lengthBytes, int holeIndex, ByteBuf payload) {
    wrap(source, index, lengthBytes);
    limit = holeIndex;
    checksumEnd = holeIndex;
    hole = payload;
    return this;
  }

  /**
   * Says that an opaque's bytes which might be in a hole, but are not, begin at {@code index}:
   * {@link #checksumOfRest} ends there as it does at a hole.
   */
  public XdrReader payloadAt(int index) {
    checksumEnd = index;
    return this;
  }

  /** Lets go of what was wrapped. */
  public void unwrap() {
    wrap(Unpooled.EMPTY_BUFFER, 0, 0);
  }

  /** Whether some read so far found what no encoder writes. */
  public boolean isMalformed() {
    return malformed;
  }

  /** For decoders that find a value which their grammar does not have. */
  public void markMalformed() {
    malformed = true;
  }

  /** Bytes read so far, without those of a hole. */
  public int consumedBytes() {
    return position - start;
  }

  /** Bytes that can be read before the end, or before the hole. */
  public int remainingBytes() {
    return limit - position;
  }

  public int int32() {
    int at = advance(Integer.BYTES);
    return at < 0 ? 0 : buffer.getInt(at);
  }

  public long int64() {
    int at = advance(Long.BYTES);
    return at < 0 ? 0 : buffer.getLong(at);
  }

  /** The number that is {@code distanceBytes} ahead, left to be read; 0 if there is none. */
  public long peekUint32(int distanceBytes) {
    return malformed || remainingBytes() - distanceBytes < Integer.BYTES
        ? 0
        : buffer.getUnsignedInt(position + distanceBytes);
  }

  /** An unsigned 32-bit number. */
  public long uint32() {
    return Integer.toUnsignedLong(int32());
  }

  /** A boolean: 0 or 1, anything else is malformed. */
  public boolean bool() {
    int value = int32();
    if ((value & ~1) != 0) {
      malformed = true;
    }
    return value == 1;
  }

  /** A discriminant or enumerator from 0 to {@code greatest}; anything else is malformed. */
  public int enumerator(int greatest) {
    int value = int32();
    if (value < 0 || value > greatest) {
      malformed = true;
      return 0;
    }
    return value;
  }

  /**
   * The number of elements of an array, each of at least {@code elementBytes}, that must fit into
   * what is left.
   */
  public int count(int greatest, int elementBytes) {
    int value = int32();
    if (value < 0 || value > greatest || (long) value * elementBytes > remainingBytes()) {
      malformed = true;
      return 0;
    }
    return value;
  }

  /** A variable-length opaque of at most {@code greatestBytes}; null if malformed. */
  public byte[] opaque(int greatestBytes) {
    int length = length(greatestBytes);
    return malformed ? null : fixedOpaque(length);
  }

  /** A fixed-length opaque; null if malformed. */
  public byte[] fixedOpaque(int lengthBytes) {
    int at = advance(padded(lengthBytes));
    if (at < 0) {
      return null;
    }
    byte[] bytes = new byte[lengthBytes];
    buffer.getBytes(at, bytes);
    return bytes;
  }

  /**
   * Takes a variable-length opaque of at most {@code greatestBytes} and gives its index in {@link
   * #buffer()}; its length is then {@link #opaqueLengthBytes}. Nothing is copied. -1 if malformed.
   */
  public int opaqueIndex(int greatestBytes) {
    int length = length(greatestBytes);
    if (malformed) {
      return -1;
    }
    opaqueLengthBytes = length;
    return advance(padded(length));
  }

  /** The length of what {@link #opaqueIndex} found last. */
  public int opaqueLengthBytes() {
    return opaqueLengthBytes;
  }

  /** The buffer that {@link #opaqueIndex} is an index of; not to be released. */
  public ByteBuf buffer() {
    return buffer;
  }

  /** Passes over a variable-length opaque. */
  public void skipOpaque(int greatestBytes) {
    opaqueIndex(greatestBytes);
  }

  /**
   * A large opaque as a slice with a reference of its own, which the caller releases: of the
   * record, or the separate buffer that it was received into. Null if malformed.
   */
  public ByteBuf payload(int greatestBytes) {
    int length = int32();
    if (malformed || length < 0 || length > greatestBytes) {
      malformed = true;
      return null;
    }
    if (hole != null && position == limit) {
      return payloadFromHole(length);
    }
    if (length > remainingBytes()) {
      malformed = true; // before it is padded, beyond what an int holds
      return null;
    }
    int at = advance(padded(length));
    return at < 0 ? null : buffer.retainedSlice(at, length);
  }

  private ByteBuf payloadFromHole(int length) {
    int padding = padded(length) - length;
    if (hole.readableBytes() != length || end - position < padding) {
      malformed = true;
      return null;
    }
    ByteBuf payload = hole.retain();
    hole = null;
    limit = end;
    position += padding;
    return payload;
  }

  /**
   * A CRC-32C of what is left to read, up to a large payload's bytes (its length included), in
   * whatever pieces the record came: tells a retry from another request.
   */
  public int checksumOfRest() {
    crc.reset();
    if (checksumEnd > position) {
      crc.update(buffer.internalNioBuffer(position, checksumEnd - position));
    }
    return (int) crc.getValue();
  }

  /**
   * A CRC-32C of what was read since {@link #consumedBytes} gave {@code consumed}: tells an
   * operation's arguments from others. 0 if malformed.
   */
  public int checksumSince(int consumed) {
    crc.reset();
    if (!malformed) {
      int from = start + consumed;
      crc.update(buffer.internalNioBuffer(from, position - from));
    }
    return (int) crc.getValue();
  }

  /** The length rounded up to XDR's unit. */
  public static int padded(int lengthBytes) {
    return (lengthBytes + UNIT_BYTES - 1) & -UNIT_BYTES;
  }

  private int length(int greatestBytes) {
    int length = int32();
    if (length < 0 || length > greatestBytes || length > remainingBytes()) {
      malformed = true;
      return 0;
    }
    return length;
  }

  /** Where the next {@code bytes} begin, or -1 if there are not as many. */
  private int advance(int bytes) {
    if (malformed || bytes < 0 || bytes > limit - position) {
      malformed = true;
      return -1;
    }
    int at = position;
    position += bytes;
    return at;
  }
}
