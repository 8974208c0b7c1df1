package io.atoll.rpc;

import io.atoll.xdr.XdrReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;

/**
 * Makes records of what a socket receives (RFC 5531, section 11). Confined to the connections'
 * loop.
 *
 * <p>A record that came whole in one receive buffer is handed on as a slice of it. Others are put
 * together in a buffer that grows with what has come, never by what a length field says. A large
 * one whose head a {@link PayloadFinder} recognises gets an aligned buffer for its payload; the
 * socket then receives straight into that buffer, so that of the payload only what came with the
 * head is copied.
 */
final class RecordReceiver {
  /**
   * The size of ordinary receive buffers: some dozens of small calls, little to copy of a large.
   */
  static final int RECEIVE_BYTES = 8 * 1024;

  /** Smaller records are not looked into. */
  private static final int DIRECT_RECORD_BYTES = 8 * 1024;

  /** Smaller payloads are not received apart. */
  private static final int DIRECT_PAYLOAD_BYTES = 4 * 1024;

  /** By here a head has been recognised, or is not. Less than either of the two above. */
  private static final int MAX_HEAD_BYTES = 1024;

  /**
   * The most that is kept of what comes while no records are accepted. Some comes after reading was
   * turned off; on io_uring, all that is left once the peer has ended its side.
   */
  private static final int MAX_BACKLOG_BYTES = 4 * RECEIVE_BYTES;

  private static final int INITIAL_ASSEMBLY_BYTES = 2 * 1024;
  private static final int LAST_FRAGMENT_BIT = 1 << 31;
  private static final int MARK_BYTES = 4;

  /** Takes the records. */
  interface Sink {
    /** A record's hole index when it has none. */
    int NO_HOLE = -1;

    /** Whether a record may come now. */
    boolean accepts();

    /**
     * A record, at {@code index} of {@code buffer}. Takes over a reference of {@code buffer}, and
     * of {@code payload} if that isn't null: then its bytes belong before {@code holeIndex}. If it
     * is, a payload that might have been received apart, and was not, begins there.
     */
    void record(ByteBuf buffer, int index, int lengthBytes, int holeIndex, ByteBuf payload);

    /**
     * Whether a record that may take {@code bytes} may begin. If not, {@link #drain} is to be
     * called when it may.
     */
    boolean admits(int bytes);

    /**
     * Whether {@code bytes} may be held by a payload while it comes; {@link #endPayload} ends it.
     */
    boolean beginPayload(int bytes);

    void endPayload(int bytes);

    /** There is no payload buffer now; {@link #retryPayload} is to be called later. */
    void starved();

    /** The peer keeps to no rule that records could be found by: the connection must go. */
    void violated(String rule);
  }

  private final RpcLimits limits;
  private final Sink sink;
  private final PayloadFinder finder;
  private final PayloadAllocator payloads;
  private final PayloadFinder.Location found = new PayloadFinder.Location();
  private final XdrReader headReader = new XdrReader();

  /** Received, and waiting until records are accepted. Netty reads little once reading is off. */
  private final ArrayDeque<ByteBuf> backlog = new ArrayDeque<>(4);

  private boolean draining;
  private boolean starved;
  private boolean awaitsAdmission;
  private boolean closed;

  /** What came can't be told apart into records any more. */
  private boolean broken;

  private int mark;
  private int markBytes;
  private boolean inFragment;
  private boolean lastFragment;
  private int fragmentRemaining;
  private int fragments;
  private long recordsBegun;
  private int recordBytes;

  /** What the record may come to take, admitted at its beginning. */
  private int admittedBytes;

  private ByteBuf assembly;
  private boolean headUndecided;
  private ByteBuf payload;
  private int payloadRemaining;

  /** What {@link #payload} takes, while it comes. */
  private int payloadHeldBytes;

  private int holeIndex = Sink.NO_HOLE;

  /** The slice of {@link #payload} that the socket receives into, if it does. */
  private ByteBuf direct;

  private long copiedPayloadBytes;

  RecordReceiver(
      RpcLimits limits, Sink sink, PayloadFinder finder, PayloadAllocator payloadAllocator) {
    this.limits = limits;
    this.sink = sink;
    this.finder = finder;
    this.payloads = payloadAllocator;
  }

  /** Whether a record has begun and is not complete. */
  boolean isMidRecord() {
    return markBytes > 0 || inFragment || recordBytes > 0 || fragments > 0;
  }

  /** How many records have begun; changes with the first byte of each. */
  long recordsBegun() {
    return recordsBegun;
  }

  /** Whether something was received that waits for records to be accepted. */
  boolean hasBacklog() {
    return !backlog.isEmpty();
  }

