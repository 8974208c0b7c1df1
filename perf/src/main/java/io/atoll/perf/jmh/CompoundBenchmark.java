package io.atoll.perf.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole compound, from the bytes of its record to the buffers of its reply: record, RPC header
 * and credential, slot, pump, operations, stateids, reply; over a file system that answers at once.
 * Compounds are SEQUENCE, PUTFH and the operation, but for a NULL call, which shows what Netty's
 * channel without a socket takes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {
      LoopThreads.OPTION,
      LoopThreads.CLASS_OPTION,
      "-Dio.netty.leakDetection.level=disabled"
    })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CompoundBenchmark {
  private static final int BLOCK_BYTES = 4096;

  private final SocketlessServer server = new SocketlessServer(new OneFileSystem(BLOCK_BYTES));
  private SessionCalls calls;
  private ByteBuf nullCall;
  private SessionCalls.Call getAttributes;
  private SessionCalls.Call read;
  private SessionCalls.Call write;

  @Setup
  public void begin() {
    calls = new SessionCalls(server);
    nullCall = SessionCalls.nullCall();
    getAttributes = calls.getAttributes();
    read = calls.read(BLOCK_BYTES);
    write = calls.write(Unpooled.buffer(BLOCK_BYTES).writeZero(BLOCK_BYTES));
  }

  @TearDown
  public void end() {
    server.close();
  }

  @Benchmark
  public int nullCall() {
    server.receive(nullCall);
    return server.discardSent();
  }

  @Benchmark
  public int getAttributes() {
    return calls.make(getAttributes);
  }

  @Benchmark
  public int read4KiB() {
    return calls.make(read);
  }

  @Benchmark
  public int write4KiB() {
    return calls.make(write);
  }
}
