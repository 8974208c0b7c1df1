package io.atoll.perf.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Puts records together from what a socket received (RFC 5531, section 11). A record that came
 * whole is handed on where it lies; of a longer one the rest is received right behind its
 * beginning. Confined to the connection's loop.
 */
public final class RecordAssembler {
  /** A record is never longer: 1 MiB of data and what is around it, generously. */
  static final int MAX_RECORD_BYTES = 16 << 20;

  /** Received at once while no long record is under way. */
  private static final int RECEIVE_BYTES = 64 << 10;

  private static final int LAST_FRAGMENT = 0x8000_0000;

  /** Is given each whole record; the bytes are its to read until it returns. */
  public interface Sink {
    void record(ByteBuf buffer, int index, int lengthBytes);
  }

  private final Sink sink;
  private final ByteBufAllocator allocator;

  /** The record under way; null while there is none that came in part. */
  private ByteBuf record;

  private int markBytes;
  private int mark;
  private boolean lastFragment;

  /** Bytes that the fragment under way still lacks; 0 between fragments. */
  private int missingBytes;

  /** The part of {@link #record} into which the socket was told to receive. */
  private ByteBuf target;

  private boolean closed;

  public RecordAssembler(ByteBufAllocator allocator, Sink sink) {
    this.allocator = allocator;
    this.sink = sink;
  }

  /** Where the socket shall receive next. */
  public ByteBuf nextReceiveBuffer() {
    if (record == null || missingBytes == 0) {
      target = null;
      return allocator.directBuffer(RECEIVE_BYTES);
    }
    target = record.retainedSlice(record.writerIndex(), missingBytes).clear();
    return target;
  }

  /** Takes over {@code received}. */
  @SuppressWarnings("ReferenceEquality") // the very buffer, not one with equal bytes
  public void received(ByteBuf received) {
    try {
      if (received == target) {
        target = null;
        int count = received.readableBytes();
        record.writerIndex(record.writerIndex() + count);
        missingBytes -= count;
        endFragment();
        return;
      }
      while (received.isReadable() && !closed) {
        if (missingBytes == 0) {
          readMark(received);
        } else {
          int count = Math.min(missingBytes, received.readableBytes());
          record.writeBytes(received, count);
          missingBytes -= count;
          endFragment();
        }
      }
    } finally {
      received.release();
    }
  }

  private void readMark(ByteBuf received) {
    mark = mark << Byte.SIZE | received.readUnsignedByte();
    if (++markBytes < Integer.BYTES) {
      return;
    }
    markBytes = 0;
    lastFragment = (mark & LAST_FRAGMENT) != 0;
    missingBytes = mark & ~LAST_FRAGMENT;
    int soFar = record == null ? 0 : record.readableBytes();
    if (missingBytes > MAX_RECORD_BYTES - soFar) {
      throw new NfsFailure(
          NfsFailure.Kind.PROTOCOL,
          "the server announced a record of "
              + ((long) soFar + missingBytes)
              + " bytes: it does not speak ONC RPC");
    }
    if (record == null && lastFragment && received.readableBytes() >= missingBytes) {
      int index = received.readerIndex();
      int length = missingBytes;
      missingBytes = 0;
      received.skipBytes(length);
      sink.record(received, index, length);
      return;
    }
    if (record == null) {
      record = allocator.directBuffer(Math.max(missingBytes, Long.BYTES));
    }
    record.ensureWritable(missingBytes);
    endFragment();
  }

  private void endFragment() {
    if (missingBytes == 0 && lastFragment) {
      ByteBuf whole = record;
      record = null;
      try {
        sink.record(whole, whole.readerIndex(), whole.readableBytes());
      } finally {
        whole.release();
      }
    }
  }

  /** Lets go of what came in part. */
  public void close() {
    closed = true;
    if (record != null) {
      record.release();
      record = null;
    }
    missingBytes = 0;
    target = null;
  }
}
