package io.atoll.perf.jmh;

import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The XDR of a compound SEQUENCE, PUTFH, WRITE or READ (RFC 8881): reading a call of WRITE, writing
 * a reply to READ. Codecs alone, no protocol.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class XdrBenchmark {

  private static final int SEQUENCE = 53;
  private static final int PUTFH = 22;
  private static final int READ = 25;
  private static final int WRITE = 38;
  private static final int HANDLE_BYTES = 32;
  private static final int MAX_HANDLE_BYTES = 128;
  private static final int MAX_PAYLOAD_BYTES = 1 << 20;
  private static final int REPLY_BYTES = 256;

  /** Length of the data. */
  @Param({"4096", "1048576"})
  public int payloadBytes;

  private final XdrReader reader = new XdrReader();
  private final XdrWriter writer = new XdrWriter();
  private ByteBuf payload;
  private ByteBuf call;

  @Setup
  public void encode() {
    payload = PooledByteBufAllocator.DEFAULT.directBuffer(payloadBytes).writeZero(payloadBytes);
    call = PooledByteBufAllocator.DEFAULT.directBuffer(payloadBytes + REPLY_BYTES);
    call.writeInt(3);
    call.writeInt(SEQUENCE).writeLong(1).writeLong(2).writeInt(3).writeInt(4).writeInt(5);
    call.writeInt(1);
    call.writeInt(PUTFH).writeInt(HANDLE_BYTES).writeZero(HANDLE_BYTES);
    call.writeInt(WRITE).writeInt(1).writeLong(2).writeInt(3);
    call.writeLong(0).writeInt(2).writeInt(payloadBytes).writeBytes(payload.duplicate());
  }

  @TearDown
  public void free() {
    payload.release();
    call.release();
  }

  @Benchmark
  public long readWriteCall() {
    reader.wrap(call, 0, call.readableBytes());
    long sum = reader.count(3, Integer.BYTES);
    sum += reader.int32() + reader.int64() + reader.int64();
    sum += reader.int32() + reader.int32() + reader.int32();
    sum += reader.bool() ? 1 : 0;
    sum += reader.int32() + reader.opaqueIndex(MAX_HANDLE_BYTES);
    sum += reader.int32() + Stateid.decode(reader).seqid();
    sum += reader.int64() + reader.enumerator(2);
    ByteBuf data = reader.payload(MAX_PAYLOAD_BYTES);
    if (reader.isMalformed()) {
      throw new IllegalStateException("the call of this benchmark is malformed");
    }
    sum += data.readableBytes();
    data.release();
    return sum;
  }

  @Benchmark
  public int writeReadReply() {
    writer.begin(PooledByteBufAllocator.DEFAULT, REPLY_BYTES);
    int status = writer.reserveInt32();
    writer.int32(0);
    writer.int32(3);
    writer.int32(SEQUENCE);
    writer.int32(0);
    writer.int64(1);
    writer.int64(2);
    writer.int32(3);
    writer.int32(4);
    writer.int32(5);
    writer.int32(5);
    writer.int32(0);
    writer.int32(PUTFH);
    writer.int32(0);
    writer.int32(READ);
    writer.int32(0);
    writer.bool(true);
    writer.payload(payload.retain());
    writer.patchInt32(status, 0);
    int bytes = writer.position();
    writer.discard();
    return bytes;
  }
}
