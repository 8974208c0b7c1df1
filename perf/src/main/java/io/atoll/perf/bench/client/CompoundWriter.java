package io.atoll.perf.bench.client;

import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Operation;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Writes one COMPOUND (RFC 8881, section 16.2), operation by operation. A flyweight of its
 * connection, confined to its loop.
 */
public final class CompoundWriter {
  /** The most operations in one COMPOUND, SEQUENCE included. */
  static final int MAX_OPERATIONS = 12;

  private static final int EXPECTED_BYTES = 512;
  private static final int LAST_FRAGMENT = 0x8000_0000;
  private static final int SHARE_READ = 1;
  private static final int SHARE_WRITE = 2;

  /** OPEN4_SHARE_ACCESS_WANT_NO_DELEG: nothing here could answer a recall. */
  private static final int WANT_NO_DELEGATION = 0x400;

  private static final int OPEN_CREATE = 1;
  private static final int CREATE_UNCHECKED = 0;
  private static final int CREATE_GUARDED = 1;
  private static final int CLAIM_NULL = 0;
  private static final int TYPE_DIRECTORY = 2;

  /** Word 1 of a bitmap4 with nothing but the mode in it. */
  private static final int MODE_BIT = 1 << (33 - 32);

  private static final int FILE_MODE = 0644;
  private static final int DIRECTORY_MODE = 0755;

  private final XdrWriter xdr = new XdrWriter();
  private final RpcHeader header;
  private final byte[] operations = new byte[MAX_OPERATIONS];
  private int operationCount;
  private int countPlace;
  private long clientId;

  CompoundWriter(RpcHeader header) {
    this.header = header;
  }

  /** The client ID that stands in owners. */
  void clientId(long id) {
    clientId = id;
  }

  void begin(ByteBufAllocator allocator, int xid) {
    xdr.begin(allocator, EXPECTED_BYTES);
    xdr.reserveInt32();
    xdr.int32(xid);
    header.write(xdr);
    operationCount = 0;
    countPlace = xdr.reserveInt32();
  }

  void beginNull(ByteBufAllocator allocator, int xid) {
    xdr.begin(allocator, EXPECTED_BYTES);
    xdr.reserveInt32();
    xdr.int32(xid);
    RpcHeader.writeNull(xdr);
    operationCount = 0;
    countPlace = -1;
  }

  /** Completes the record; it is the caller's to send. */
  XdrWriter end() {
    if (countPlace >= 0) {
      xdr.patchInt32(countPlace, operationCount);
    }
    xdr.patchInt32(0, (xdr.position() - Integer.BYTES) | LAST_FRAGMENT);
    return xdr;
  }

  /** Copies the numbers of the operations that were written, for messages. */
  void copyOperations(byte[] target) {
    System.arraycopy(operations, 0, target, 0, MAX_OPERATIONS);
  }

  /** Begins an operation and gives what its arguments are to be written to. */
  XdrWriter operation(Operation operation) {
    operations[operationCount++] = (byte) operation.number();
    xdr.int32(operation.number());
    return xdr;
  }

  void sequence(NfsSession session, int sequence, int slot, int highestSlot, boolean keep) {
    operation(Operation.SEQUENCE);
    xdr.int64(session.idHigh());
    xdr.int64(session.idLow());
    xdr.int32(sequence);
    xdr.int32(slot);
    xdr.int32(highestSlot);
    xdr.bool(keep);
  }

  public void putRootHandle() {
    operation(Operation.PUTROOTFH);
  }

  public void putHandle(Handle handle) {
    handle.write(operation(Operation.PUTFH));
  }

  public void getHandle() {
    operation(Operation.GETFH);
  }

  public void saveHandle() {
    operation(Operation.SAVEFH);
  }

  public void lookup(byte[] name) {
    operation(Operation.LOOKUP).opaque(name);
  }

  public void getAttributes(Bitmap4 wanted) {
    operation(Operation.GETATTR);
    wanted.encode(xdr);
  }

  /** Opens the file {@code name} in the current directory, for reading and on demand writing. */
  public void open(byte[] owner, byte[] name, boolean write) {
    openHead(owner, write);
    xdr.int32(0);
    xdr.int32(CLAIM_NULL);
    xdr.opaque(name);
  }

  /**
   * Makes the file {@code name} in the current directory and opens it for reading and writing.
   *
   * @param exclusive whether it is an error if the name is there
   */
  public void create(byte[] owner, byte[] name, boolean exclusive) {
    openHead(owner, true);
    xdr.int32(OPEN_CREATE);
    xdr.int32(exclusive ? CREATE_GUARDED : CREATE_UNCHECKED);
    mode(FILE_MODE);
    xdr.int32(CLAIM_NULL);
    xdr.opaque(name);
  }

  private void openHead(byte[] owner, boolean write) {
    operation(Operation.OPEN);
    xdr.int32(0); // seqid, of NFSv4.0
    xdr.int32((write ? SHARE_READ | SHARE_WRITE : SHARE_READ) | WANT_NO_DELEGATION);
    xdr.int32(0); // denies nothing
    xdr.int64(clientId);
    xdr.opaque(owner);
  }

  private void mode(int mode) {
    xdr.int32(2);
    xdr.int32(0);
    xdr.int32(MODE_BIT);
    xdr.int32(Integer.BYTES);
    xdr.int32(mode);
  }

  public void close(OpenStateid stateid) {
    operation(Operation.CLOSE).int32(0);
    stateid(stateid);
  }

  public void read(OpenStateid stateid, long offsetBytes, int countBytes) {
    operation(Operation.READ);
    stateid(stateid);
    xdr.int64(offsetBytes);
    xdr.int32(countBytes);
  }

  /** Writes the readable bytes of {@code data}, one reference of which it takes over. */
  public void write(OpenStateid stateid, long offsetBytes, Stability stability, ByteBuf data) {
    operation(Operation.WRITE);
    stateid(stateid);
    xdr.int64(offsetBytes);
    xdr.int32(stability.code());
    xdr.payload(data);
  }

  /** Asks for the whole file to be made durable. */
  public void commit() {
    operation(Operation.COMMIT).int64(0);
    xdr.int32(0);
  }

  public void createDirectory(byte[] name) {
    operation(Operation.CREATE).int32(TYPE_DIRECTORY);
    xdr.opaque(name);
    mode(DIRECTORY_MODE);
  }

  public void remove(byte[] name) {
    operation(Operation.REMOVE).opaque(name);
  }

  /** From the saved directory to the current one. */
  public void rename(byte[] from, byte[] to) {
    operation(Operation.RENAME).opaque(from);
    xdr.opaque(to);
  }

  /**
   * @param cookie where to go on; 0 from the beginning
   * @param maxBytes of the reply
   */
  public void readDirectory(long cookie, long verifier, int maxBytes, Bitmap4 wanted) {
    operation(Operation.READDIR).int64(cookie);
    xdr.int64(verifier);
    xdr.int32(maxBytes);
    xdr.int32(maxBytes);
    wanted.encode(xdr);
  }

  private void stateid(OpenStateid stateid) {
    xdr.int32(stateid.seqid());
    xdr.int64(stateid.otherHigh());
    xdr.int32(stateid.otherLow());
  }
}
