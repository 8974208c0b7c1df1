package io.atoll.fs.store;

import static io.atoll.nfs4.op.Requests.op;
import static io.atoll.nfs4.op.Requests.sequence;
import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.fs.FileHandle;
import io.atoll.fs.QuotaLimits;
import io.atoll.nfs4.compound.NfsProgram;
import io.atoll.nfs4.compound.OpTable;
import io.atoll.nfs4.op.CompoundCall;
import io.atoll.nfs4.op.Export;
import io.atoll.nfs4.op.FileOperations;
import io.atoll.nfs4.op.Op;
import io.atoll.nfs4.op.Reply;
import io.atoll.nfs4.wire.Attribute;
import io.atoll.nfs4.wire.FileHandleCodec;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.ServerFacts;
import io.atoll.nfs4.wire.WritePayloadFinder;
import io.atoll.rpc.Calls;
import io.atoll.rpc.ManualLoop;
import io.atoll.rpc.RpcLimits;
import io.atoll.rpc.TestConnection;
import io.atoll.xdr.XdrBytes;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quotas as clients of either minor version meet them, in whole compounds on a real store. */
class QuotaCompoundsTest {
  private static final int BLOCK = 4096;
  private static final long OBJECT = 2048;
  private static final long LIMIT = 2 * OBJECT + 4 * BLOCK;
  private static final int SEQUENCE_RESULT_BYTES = 16 + 5 * Integer.BYTES;
  private static final int UNSTABLE = 0;
  private static final int FILE_SYNC = 2;
  private static final int DIRECTORY = 2;

  private final TestFs fs = new TestFs(11);
  private final ManualLoop loop = new ManualLoop();
  private final FileHandle dir = fs.mkdir(fs.root(), "dir");
  private final FileHandle file = fs.file(dir, "file");
  private final FileHandle outside = fs.mkdir(fs.root(), "outside");
  private Export export;
  private TestConnection connection;
  private int minorVersion;
  private int xid;

  @BeforeEach
  void serve() {
    fs.quota(dir, new QuotaLimits(LIMIT, QuotaLimits.NONE)).ok();
    fs.count();
    export = Export.of(fs.fs, credential -> TestFs.ROOT, facts());
    Map<Operation, Op> ops =
        FileOperations.all((call, handle, stateid, access) -> {
          call.heldOpen(true);
          return Nfs4Status.OK;
        });
    ops.put(Operation.SEQUENCE, QuotaCompoundsTest::sequenced);
    NfsProgram program =
        new NfsProgram(
            export,
            List.of(new OpTable(0, ops), new OpTable(1, ops)),
            1 << 20,
            loop::monotonicNanos);
    connection =
        new TestConnection(
            loop,
            RpcLimits.DEFAULT,
            new WritePayloadFinder(1 << 20),
            (offset, length) -> MemoryVolume.aligned(length, (int) (offset % BLOCK)).clear(),
            program);
  }

  private static ServerFacts facts() {
    return new ServerFacts(90, 1 << 20, 1 << 20);
  }

  /** As if there were a session: of its slots nothing is seen here. */
  private static void sequenced(CompoundCall call) {
    call.reader().int64();
    call.reader().int64();
    for (int i = 0; i < 4; i++) {
      call.reader().int32();
    }
    for (int i = 0; i < SEQUENCE_RESULT_BYTES / Integer.BYTES; i++) {
      call.writer().int32(0);
    }
    call.done(Nfs4Status.OK);
  }

  @AfterEach
  void close() {
    connection.close();
    fs.check();
  }

  private Reply run(FileHandle on, int count, XdrBytes operations) {
    XdrBytes all = xdr();
    int begin = 0;
    if (minorVersion == 1) {
      all.raw(sequence(1, 2, 1, 0, 0, false).bytes());
      begin = 1;
    }
    all.raw(op(Operation.PUTFH).raw(handle(on)).bytes()).raw(operations.bytes());
    byte[] call =
        Calls.header(++xid, Calls.NFS, 4, 1, 0)
            .string("")
            .i(minorVersion, begin + 1 + count)
            .raw(all.bytes())
            .bytes();
    connection.receive(Calls.record(call));
    fs.loop.runUntilIdle();
    loop.advance(0);
    Reply reply = new Reply(connection.replies().getFirst());
    if (begin == 1) {
      reply.ok(Operation.SEQUENCE).skip(SEQUENCE_RESULT_BYTES);
    }
    return reply.ok(Operation.PUTFH);
  }

  private byte[] handle(FileHandle of) {
    XdrWriter writer = new XdrWriter().begin(PooledByteBufAllocator.DEFAULT, 64);
    export.handles().encode(writer, of, FileHandleCodec.WHOLE);
    byte[] bytes = new byte[writer.position()];
    writer.buffer().getBytes(0, bytes);
    writer.discard();
    return bytes;
  }

  private static XdrBytes stateid(Operation operation) {
    return op(operation).i(0, 0, 0, 0);
  }

  private static XdrBytes write(int block, int blocks, int stability) {
    return stateid(Operation.WRITE)
        .l((long) block * BLOCK)
        .i(stability)
        .opaque(new byte[blocks * BLOCK]);
  }

  private static XdrBytes setSize(long size) {
    return stateid(Operation.SETATTR).i(1, 1 << Attribute.SIZE).opaque(xdr().l(size).bytes());
  }

  private static XdrBytes mkdir(String name) {
    return op(Operation.CREATE).i(DIRECTORY).string(name).i(0, 0);
  }

