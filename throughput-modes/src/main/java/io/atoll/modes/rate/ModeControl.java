package io.atoll.modes.rate;

import io.atoll.modes.rate.ChangeVerdict.Accepted;
import io.atoll.modes.rate.ChangeVerdict.Reason;
import io.atoll.modes.rate.ChangeVerdict.Refused;
import java.util.concurrent.TimeUnit;

/**
 * Which settings a file system may have, and when they may change: provisioned throughput is raised
 * at any time; lowering it or another mode must wait after the last such change, as in EFS.
 * Loop-confined; the clock is monotonic.
 */
public final class ModeControl {

  /** Of {@link #secondsSinceRestrictedChange}: there was none. */
  public static final long NEVER = -1;

  private static final double BYTES_PER_MIB = 1L << 20;

  private final PerformanceMode performanceMode;
  private final ThroughputLimits limits;
  private ThroughputSettings settings;
  private boolean changed;
  private long changedNanos;

  /**
   * @param settings as they are
   * @param secondsSinceRestrictedChange since the last change that others must wait after, or
   *     {@link #NEVER}
   */
  public ModeControl(
      PerformanceMode performanceMode,
      ThroughputLimits limits,
      ThroughputSettings settings,
      long secondsSinceRestrictedChange,
      long nowNanos) {
    this.performanceMode = performanceMode;
    this.limits = limits;
    this.settings = settings;
    this.changed = secondsSinceRestrictedChange != NEVER;
    this.changedNanos = nowNanos - TimeUnit.SECONDS.toNanos(secondsSinceRestrictedChange);
  }

  /** Whether a file system may be made with these settings. */
  public static ChangeVerdict judge(
      PerformanceMode performanceMode, ThroughputLimits limits, ThroughputSettings wanted) {
    if (wanted.mode() == ThroughputMode.ELASTIC && performanceMode == PerformanceMode.MAX_IO) {
      return refused(
          Reason.BAD_REQUEST,
          "ThroughputMode elastic: not with PerformanceMode maxIO, which is fixed at creation;"
              + " allowed are bursting and provisioned");
    }
    long rate = wanted.provisionedBytesPerSecond();
    if (wanted.mode() != ThroughputMode.PROVISIONED) {
      return rate == 0
          ? new Accepted(wanted)
          : refused(
              Reason.BAD_REQUEST,
              inMibps(rate)
                  + ": only with ThroughputMode provisioned, not with "
                  + wanted.mode().apiName());
    }
    if (rate < ThroughputLimits.MIN_BYTES_PER_SECOND) {
      return refused(Reason.BAD_REQUEST, inMibps(rate) + allowed(limits));
    }
    if (rate > limits.ceilingBytesPerSecond()) {
      return refused(Reason.THROUGHPUT_LIMIT_EXCEEDED, inMibps(rate) + allowed(limits));
    }
    return new Accepted(wanted);
  }

  /** Changes the settings, if they may be changed now. The same again is no change. */
  public ChangeVerdict change(ThroughputSettings wanted, long nowNanos) {
    ChangeVerdict verdict = judge(performanceMode, limits, wanted);
    if (verdict instanceof Refused || wanted.equals(settings)) {
      return verdict;
    }
    boolean restricted =
        wanted.mode() != settings.mode()
            || wanted.provisionedBytesPerSecond() < settings.provisionedBytesPerSecond();
    if (restricted) {
      long waitSeconds = secondsToWait(nowNanos);
      if (waitSeconds > 0) {
        return new Refused(Reason.TOO_MANY_REQUESTS, tooSoon(wanted, waitSeconds), waitSeconds);
      }
      changed = true;
      changedNanos = nowNanos;
    }
    settings = wanted;
    return verdict;
  }

  private long secondsToWait(long nowNanos) {
    if (!changed) {
      return 0;
    }
    long leftNanos = TimeUnit.SECONDS.toNanos(limits.changeWaitSeconds()) - since(nowNanos);
    return Math.ceilDiv(Math.max(0, leftNanos), TimeUnit.SECONDS.toNanos(1));
  }

  private long since(long nowNanos) {
    return Math.max(0, nowNanos - changedNanos);
  }

  private String tooSoon(ThroughputSettings wanted, long waitSeconds) {
    String what =
        wanted.mode() != settings.mode()
            ? "ThroughputMode "
                + wanted.mode().apiName()
                + " instead of "
                + settings.mode().apiName()
            : inMibps(wanted.provisionedBytesPerSecond())
                + " instead of "
                + mibps(settings.provisionedBytesPerSecond());
    return what
        + ": the mode was changed or the provisioned throughput lowered less than "
        + limits.changeWaitSeconds()
        + " s ago; allowed in "
        + waitSeconds
        + " s, and raising provisioned throughput at any time";
  }

  private static Refused refused(Reason reason, String message) {
    return new Refused(reason, message, 0);
  }

  private static String allowed(ThroughputLimits limits) {
    return ": must be from "
        + mibps(ThroughputLimits.MIN_BYTES_PER_SECOND)
        + " to "
        + mibps(limits.ceilingBytesPerSecond())
        + ", this node's ceiling";
  }

  private static String inMibps(long bytesPerSecond) {
    return "ProvisionedThroughputInMibps " + mibps(bytesPerSecond);
  }

  private static String mibps(long bytesPerSecond) {
    double value = bytesPerSecond / BYTES_PER_MIB;
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  public ThroughputSettings settings() {
    return settings;
  }

  public PerformanceMode performanceMode() {
    return performanceMode;
  }

  /** Since the last change that others must wait after, or {@link #NEVER}. */
  public long secondsSinceRestrictedChange(long nowNanos) {
    return changed ? TimeUnit.NANOSECONDS.toSeconds(since(nowNanos)) : NEVER;
  }
}
