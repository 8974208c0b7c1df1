package io.atoll.nfs4.compound;

import static io.atoll.xdr.XdrBytes.xdr;

import io.atoll.fs.FileHandle;
import io.atoll.fs.memory.Completions;
import io.atoll.fs.memory.MemoryFileSystem;
import io.atoll.nfs4.op.CompoundCall;
import io.atoll.nfs4.op.Export;
import io.atoll.nfs4.op.FileOperations;
import io.atoll.nfs4.op.Op;
import io.atoll.nfs4.op.Squash;
import io.atoll.nfs4.op.StateidCheck;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.ServerFacts;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.nfs4.wire.WritePayloadFinder;
import io.atoll.rpc.Calls;
import io.atoll.rpc.ManualLoop;
import io.atoll.rpc.PayloadAllocator;
import io.atoll.rpc.RpcLimits;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrBytes;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * A server of whole compounds on a file system in memory: from the bytes of a record to the bytes
 * of its reply.
 */
final class NfsHarness implements AutoCloseable {
  static final ServerFacts FACTS = new ServerFacts(90, 1 << 20, 1 << 20);
  static final int SEQUENCE = Operation.SEQUENCE.number();
  private static final int MAX_REPLY_BYTES = (1 << 20) + 64 * 1024;

  /** Number, status, and what SEQUENCE gives. */
  static final int SEQUENCE_RESULT_BYTES = 2 * 4 + 16 + 5 * 4;

  final ManualLoop loop = new ManualLoop();
  final FakeSession session = new FakeSession();
  final MemoryFileSystem fileSystem;
  final Export export;
  final Map<Operation, Op> ops;
  final TestConnection connection;
  Nfs4Status stateidStatus = Nfs4Status.OK;
  Stateid lastStateid;
  boolean heldOpen;

  /** What DELEGPURGE, which nobody serves, is to do. */
  Op odd = call -> call.done(Nfs4Status.NOTSUPP);

  private int lastXid;

  NfsHarness(Completions completions) {
    this(completions, NfsHarness::noPayloadBuffer);
  }

  NfsHarness(Completions completions, PayloadAllocator payloads) {
    this(completions, payloads, new UnpooledByteBufAllocator(true));
  }

  NfsHarness(Completions completions, PayloadAllocator payloads, ByteBufAllocator allocator) {
    fileSystem = new MemoryFileSystem(completions);
    export = Export.of(fileSystem, Squash.DEFAULT, FACTS);
    ops = FileOperations.all(this::checkStateid);
    ops.put(Operation.SEQUENCE, session);
    ops.put(Operation.DELEGPURGE, call -> odd.start(call));
    NfsProgram program =
        new NfsProgram(
            export,
            List.of(new OpTable(0, ops), new OpTable(1, ops)),
            MAX_REPLY_BYTES,
            loop::monotonicNanos);
    connection =
        new TestConnection(
            allocator, loop, RpcLimits.DEFAULT, new WritePayloadFinder(1 << 20), payloads, program);
  }

  private static ByteBuf noPayloadBuffer(long offset, int length) {
    return null;
  }

  private Nfs4Status checkStateid(CompoundCall call, FileHandle file, Stateid stateid, int access) {
    lastStateid = stateid;
    call.heldOpen(heldOpen);
    assert access == StateidCheck.READ || access == StateidCheck.WRITE;
    return stateidStatus;
  }

  /** A call with a compound of some operations, without SEQUENCE. */
  byte[] bare(int minorVersion, int count, byte[] operations) {
    return compound("tag", minorVersion, count, operations);
  }

  private byte[] compound(String tag, int minorVersion, int count, byte[] operations) {
    lastXid++;
    return Calls.header(lastXid, Calls.NFS, 4, 1, 0)
        .string(tag)
        .i(minorVersion, count)
        .raw(operations)
        .bytes();
  }

  static XdrBytes sequence() {
    return xdr().i(SEQUENCE).l(1, 2).i(7, 0, 0, 0);
  }

  /** A call with SEQUENCE and some operations. */
  byte[] inSession(int count, byte[] operations) {
    return compound("tag", 1, count + 1, sequence().raw(operations).bytes());
  }

  /** Runs operations after a SEQUENCE and gives the compound's result. */
  Result run(int count, XdrBytes operations) {
    return Result.of(connection.call(inSession(count, operations.bytes())));
  }

  /** Runs operations on {@code file} after a SEQUENCE. */
  Result runOn(FileHandle file, int count, XdrBytes operations) {
    return run(count + 1, putFh(file).raw(operations.bytes()));
  }

  XdrBytes putFh(FileHandle file) {
    return xdr().i(Operation.PUTFH.number()).raw(handle(file));
  }

  XdrBytes putRootFh() {
    return xdr().i(Operation.PUTROOTFH.number());
  }

  byte[] handle(FileHandle file) {
    return handle(file, FileHandleCodec.WHOLE);
  }

  byte[] handle(FileHandle file, long accessPoint) {
    XdrWriter writer = new XdrWriter().begin(PooledByteBufAllocator.DEFAULT, 64);
    export.handles().encode(writer, file, accessPoint);
    byte[] bytes = new byte[writer.position()];
    writer.buffer().getBytes(0, bytes);
    writer.discard();
    return bytes;
  }

  @Override
  public void close() {
    connection.close();
  }

  /** A COMPOUND4res: status, count of results, and what stands after SEQUENCE's result. */
  record Result(int status, int count, ByteBuffer rest) {

    /** Of a reply with the tag {@code tag}. */
    static Result of(byte[] reply) {
      ByteBuffer bytes = ByteBuffer.wrap(reply);
      bytes.position(6 * Integer.BYTES);
      int status = bytes.getInt();
      int tagBytes = bytes.getInt();
      bytes.position(bytes.position() + (tagBytes + 3 & ~3));
      int count = bytes.getInt();
      if (count > 0 && bytes.getInt(bytes.position()) == SEQUENCE) {
        boolean ok = bytes.getInt(bytes.position() + 4) == 0;
        bytes.position(bytes.position() + (ok ? SEQUENCE_RESULT_BYTES : 8));
      }
      return new Result(status, count, bytes);
    }

    boolean isOk() {
      return status == 0;
    }

    /** Passes over the next result, which must be {@code operation}'s with {@code expected}. */
    Result next(Operation operation, Nfs4Status expected) {
      int number = rest.getInt();
      int code = rest.getInt();
      if (number != operation.number() || code != expected.code()) {
        throw new AssertionError(
            "operation " + number + " gave " + code + ", not " + operation + " " + expected);
      }
      return this;
    }

    Result next(Operation operation) {
      return next(operation, Nfs4Status.OK);
    }

    int i() {
      return rest.getInt();
    }

    long l() {
      return rest.getLong();
    }

    byte[] opaque() {
      byte[] bytes = new byte[rest.getInt()];
      rest.get(bytes);
      rest.position(rest.position() + (-bytes.length & 3));
      return bytes;
    }

    Result skip(int bytes) {
      rest.position(rest.position() + bytes);
      return this;
    }

    /** Fails unless all has been read. */
    void end() {
      if (rest.hasRemaining()) {
        throw new AssertionError(rest.remaining() + " bytes follow");
      }
    }
  }
}
