package io.atoll.perf.jmh;

import io.atoll.io.space.RegionSize;
import io.atoll.io.space.SpaceMap;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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

/**
 * Finding free blocks for a write, and freeing as many: in empty space, and between used blocks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SpaceMapBenchmark {

  private static final long SIZE_BLOCKS = (16L << 30) / 4096;

  /** How many blocks of 4 KiB are wanted. */
  @Param({"1", "256"})
  public int blocks;

  /** How many of 100 runs of 8 blocks are in use, at random. */
  @Param({"0", "50"})
  public int usedPercent;

  private SpaceMap map;

  @Setup
  public void fill() {
    map = new SpaceMap(RegionSize.STANDARD);
    map.grow(SIZE_BLOCKS);
    List<Runnable> releases = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (long at = 0; at < SIZE_BLOCKS; at += 8) {
      var taken = map.allocate(8);
      if (random.nextInt(100) >= usedPercent) {
        releases.add(() -> taken.forEach(map::release));
      }
    }
    releases.forEach(Runnable::run);
  }

  @Benchmark
  public long allocateAndRelease() {
    long sum = 0;
    for (var run : map.allocate(blocks)) {
      sum += run.address();
      map.release(run);
    }
    return sum;
  }
}
