package io.atoll.perf.jmh;

import io.atoll.io.buffer.AlignedBufferPool;
import io.atoll.io.buffer.BlockChecksums;
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

/** The CRC-32C of each 4 KiB block of a write, and its check after a read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BlockChecksumsBenchmark {

  /** Length of the data. */
  @Param({"4096", "1048576"})
  public int bytes;

  private final BlockChecksums checksums = new BlockChecksums();
  private AlignedBufferPool pool;
  private ByteBuf data;
  private int[] crcs;

  @Setup
  public void fill() {
    pool = new AlignedBufferPool(AlignedBufferPool.SLAB_BYTES);
    data = pool.take(bytes);
    for (int i = 0; i < bytes; i += Long.BYTES) {
      data.setLong(i, (i + 1L) * 0x9E3779B97F4A7C15L);
    }
    crcs = new int[bytes / BlockChecksums.BLOCK_BYTES];
    checksums.ofBlocks(data, 0, crcs.length, crcs, 0);
  }

  @TearDown
  public void free() {
    data.release();
    pool.close();
  }

  @Benchmark
  public int[] make() {
    checksums.ofBlocks(data, 0, crcs.length, crcs, 0);
    return crcs;
  }

  @Benchmark
  public int check() {
    return checksums.firstMismatch(data, 0, crcs.length, crcs, 0);
  }
}
