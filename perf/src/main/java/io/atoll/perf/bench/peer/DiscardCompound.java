package io.atoll.perf.bench.peer;

import io.atoll.nfs4.wire.Bitmap4;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import java.nio.charset.StandardCharsets;

/**
 * Answers COMPOUNDs of the harness's client (RFC 8881) as if everything had succeeded. It has the
 * operations that this client sends, and refuses all others. Confined to its connection's loop.
 */
final class DiscardCompound {
  private static final int OK = Nfs4Status.OK.code();
  private static final int MAX_TAG_BYTES = 1024;
  private static final int MAX_OPERATIONS = 64;
  private static final int MAX_OPAQUE_BYTES = 4096;
  private static final int MAX_WRITE_BYTES = 4 << 20;
  private static final int MAX_SLOTS = 4096;
  private static final int MAX_RECORD_BYTES = GeneratedData.MAX_BYTES + MAX_OPAQUE_BYTES;
  private static final int OPEN_CREATE = 1;
  private static final int CREATE_EXCLUSIVE = 2;
  private static final int TYPE_DIRECTORY = 2;
  private static final int FILE_SYNC = 2;
  private static final int USE_NON_PNFS = 0x10000;
  private static final long VERIFIER = 0x6469_7363_6172_6421L;
  private static final byte[] NAME = "discard".getBytes(StandardCharsets.US_ASCII);

  private final XdrReader in;
  private final XdrWriter out;
  private final GeneratedData data;
  private long lastHandle;
  private long handle;

  DiscardCompound(XdrReader in, XdrWriter out, GeneratedData data) {
    this.in = in;
    this.out = out;
    this.data = data;
  }

  /** Reads the arguments and writes the results. */
  void run() {
    in.skipOpaque(MAX_TAG_BYTES);
    in.int32(); // minor version
    int count = in.count(MAX_OPERATIONS, Integer.BYTES);
    final int statusPlace = out.reserveInt32();
    out.int32(0); // an empty tag
    int countPlace = out.reserveInt32();
    int status = OK;
    int done = 0;
    while (done < count && status == OK) {
      int number = in.int32();
      out.int32(number);
      int place = out.reserveInt32();
      status = run(number);
      if (status == OK && in.isMalformed()) {
        status = Nfs4Status.BADXDR.code();
      }
      if (status != OK) {
        out.truncateAfter(place);
        out.patchInt32(place, status);
      }
      done++;
    }
    out.patchInt32(statusPlace, status);
    out.patchInt32(countPlace, done);
  }

  private int run(int number) {
    Operation operation = Operation.ofNumber(number);
    if (operation == null) {
      return Nfs4Status.OP_ILLEGAL.code();
    }
    switch (operation) {
      case SEQUENCE -> sequence();
      case PUTFH -> putHandle();
      case PUTROOTFH, SAVEFH -> {}
      case READ -> read();
      case WRITE -> write();
      case COMMIT -> commit();
      case GETATTR -> getAttributes();
      case GETFH -> getHandle();
      case LOOKUP -> named();
      case OPEN -> open();
      case CLOSE -> close();
      case CREATE -> create();
      case REMOVE -> remove();
      case RENAME -> rename();
      case READDIR -> readDirectory();
      default -> {
        return runSetup(operation);
      }
    }
    return OK;
  }

  /** What comes before and after a session. */
  private int runSetup(Operation operation) {
    switch (operation) {
      case EXCHANGE_ID -> exchangeId();
      case CREATE_SESSION -> createSession();
      case DESTROY_SESSION -> {
        in.int64();
        in.int64();
      }
      case DESTROY_CLIENTID -> in.int64();
      case RECLAIM_COMPLETE -> in.bool();
      default -> {
        return Nfs4Status.NOTSUPP.code();
      }
    }
    return OK;
  }

  private void sequence() {
    out.int64(in.int64());
    out.int64(in.int64());
    out.int32(in.int32());
    out.int32(in.int32());
    int highestSlot = in.int32();
    in.bool();
    out.int32(highestSlot);
    out.int32(highestSlot);
    out.int32(0); // status flags
  }

  private void putHandle() {
    int at = in.opaqueIndex(MAX_OPAQUE_BYTES);
    handle = at < 0 || in.opaqueLengthBytes() < Long.BYTES ? 0 : in.buffer().getLong(at);
  }

  private void getHandle() {
    out.int32(Long.BYTES);
    out.int64(handle);
  }

  /** LOOKUP: whatever is asked for is there. */
  private void named() {
    in.skipOpaque(MAX_OPAQUE_BYTES);
    handle = ++lastHandle;
  }

