package io.atoll.perf.jmh;

import io.atoll.io.buffer.AlignedBufferPool;
import io.netty.buffer.ByteBuf;
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

/** Taking and giving back an aligned buffer, with others out. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AlignedBufferPoolBenchmark {

  private static final int SLABS = 4;
  private static final int OTHERS = 256;

  /** Length of the buffer. */
  @Param({"4096", "1048576"})
  public int bytes;

  private final ByteBuf[] others = new ByteBuf[OTHERS];
  private AlignedBufferPool pool;

  @Setup
  public void open() {
    pool = new AlignedBufferPool((long) SLABS * AlignedBufferPool.SLAB_BYTES);
    for (int i = 0; i < OTHERS; i++) {
      others[i] = pool.take((1 + i % 8) * AlignedBufferPool.PAGE_BYTES);
    }
  }

  @TearDown
  public void close() {
    for (ByteBuf other : others) {
      other.release();
    }
    pool.close();
  }

  @Benchmark
  public boolean takeAndRelease() {
    return pool.take(bytes).release();
  }
}
