package io.atoll.perf.jmh;

import io.atoll.nfs4.state.ByteRangeLockSet;
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
import org.openjdk.jmh.annotations.Warmup;

/** A lock on a file that others have locked elsewhere: looked for, taken and given back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LockTableBenchmark {
  private static final long RANGE_BYTES = 4096;
  private static final int RANGES_MAX = 10_000;
  private static final Integer OWN = -1;

  /** Ranges that others hold on the file, each of an owner of its own. */
  @Param({"0", "10", "1000"})
  public int others;

  private final ByteRangeLockSet<Integer> locks = new ByteRangeLockSet<>();
  private long firstByte;

  @Setup
  public void lockOthers() {
    for (int owner = 0; owner < others; owner++) {
      long first = 2L * owner * RANGE_BYTES;
      locks.apply(
          owner, ByteRangeLockSet.Mode.EXCLUSIVE, first, first + RANGE_BYTES - 1, RANGES_MAX);
    }
    firstByte = (others | 1) * RANGE_BYTES; // in a gap in the middle
  }

  @Benchmark
  public boolean lockAndUnlock() {
    long last = firstByte + RANGE_BYTES - 1;
    return locks.conflict(OWN, ByteRangeLockSet.Mode.EXCLUSIVE, firstByte, last) == null
        && locks.apply(OWN, ByteRangeLockSet.Mode.EXCLUSIVE, firstByte, last, RANGES_MAX)
        && locks.apply(OWN, ByteRangeLockSet.Mode.UNLOCKED, firstByte, last, RANGES_MAX);
  }
}
