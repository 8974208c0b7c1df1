package io.atoll.perf.bench.client;

import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.perf.bench.client.NfsFailure.Kind;
import io.atoll.xdr.XdrReader;
import io.netty.buffer.ByteBuf;

/**
 * Reads the answer to one COMPOUND, operation by operation, in the order in which they were
 * written. A flyweight of its connection, confined to its loop. An answer that can't be throws an
 * {@link NfsFailure}, which ends the connection.
 */
public final class CompoundReply {
  private static final int MAX_TAG_BYTES = 1024;
  private static final int MAX_OPAQUE_BYTES = 1 << 20;
  private static final int MAX_DATA_BYTES = RecordAssembler.MAX_RECORD_BYTES;
  private static final int MAX_NAME_BYTES = 4096;

  /** open_delegation_type4 (RFC 8881, section 18.16.2). */
  private static final int DELEGATE_READ = 1;

  private static final int DELEGATE_WRITE = 2;
  private static final int DELEGATE_NONE_EXT = 3;

  /** why_no_delegation4 with a boolean behind it. */
  private static final int WHY_CONTENTION = 1;

  private static final int WHY_RESOURCE = 2;

  private final XdrReader reader;
  private byte[] operations;
  private int status;
  private int resultCount;
  private int resultsRead;
  private int writtenBytes;
  private Stability committed;
  private long verifier;
  private int dataIndex;
  private int dataBytes;
  private boolean atEnd;

  CompoundReply(XdrReader reader) {
    this.reader = reader;
  }

  /** Reads up to the first operation. */
  void begin(byte[] requested) {
    operations = requested;
    status = reader.int32();
    reader.skipOpaque(MAX_TAG_BYTES);
    resultCount = reader.count(CompoundWriter.MAX_OPERATIONS, 2 * Integer.BYTES);
    resultsRead = 0;
  }

  /** Of the COMPOUND: that of its last operation; a number on the wire. */
  public int status() {
    return status;
  }

  public boolean isOk() {
    return status == Nfs4Status.OK.code();
  }

  /** How many operations were answered. */
  int resultCount() {
    return resultCount;
  }

  /** The operation that failed, by its name. */
  public String failedOperation() {
    Operation failed = resultCount == 0 ? null : Operation.ofNumber(operations[resultCount - 1]);
    return failed == null ? "COMPOUND" : failed.toString();
  }

  /** Reads the head of {@code operation}'s result and gives its status. */
  int head(Operation operation) {
    int number = reader.int32();
    int result = reader.int32();
    resultsRead++;
    if (!reader.isMalformed() && number != operation.number()) {
      throw new NfsFailure(
          Kind.PROTOCOL,
          "the server answered operation " + number + " where " + operation + " was asked");
    }
    return result;
  }

  /** Reads the head of a result that must be good, as the COMPOUND's status is. */
  XdrReader expect(Operation operation) {
    int result = head(operation);
    if (result != Nfs4Status.OK.code()) {
      throw new NfsFailure(
          Kind.PROTOCOL,
          "the server answered "
              + StatusName.of(result)
              + " to "
              + operation
              + " and NFS4_OK to the COMPOUND around it");
    }
    return reader;
  }

  public void putRootHandle() {
    expect(Operation.PUTROOTFH);
  }

  public void putHandle() {
    expect(Operation.PUTFH);
  }

  public void saveHandle() {
    expect(Operation.SAVEFH);
  }

  public void lookup() {
    expect(Operation.LOOKUP);
  }

  public Handle getHandle() {
    byte[] bytes = expect(Operation.GETFH).opaque(Handle.MAX_BYTES);
    if (bytes == null || bytes.length == 0) {
      throw new NfsFailure(Kind.PROTOCOL, "the server answered GETFH with no filehandle");
    }
    return new Handle(bytes);
  }

  public void skipHandle() {
    expect(Operation.GETFH).skipOpaque(Handle.MAX_BYTES);
  }

  public void getAttributes() {
    expect(Operation.GETATTR);
    attributes();
  }

  private void attributes() {
    Bitmap4.decode(reader);
    reader.skipOpaque(MAX_OPAQUE_BYTES);
  }

