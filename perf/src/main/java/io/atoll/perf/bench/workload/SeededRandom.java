package io.atoll.perf.bench.workload;

/** SplitMix64: the same numbers for the same seed, and nothing allocated. Not thread-safe. */
public final class SeededRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /** A sequence of its own for each {@code stream} under one seed. */
  public SeededRandom(long seed, long stream) {
    state = mix(seed + mix(stream + GOLDEN_GAMMA));
  }

  public long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** From 0 to {@code bound} − 1. */
  public int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  /** From 0 to 1. */
  public double share() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  /** Spreads the bits of {@code value}. */
  public static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