  private void refused(FileHandle on, XdrBytes operation, Operation number, Nfs4Status with) {
    Reply reply = run(on, 1, operation);
    reply.is(with);
    reply.next(number, with);
  }

  /** The values of attributes of 64 bits, by their numbers. */
  private long[] attributes(FileHandle of, int... numbers) {
    int[] words = new int[2];
    for (int number : numbers) {
      words[number / 32] |= 1 << (number % 32);
    }
    Reply reply = run(of, 1, op(Operation.GETATTR).i(2).i(words)).ok(Operation.GETATTR);
    assertEquals(2, reply.i());
    assertEquals(words[0], reply.i());
    assertEquals(words[1], reply.i());
    assertEquals(numbers.length * Long.BYTES, reply.i());
    long[] values = new long[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = reply.l();
    }
    return values;
  }

  private long[] quotaOf(FileHandle of) {
    return attributes(
        of, Attribute.QUOTA_AVAIL_HARD, Attribute.QUOTA_AVAIL_SOFT, Attribute.QUOTA_USED);
  }

  private long[] spaceOf(FileHandle of) {
    return attributes(of, Attribute.SPACE_AVAIL, Attribute.SPACE_FREE, Attribute.SPACE_TOTAL);
  }

  private static void assertValues(long[] found, long... expected) {
    assertEquals(List.of(box(expected)), List.of(box(found)));
  }

  private static Long[] box(long[] values) {
    Long[] boxed = new Long[values.length];
    for (int i = 0; i < values.length; i++) {
      boxed[i] = values[i];
    }
    return boxed;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatGoesOverIsDquotAndWhatIsLeftIsTold(int minor) {
    minorVersion = minor;
    assertValues(spaceOf(dir), 4 * BLOCK, 4 * BLOCK, LIMIT);
    assertValues(quotaOf(file), 4 * BLOCK, 4 * BLOCK, 2 * OBJECT);
    run(file, 1, write(0, 3, UNSTABLE)).ok(Operation.WRITE);
    assertValues(quotaOf(dir), BLOCK, BLOCK, 2 * OBJECT + 3 * BLOCK);
    refused(file, write(3, 2, UNSTABLE), Operation.WRITE, Nfs4Status.DQUOT);
    refused(file, write(3, 2, FILE_SYNC), Operation.WRITE, Nfs4Status.DQUOT);
    run(file, 1, write(3, 1, FILE_SYNC)).ok(Operation.WRITE);
    assertValues(spaceOf(dir), 0, 0, LIMIT);
    refused(dir, mkdir("more"), Operation.CREATE, Nfs4Status.DQUOT);
    run(file, 1, write(0, 4, FILE_SYNC)).ok(Operation.WRITE);
    run(file, 1, op(Operation.COMMIT).l(0).i(0)).ok(Operation.COMMIT);
    run(file, 1, setSize(3 * BLOCK));
    assertValues(spaceOf(dir), BLOCK, BLOCK, LIMIT);
    run(dir, 1, mkdir("more")).ok(Operation.CREATE);
    run(dir, 1, op(Operation.REMOVE).string("more")).ok(Operation.REMOVE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void lengthThatNeedsABlockThatIsNotLeftIsDquot(int minor) {
    minorVersion = minor;
    run(file, 1, write(0, 4, FILE_SYNC)).ok(Operation.WRITE);
    fs.quota(dir, new QuotaLimits(3 * OBJECT + 4 * BLOCK, QuotaLimits.NONE)).ok();
    FileHandle small = fs.file(dir, "small");
    run(small, 1, stateid(Operation.WRITE).l(0).i(FILE_SYNC).opaque(new byte[2000]))
        .ok(Operation.WRITE);
    refused(small, setSize(3000), Operation.SETATTR, Nfs4Status.DQUOT);
    run(file, 1, setSize(0));
    assertEquals(Nfs4Status.OK.code(), run(small, 1, setSize(3000)).status());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void namesThatWouldLeadAcrossAreXdev(int minor) {
    minorVersion = minor;
    FileHandle other = fs.file(outside, "other");
    XdrBytes link =
        op(Operation.SAVEFH)
            .raw(op(Operation.PUTFH).raw(handle(dir)).bytes())
            .raw(op(Operation.LINK).string("link").bytes());
    Reply linked = run(other, 3, link).ok(Operation.SAVEFH).ok(Operation.PUTFH);
    linked.next(Operation.LINK, Nfs4Status.XDEV);
    XdrBytes rename =
        op(Operation.SAVEFH)
            .raw(op(Operation.PUTFH).raw(handle(dir)).bytes())
            .raw(op(Operation.RENAME).string("outside").string("inside").bytes());
    Reply renamed = run(fs.root(), 3, rename).ok(Operation.SAVEFH).ok(Operation.PUTFH);
    renamed.next(Operation.RENAME, Nfs4Status.XDEV);
    run(file, 1, write(0, 4, FILE_SYNC)).ok(Operation.WRITE);
    XdrBytes move =
        op(Operation.SAVEFH)
            .raw(op(Operation.PUTFH).raw(handle(dir)).bytes())
            .raw(op(Operation.RENAME).string("other").string("other").bytes());
    Reply moved = run(outside, 3, move).ok(Operation.SAVEFH).ok(Operation.PUTFH);
    moved.next(Operation.RENAME, Nfs4Status.DQUOT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void withoutAQuotaTheDiskIsTheLimit(int minor) {
    minorVersion = minor;
    long available = spaceOf(outside)[0];
    assertValues(
        quotaOf(outside),
        available,
        available,
        4 * OBJECT); // the root, both directories and the file
  }
}