  /** Whether {@link #drain} is at work, and so the sink called by it. */
  boolean isDraining() {
    return draining;
  }

  /** Whether a record has come so far that only the sink's admission is missing. */
  boolean awaitsAdmission() {
    return awaitsAdmission;
  }

  /** Bytes that the record which is being received takes, and what was received behind it. */
  long heldBytes() {
    return backlogBytes() + Math.max(admittedBytes, recordBytes + (long) payloadHeldBytes);
  }

  /** Bytes of the buffers that wait until records are accepted. */
  long backlogBytes() {
    return (long) backlog.size() * RECEIVE_BYTES;
  }

  /** How many bytes of directly received payloads were copied, since they came with a head. */
  long copiedPayloadBytes() {
    return copiedPayloadBytes;
  }

  /** The buffer that the socket is to receive into next. */
  ByteBuf nextReceiveBuffer(ByteBufAllocator allocator) {
    if (payloadRemaining > 0 && backlog.isEmpty()) {
      direct = payload.retainedSlice(payload.writerIndex(), payloadRemaining).clear();
      return direct;
    }
    direct = null;
    return allocator.directBuffer(RECEIVE_BYTES);
  }

  /** Takes what the socket received, and its reference. */
  @SuppressWarnings("ReferenceEquality") // The very buffer that was given out is meant.
  void receive(ByteBuf in) {
    if (closed || broken) {
      in.release();
    } else if (in == direct) {
      int received = in.readableBytes();
      in.release();
      direct = null;
      payload.writerIndex(payload.writerIndex() + received);
      payloadReceived(received);
    } else {
      backlog.add(in);
      drain();
      if (backlogBytes() > MAX_BACKLOG_BYTES) {
        violated("more than " + MAX_BACKLOG_BYTES + " bytes came unasked");
      }
    }
  }

  /** Goes on with what was received before, as far as the sink accepts records. */
  void drain() {
    if (draining) {
      return;
    }
    draining = true;
    try {
      awaitsAdmission = false;
      while (!closed && !broken && !awaitsAdmission && !starved && !backlog.isEmpty()) {
        ByteBuf in = backlog.peek();
        if (!in.isReadable()) {
          backlog.poll().release();
        } else if (sink.accepts()) {
          step(in);
        } else {
          return;
        }
      }
    } finally {
      draining = false;
    }
  }

  /** After {@link Sink#starved}: asks for a payload buffer again. */
  void retryPayload() {
    if (!closed && starved) {
      starved = false;
      startPayload();
      drain();
    }
  }

  /** Gives up what has come. */
  void close() {
    closed = true;
    endPayload();
    while (!backlog.isEmpty()) {
      backlog.poll().release();
    }
    if (assembly != null) {
      assembly.release();
      assembly = null;
    }
    if (payload != null) {
      payload.release();
      payload = null;
    }
    nextRecord();
  }

  private void step(ByteBuf in) {
    if (!inFragment) {
      readMark(in);
      return;
    }
    int available = Math.min(in.readableBytes(), fragmentRemaining);
    if (recordBytes == 0 && lastFragment && available == fragmentRemaining) {
      int index = in.readerIndex();
      in.skipBytes(available);
      nextRecord();
      sink.record(in.retain(), index, available, payloadIndex(in, index, available), null);
    } else if (payloadRemaining > 0) {
      int taken = Math.min(available, payloadRemaining);
      payload.writeBytes(in, taken);
      copiedPayloadBytes += taken;
      payloadReceived(taken);
    } else if (headUndecided) {
      assemble(in, Math.min(available, MAX_HEAD_BYTES - assembledBytes()));
      decideHead();
    } else {
      assemble(in, available);
    }
  }

  private void readMark(ByteBuf in) {
    if (!isMidRecord()) {
      recordsBegun++;
    }
    while (markBytes < MARK_BYTES && in.isReadable()) {
      mark = mark << 8 | in.readUnsignedByte();
      markBytes++;
    }
    if (markBytes < MARK_BYTES) {
      return;
    }
    int length = mark & ~LAST_FRAGMENT_BIT;
    lastFragment = (mark & LAST_FRAGMENT_BIT) != 0;
    if (fragments == 0 && !admit(length, in)) {
      return;
    }
    markBytes = 0;
    fragments++;
    if (length > limits.maxRecordBytes() - recordBytes) {
      violated("a record of more than " + limits.maxRecordBytes() + " bytes");
    } else if (fragments > limits.maxFragmentsPerRecord()) {
      violated("a record of more than " + limits.maxFragmentsPerRecord() + " fragments");
    } else {
      inFragment = true;
      fragmentRemaining = length;
      headUndecided = lastFragment && fragments == 1 && length >= DIRECT_RECORD_BYTES;
      endFragmentIfComplete();
    }
  }