  /** Reads OPEN's result, and the stateid of it into {@code stateid}. */
  public void open(OpenStateid stateid) {
    stateid.read(expect(Operation.OPEN));
    changeInfo();
    reader.int32(); // rflags: OPEN4_RESULT_CONFIRM is of NFSv4.0
    Bitmap4.decode(reader);
    int delegation = reader.enumerator(DELEGATE_NONE_EXT);
    switch (delegation) {
      case DELEGATE_READ, DELEGATE_WRITE -> skipDelegation(delegation);
      case DELEGATE_NONE_EXT -> {
        int why = reader.int32();
        if (why == WHY_CONTENTION || why == WHY_RESOURCE) {
          reader.bool();
        }
      }
      default -> {}
    }
  }

  private void skipDelegation(int type) {
    reader.fixedOpaque(16);
    reader.bool();
    if (type == DELEGATE_WRITE) {
      reader.int32(); // a limit by size or by blocks: 8 bytes either way
      reader.int64();
    }
    reader.int32();
    reader.int32();
    reader.int32();
    reader.skipOpaque(MAX_OPAQUE_BYTES);
  }

  public void close() {
    expect(Operation.CLOSE);
    reader.int32();
    reader.int64();
    reader.int32();
  }

  /** Reads READ's result; its data is then at {@link #dataIndex}. */
  public void read() {
    expect(Operation.READ);
    atEnd = reader.bool();
    dataIndex = reader.opaqueIndex(MAX_DATA_BYTES);
    dataBytes = reader.opaqueLengthBytes();
  }

  /** Where in {@link #data} the last READ's bytes begin. */
  public int dataIndex() {
    return dataIndex;
  }

  /** How many bytes the last READ gave. */
  public int dataBytes() {
    return dataBytes;
  }

  /** Whether the last READ or READDIR came to the end. */
  public boolean isAtEnd() {
    return atEnd;
  }

  /** What the last READ's bytes are in; not to be released. */
  public ByteBuf data() {
    return reader.buffer();
  }

  /**
   * Reads WRITE's result.
   *
   * @param asked what the WRITE was to be, less than which it must not be (RFC 8881, section
   *     18.32.3)
   */
  public void write(Stability asked) {
    expect(Operation.WRITE);
    writtenBytes = reader.int32();
    committed = Stability.ofCode(reader.int32());
    verifier = reader.int64();
    if (!reader.isMalformed() && (committed == null || committed.compareTo(asked) < 0)) {
      throw new NfsFailure(
          Kind.PROTOCOL,
          "the server answered a WRITE that was to be "
              + asked
              + " with "
              + (committed == null ? "no stable_how that there is" : committed.toString()));
    }
  }

  /** How many bytes the last WRITE took. */
  public int writtenBytes() {
    return writtenBytes;
  }

  /** How durable the last WRITE is. */
  public Stability committed() {
    return committed;
  }

  /** The write verifier of the last WRITE or COMMIT. */
  public long verifier() {
    return verifier;
  }

  /** Reads COMMIT's result. */
  public void commit() {
    verifier = expect(Operation.COMMIT).int64();
  }

  public void createDirectory() {
    expect(Operation.CREATE);
    changeInfo();
    Bitmap4.decode(reader);
  }

  public void remove() {
    expect(Operation.REMOVE);
    changeInfo();
  }

  public void rename() {
    expect(Operation.RENAME);
    changeInfo();
    changeInfo();
  }

  private void changeInfo() {
    reader.bool();
    reader.int64();
    reader.int64();
  }

  /** Is told each entry of a directory. */
  public interface EntryVisitor {
    /** The name is {@code lengthBytes} of {@code buffer} from {@code index} on. */
    void entry(long cookie, ByteBuf buffer, int index, int lengthBytes);
  }

  /** Reads READDIR's result and gives its cookie verifier; {@link #isAtEnd} is then known. */
  public long readDirectory(EntryVisitor visitor) {
    long verifier = expect(Operation.READDIR).int64();
    while (reader.bool() && !reader.isMalformed()) {
      long cookie = reader.int64();
      int name = reader.opaqueIndex(MAX_NAME_BYTES);
      int nameBytes = reader.opaqueLengthBytes();
      attributes();
      if (!reader.isMalformed()) {
        visitor.entry(cookie, reader.buffer(), name, nameBytes);
      }
    }
    atEnd = reader.bool();
    return verifier;
  }

  /** To be called when all was read: what the server sent must have been what was read. */
  public void end() {
    if (reader.isMalformed()) {
      Operation last = resultsRead == 0 ? null : Operation.ofNumber(operations[resultsRead - 1]);
      throw new NfsFailure(
          Kind.PROTOCOL,
          "the server's answer to " + (last == null ? "COMPOUND" : last) + " is malformed XDR");
    }
  }
}
