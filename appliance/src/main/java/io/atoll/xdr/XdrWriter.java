package io.atoll.xdr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Writes XDR (RFC 4506) into a pooled direct buffer, and takes large payloads by reference: they
 * are put in their place when the message is sent, as one vectored write. Reusable and
 * loop-confined.
 *
 * <p>Positions count all bytes, those of payloads included. The writer does not know a message's
 * bound; who fills it does.
 */
public final class XdrWriter {
  /** The most payloads by reference in one message; further ones are copied. */
  public static final int MAX_PAYLOADS = 64;

  private static final byte[] PADDING = new byte[XdrReader.UNIT_BYTES];

  private final ByteBuf[] payloads = new ByteBuf[MAX_PAYLOADS];

  /** Where in {@link #buffer} each payload belongs. */
  private final int[] payloadIndexes = new int[MAX_PAYLOADS];

  private int payloadCount;
  private int payloadBytes;
  private ByteBuf buffer;

  /** Starts a message. The one before was {@link #taken taken} or {@link #discard discarded}. */
  public XdrWriter begin(ByteBufAllocator allocator, int expectedBytes) {
    buffer = allocator.directBuffer(expectedBytes);
    payloadCount = 0;
    payloadBytes = 0;
    return this;
  }

  /** How many bytes the message has so far. */
  public int position() {
    return buffer.writerIndex() + payloadBytes;
  }

  public void int32(int value) {
    buffer.writeInt(value);
  }

  public void int64(long value) {
    buffer.writeLong(value);
  }

  public void bool(boolean value) {
    buffer.writeInt(value ? 1 : 0);
  }

  /** A variable-length opaque: length, bytes, padding. */
  public void opaque(byte[] bytes) {
    buffer.writeInt(bytes.length);
    fixedOpaque(bytes);
  }

  /** A fixed-length opaque: bytes, padding. */
  public void fixedOpaque(byte[] bytes) {
    buffer.writeBytes(bytes);
    pad(bytes.length);
  }

  /**
   * A variable-length opaque: {@code lengthBytes} of {@code source} from {@code index} on, copied.
   */
  public void opaque(ByteBuf source, int index, int lengthBytes) {
    buffer.writeInt(lengthBytes);
    buffer.writeBytes(source, index, lengthBytes);
    pad(lengthBytes);
  }

  /** Bytes as they are: XDR that was encoded before. */
  public void encoded(ByteBuf source, int index, int lengthBytes) {
    buffer.writeBytes(source, index, lengthBytes);
  }

  /**
   * A variable-length opaque by reference: the readable bytes of {@code payload}, one reference of
   * which it takes over.
   */
  public void payload(ByteBuf payload) {
    int length = payload.readableBytes();
    payload(length);
    piece(payload);
    pad(length);
  }

  /**
   * Begins a variable-length opaque that comes in pieces: {@link #piece} for each, then {@link
   * #pad} with the same length.
   */
  public void payload(int lengthBytes) {
    buffer.writeInt(lengthBytes);
  }

  /**
   * A part of such an opaque by reference: one reference of {@code payload}, which it takes over.
   */
  public void piece(ByteBuf payload) {
    int length = payload.readableBytes();
    if (length == 0 || payloadCount == MAX_PAYLOADS) {
      buffer.writeBytes(payload, payload.readerIndex(), length);
      payload.release();
    } else {
      payloads[payloadCount] = payload;
      payloadIndexes[payloadCount] = buffer.writerIndex();
      payloadCount++;
      payloadBytes += length;
    }
  }

  /** Leaves room for a number that {@link #patchInt32} sets later; gives its place. */
  public int reserveInt32() {
    int place = buffer.writerIndex();
    buffer.writeInt(0);
    return place;
  }

  /** Sets a number at a place that {@link #reserveInt32} gave. */
  public void patchInt32(int place, int value) {
    buffer.setInt(place, value);
  }

  /**
   * Cuts off all that was written after {@link #reserveInt32} gave {@code place}, and leaves the
   * number there.
   */
  public void truncateAfter(int place) {
    truncateTo(place + Integer.BYTES);
  }

  /** A mark to come back to with {@link #truncateTo}. */
  public int mark() {
    return buffer.writerIndex();
  }

  /** Cuts off all that was written since {@link #mark} gave {@code mark}. */
  public void truncateTo(int mark) {
    while (payloadCount > 0 && payloadIndexes[payloadCount - 1] >= mark) {
      dropLastPayload();
    }
    buffer.writerIndex(mark);
  }

  /** How many payloads are held by reference. */
  public int payloadCount() {
    return payloadCount;
  }

  /** The payload number {@code i}; the message still owns it. */
  public ByteBuf payloadAt(int i) {
    return payloads[i];
  }

  /** The index in {@link #buffer} before which payload number {@code i} belongs. */
  public int payloadIndexAt(int i) {
    return payloadIndexes[i];
  }

  /** What was written, without payloads; the message still owns it. */
  public ByteBuf buffer() {
    return buffer;
  }

  /**
   * The message from {@code mark} on in one piece, for the caller to read and release: a slice, or
   * if there are payloads a copy with them in their places.
   */
  public ByteBuf wholeFrom(int mark) {
    if (payloadCount == 0) {
      return buffer.retainedSlice(mark, buffer.writerIndex() - mark);
    }
    ByteBuf copy = buffer.alloc().directBuffer(position() - mark);
    int index = mark;
    for (int i = 0; i < payloadCount; i++) {
      copy.writeBytes(buffer, index, payloadIndexes[i] - index);
      copy.writeBytes(payloads[i], payloads[i].readerIndex(), payloads[i].readableBytes());
      index = payloadIndexes[i];
    }
    return copy.writeBytes(buffer, index, buffer.writerIndex() - index);
  }

  /** Hands over the buffer and all payloads: the caller has read them and releases each. */
  public void taken() {
    for (int i = 0; i < payloadCount; i++) {
      payloads[i] = null;
    }
    payloadCount = 0;
    payloadBytes = 0;
    buffer = null;
  }

  /** Gives up the message and releases what it holds. */
  public void discard() {
    while (payloadCount > 0) {
      dropLastPayload();
    }
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
  }

  private void dropLastPayload() {
    payloadCount--;
    payloadBytes -= payloads[payloadCount].readableBytes();
    payloads[payloadCount].release();
    payloads[payloadCount] = null;
  }

  /** The zeros behind an opaque of this length. */
  public void pad(int lengthBytes) {
    buffer.writeBytes(PADDING, 0, XdrReader.padded(lengthBytes) - lengthBytes);
  }
}