  /** Has the sink admit the whole record; of one in fragments the length is not known yet. */
  private boolean admit(int length, ByteBuf in) {
    if (lastFragment && length <= in.readableBytes()) {
      return true; // It has come, and its buffer is charged.
    }
    int bytes = lastFragment ? Math.min(length, limits.maxRecordBytes()) : limits.maxRecordBytes();
    if (!sink.admits(bytes)) {
      awaitsAdmission = true;
      return false;
    }
    admittedBytes = bytes;
    return true;
  }

  private int assembledBytes() {
    return assembly == null ? 0 : assembly.readableBytes();
  }

  private void assemble(ByteBuf in, int bytes) {
    if (assembly == null) {
      assembly = in.alloc().directBuffer(INITIAL_ASSEMBLY_BYTES, limits.maxRecordBytes());
    }
    assembly.writeBytes(in, bytes);
    advance(bytes);
  }

  private void payloadReceived(int bytes) {
    payloadRemaining -= bytes;
    advance(bytes);
  }

  /** From here on the payload counts as its call's, not as one that may never come. */
  private void endPayload() {
    if (payloadHeldBytes > 0) {
      sink.endPayload(payloadHeldBytes);
      payloadHeldBytes = 0;
    }
  }

  private void advance(int bytes) {
    recordBytes += bytes;
    fragmentRemaining -= bytes;
    endFragmentIfComplete();
  }

  /**
   * Where the payload begins in a record that was not taken apart but, had it come in other pieces,
   * might have been.
   */
  private int payloadIndex(ByteBuf record, int index, int lengthBytes) {
    if (lengthBytes < DIRECT_RECORD_BYTES) {
      return Sink.NO_HOLE;
    }
    headReader.wrap(record, index, Math.min(lengthBytes, MAX_HEAD_BYTES));
    boolean isFound = finder.find(headReader, found) == PayloadFinder.Result.FOUND;
    headReader.unwrap();
    return isFound && isPayload(lengthBytes) ? index + found.index : Sink.NO_HOLE;
  }

  /** Whether what was found is large enough, and in the record; if not, decoding will tell. */
  private boolean isPayload(int lengthBytes) {
    return found.lengthBytes >= DIRECT_PAYLOAD_BYTES
        && found.index + (long) XdrReader.padded(found.lengthBytes) <= lengthBytes;
  }

  private void decideHead() {
    headReader.wrap(assembly, 0, assembly.readableBytes());
    switch (finder.find(headReader, found)) {
      case NEED_MORE -> headUndecided = assembly.readableBytes() < MAX_HEAD_BYTES;
      case NO_PAYLOAD -> headUndecided = false;
      case FOUND -> {
        headUndecided = false;
        if (isPayload(recordBytes + fragmentRemaining)) {
          startPayload();
        }
      }
    }
    headReader.unwrap();
  }

  private void startPayload() {
    int held = PayloadAllocator.heldBytes(found.fileOffsetBytes, found.lengthBytes);
    if (!sink.beginPayload(held)) {
      return; // Too many have not come whole: this one is put together as any other record.
    }
    payload = payloads.allocate(found.fileOffsetBytes, found.lengthBytes);
    if (payload == null) {
      sink.endPayload(held);
      starved = true;
      sink.starved();
      return;
    }
    payloadHeldBytes = held;
    int arrived = assembly.readableBytes() - found.index;
    payload.writeBytes(assembly, found.index, arrived);
    copiedPayloadBytes += arrived;
    assembly.writerIndex(found.index);
    holeIndex = found.index;
    payloadRemaining = found.lengthBytes - arrived;
  }

  private void endFragmentIfComplete() {
    if (fragmentRemaining > 0) {
      return;
    }
    inFragment = false;
    if (!lastFragment) {
      return;
    }
    if (recordBytes == 0) {
      violated("an empty record");
      return;
    }
    ByteBuf record = assembly;
    ByteBuf apart = payload;
    if (apart == null) {
      holeIndex = payloadIndex(record, 0, record.readableBytes());
    }
    int hole = holeIndex;
    endPayload();
    nextRecord();
    sink.record(record, 0, record.readableBytes(), hole, apart);
  }

  private void violated(String rule) {
    broken = true;
    sink.violated(rule);
  }

  private void nextRecord() {
    inFragment = false;
    fragmentRemaining = 0;
    fragments = 0;
    recordBytes = 0;
    admittedBytes = 0;
    assembly = null;
    payload = null;
    payloadRemaining = 0;
    holeIndex = Sink.NO_HOLE;
    headUndecided = false;
  }
}