  private void getAttributes() {
    Bitmap4.decode(in);
    attributes();
  }

  /** None at all. */
  private void attributes() {
    out.int32(0);
    out.int32(0);
  }

  private void stateid() {
    in.int32();
    in.int64();
    in.int32();
  }

  private void newStateid() {
    out.int32(1);
    out.int64(handle);
    out.int32(0);
  }

  private void changeInfo() {
    out.bool(true);
    out.int64(0);
    out.int64(1);
  }

  private void skipAttributes() {
    Bitmap4.decode(in);
    in.skipOpaque(MAX_OPAQUE_BYTES);
  }

  private void open() {
    in.int32(); // seqid
    in.int32(); // access
    in.int32(); // denial
    in.int64(); // client ID
    in.skipOpaque(MAX_OPAQUE_BYTES);
    if (in.int32() == OPEN_CREATE) {
      if (in.int32() < CREATE_EXCLUSIVE) {
        skipAttributes();
      } else {
        in.markMalformed(); // not by this client
      }
    }
    in.int32(); // CLAIM_NULL
    named();
    newStateid();
    changeInfo();
    out.int32(0); // result flags
    out.int32(0); // attributes set
    out.int32(0); // no delegation
  }

  private void close() {
    in.int32();
    stateid();
    newStateid();
  }

  private void read() {
    stateid();
    long offset = in.int64();
    int count = Math.clamp(in.int32(), 0, GeneratedData.MAX_BYTES);
    out.bool(false);
    out.payload(data.at(offset, count));
  }

  private void write() {
    stateid();
    in.int64();
    in.int32();
    in.skipOpaque(MAX_WRITE_BYTES);
    out.int32(in.opaqueLengthBytes());
    out.int32(FILE_SYNC);
    out.int64(VERIFIER);
  }

  private void commit() {
    in.int64();
    in.int32();
    out.int64(VERIFIER);
  }

  private void create() {
    if (in.int32() != TYPE_DIRECTORY) {
      in.markMalformed();
    }
    named();
    skipAttributes();
    changeInfo();
    out.int32(0);
  }

  private void remove() {
    in.skipOpaque(MAX_OPAQUE_BYTES);
    changeInfo();
  }

  private void rename() {
    in.skipOpaque(MAX_OPAQUE_BYTES);
    in.skipOpaque(MAX_OPAQUE_BYTES);
    changeInfo();
    changeInfo();
  }

  /** An empty directory. */
  private void readDirectory() {
    in.int64();
    in.int64();
    in.int32();
    in.int32();
    Bitmap4.decode(in);
    out.int64(VERIFIER);
    out.bool(false);
    out.bool(true);
  }

  private void exchangeId() {
    in.int64();
    in.skipOpaque(MAX_OPAQUE_BYTES);
    in.int32(); // flags
    in.int32(); // no state protection
    in.int32(); // no implementation ID
    out.int64(++lastHandle);
    out.int32(1); // sequence
    out.int32(USE_NON_PNFS);
    out.int32(0);
    out.int64(0); // server owner
    out.opaque(NAME);
    out.opaque(NAME); // scope
    out.int32(0);
  }

  private void createSession() {
    long client = in.int64();
    int sequence = in.int32();
    in.int32(); // flags
    in.int32(); // header padding
    int maxRequest = in.int32();
    int maxResponse = in.int32();
    int maxCached = in.int32();
    int maxOperations = in.int32();
    int slots = in.int32();
    skipRestOfCreateSession();
    out.int64(client);
    out.int64(~client);
    out.int32(sequence);
    out.int32(0);
    channel(
        Math.min(maxRequest, MAX_RECORD_BYTES),
        Math.min(maxResponse, MAX_RECORD_BYTES),
        maxCached,
        maxOperations,
        Math.clamp(slots, 1, MAX_SLOTS));
    channel(MAX_OPAQUE_BYTES, MAX_OPAQUE_BYTES, MAX_OPAQUE_BYTES, 2, 1);
  }

  /** No RDMA; the back channel, which nothing is sent on; its program and one AUTH_NONE. */
  private void skipRestOfCreateSession() {
    for (int words = 1 + 7 + 1 + 2; words > 0; words--) {
      in.int32();
    }
  }

  private void channel(int request, int response, int cached, int operations, int slots) {
    out.int32(0);
    out.int32(request);
    out.int32(response);
    out.int32(cached);
    out.int32(operations);
    out.int32(slots);
    out.int32(0);
  }
}
