package io.atoll.perf.jmh;

import io.atoll.io.loop.Loop;
import io.atoll.modes.admission.Admission;
import io.atoll.modes.admission.AdmissionClient;
import io.atoll.modes.admission.AdmissionLimits;
import io.atoll.modes.admission.AdmissionRequest;
import io.atoll.modes.admission.Admittance;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.meter.RequestKind;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.Credits;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputSettings;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What admission costs a request: one that may start at once, and one that waits its turn behind
 * those of so many clients. Requests are of 4 KiB to 1 MiB.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AdmissionBenchmark {

  private static final long RATE_BYTES_PER_SECOND = 1L << 30;

  /** Requests in one invocation: so many that the clock's steps between turns don't count. */
  private static final int REQUESTS = 1024;

  private static final int COSTS = 4096;

  /** Clients that always have four requests waiting. */
  @Param({"1", "64", "4096"})
  public int clients;

  private final TurnLoop loop = new TurnLoop();
  private final long[] costs = new long[COSTS];
  private final Admission waiting = admission(RATE_BYTES_PER_SECOND);
  private final Admission free = admission(ThroughputLimits.MAX_BYTES_PER_SECOND);
  private final AdmissionClient alone = new AdmissionClient(reading -> {});
  private final Again idle = new Again(alone);
  private int next;
  private long admitted;
  private long target;

  private Admission admission(long bytesPerSecond) {
    ThroughputLimits limits = new ThroughputLimits(bytesPerSecond, bytesPerSecond, 0);
    Allowance allowance =
        new Allowance(limits, ThroughputSettings.ELASTIC, 0, Credits.NONE, loop.monotonicNanos());
    return new Admission(loop, allowance, AdmissionLimits.DEFAULT);
  }

  /** Asks again as soon as it has been admitted. */
  private final class Again extends AdmissionRequest {
    private final AdmissionClient client;

    Again(AdmissionClient client) {
      this.client = client;
    }

    @Override
    protected void admitted() {
      admitted++;
      waiting.submit(client, this, nextCost());
    }
  }

  private long nextCost() {
    return costs[next++ & (COSTS - 1)];
  }

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < COSTS; i++) {
      costs[i] = Metering.thirdsOf(RequestKind.DATA_WRITE, 4096L << random.nextInt(9));
    }
    for (int i = 0; i < clients; i++) {
      AdmissionClient client = new AdmissionClient(reading -> {});
      for (int request = 0; request < 4; request++) {
        Again again = new Again(client);
        while (waiting.submit(client, again, nextCost()) != Admittance.QUEUED) {
          // The bucket was full at first.
        }
      }
    }
  }

  /** A request that may start at once: nobody waits. */
  @Benchmark
  public Admittance startAtOnce() {
    loop.nowNanos += 2_000;
    return free.submit(alone, idle, nextCost());
  }

  /** A request that waits in the queue, is admitted in its turn, and asks again. */
  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public long waitForTurn() {
    target += REQUESTS;
    while (admitted < target) {
      loop.runNext();
    }
    return admitted;
  }

  /** A loop that has one task to run at a time, and whose clock goes on to when that is due. */
  private static final class TurnLoop implements Loop {
    private static final Timer NEVER_CANCELLED = () -> {};

    private long nowNanos;
    private long dueNanos;
    private Runnable task;

    void runNext() {
      nowNanos = dueNanos;
      task.run();
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public void execute(Runnable nextTask) {
      schedule(0, nextTask);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable nextTask) {
      task = nextTask;
      dueNanos = nowNanos + delayNanos;
      return NEVER_CANCELLED;
    }

    @Override
    public long monotonicNanos() {
      return nowNanos;
    }

    @Override
    public long wallClockNanos() {
      return nowNanos;
    }
  }
}
