package io.atoll.modes.rate;

import io.atoll.modes.meter.Metering;

/**
 * What a file system may start now: a bucket that the permitted rate fills and requests empty, and
 * the burst credits that decide about that rate. Loop-confined; time is a monotonic clock's, handed
 * in, and counts by whole microseconds.
 *
 * <p><b>The bucket</b> holds {@link #BUCKET_MILLIS} of the permitted rate: so much of what was not
 * used is made up for, and a loop that is late by less loses nothing. A request may start while
 * there is anything in it, and takes its whole cost, into debt if need be. Over any time, then, no
 * more starts than the rate gives, the bucket's content and one request; and half of that content
 * for small requests that start ahead of their time, while the bucket is in debt for a large one
 * ({@link #takeAhead}).
 *
 * <p><b>Credits</b> change by baseline less metered, as EFS's do. They are booked into debt too: if
 * they were cut off at zero, each request larger than the rest of them would be given what lacks.
 * The debt has a bound, the bucket's content and {@link #MAX_REQUEST_BYTES}, so that a small file
 * system, which uses its floor of 1 MiB/s and earns less, does not sink into it.
 *
 * <p>Credits are earned and spent only while bursting rules hold; under provisioned throughput
 * above the baseline, and elastic, they stay what they are. If the baseline of the size is above
 * the provisioned rate, bursting rules hold, as in EFS.
 */
public final class Allowance {

  /** How much of the permitted rate the bucket holds. */
  public static final int BUCKET_MILLIS = 100;

  /** The most that a request may count for. */
  public static final long MAX_REQUEST_BYTES = 4L << 20;

  /** The bucket's content over this may be taken ahead. */
  private static final int AHEAD_DIVISOR = 2;

  private static final int MILLIS_PER_SECOND = 1000;
  private static final long NANOS_PER_MICRO = 1000;

  private final ThroughputLimits limits;
  private final FluidLevel credits;
  private final FluidLevel bucket;

  private ThroughputSettings settings;
  private long meteredBytes;

  /** What was taken ahead since the bucket was last open. */
  private long aheadThirds;

  /** When both levels were filled up to, always by whole microseconds from the start. */
  private long filledNanos;

  // What settings and size come to, in thirds of a byte and those a second.
  private boolean bursting;
  private long earnedRate;
  private long creditCap;
  private long creditFloor;
  private long rate;
  private long rateWithoutCredits;
  private long capacity;
  private long capacityWithoutCredits;

  /**
   * @param meteredBytes the file system's size, as storage is metered
   * @param balance the credits at {@code asOfNanos}
   * @param asOfNanos of the monotonic clock; in the past if credits were earned since
   */
  public Allowance(
      ThroughputLimits limits,
      ThroughputSettings settings,
      long meteredBytes,
      Credits balance,
      long asOfNanos) {
    this.limits = limits;
    this.settings = settings;
    this.meteredBytes = meteredBytes;
    this.filledNanos = asOfNanos;
    this.credits = new FluidLevel(balance.thirds(), balance.millionths());
    this.bucket = new FluidLevel(0, 0);
    derive();
    bucket.add(capacityNow(), capacityNow());
  }

  private void derive() {
    BurstingRates bySize = BurstingRates.ofSize(meteredBytes);
    long ceiling = Metering.thirds(limits.ceilingBytesPerSecond());
    long asked =
        switch (settings.mode()) {
          case BURSTING -> 0;
          case PROVISIONED -> Metering.thirds(settings.provisionedBytesPerSecond());
          case ELASTIC -> Metering.thirds(limits.elasticBytesPerSecond());
        };
    bursting =
        settings.mode() == ThroughputMode.BURSTING
            || (settings.mode() == ThroughputMode.PROVISIONED
                && bySize.baselineThirdsPerSecond() > asked);
    earnedRate = bursting ? bySize.baselineThirdsPerSecond() : 0;
    creditCap = bySize.creditCapThirds();
    rate = Math.min(ceiling, bursting ? bySize.burstThirdsPerSecond() : asked);
    rateWithoutCredits = bursting ? Math.min(ceiling, bySize.exhaustedThirdsPerSecond()) : rate;
    capacity = capacityOf(rate);
    capacityWithoutCredits = capacityOf(rateWithoutCredits);
    creditFloor = -capacityWithoutCredits - Metering.thirds(MAX_REQUEST_BYTES);
    credits.cutTo(creditCap);
    bucket.cutTo(capacityNow());
  }

  private static long capacityOf(long thirdsPerSecond) {
    return thirdsPerSecond / MILLIS_PER_SECOND * BUCKET_MILLIS;
  }

  private boolean withCredits() {
    return !bursting || credits.isPositive();
  }

  private long capacityNow() {
    return withCredits() ? capacity : capacityWithoutCredits;
  }

  /** Lets time pass; one that is before the last is none. */
  public void advance(long nowNanos) {
    long micros = (nowNanos - filledNanos) / NANOS_PER_MICRO;
    if (micros <= 0) {
      return;
    }
    filledNanos += micros * NANOS_PER_MICRO;
    long without = bursting ? Math.min(micros, credits.microsUntilPositive(earnedRate)) : 0;
    if (without > 0) {
      bucket.fill(rateWithoutCredits, without, capacityWithoutCredits);
    }
    if (micros > without) {
      bucket.fill(rate, micros - without, capacity);
    }
    if (bursting) {
      credits.fill(earnedRate, micros, creditCap);
    }
    if (bucket.isPositive()) {
      aheadThirds = 0;
    }
  }

  /** Whether a request may start, as of the last {@link #advance}. */
  public boolean isOpen() {
    return bucket.isPositive();
  }

  /**
   * When to ask again whether a request may start, in nanoseconds from the last {@link #advance}:
   * it may not before that.
   */
  public long nanosUntilOpen() {
    if (bucket.isPositive()) {
      return 0;
    }
    if (withCredits()) {
      return bucket.microsUntilPositive(rate) * NANOS_PER_MICRO;
    }
    long untilOpen = bucket.microsUntilPositive(rateWithoutCredits);
    // The rate rises with the first credit: until then it is not known for longer.
    return Math.min(untilOpen, credits.microsUntilPositive(earnedRate)) * NANOS_PER_MICRO;
  }

  /**
   * A request starts.
   *
   * @param thirds what it counts for, at most {@link #MAX_REQUEST_BYTES}
   */
  public void take(long thirds) {
    bucket.take(thirds, Long.MIN_VALUE);
    if (bursting) {
      credits.take(thirds, creditFloor);
    }
    if (!withCredits()) {
      bucket.cutTo(capacityWithoutCredits);
    }
  }

  /**
   * A request starts although the bucket is in debt, which grows by it.
   *
   * @return whether it may; not when too much was taken ahead since the bucket was last open
   */
  public boolean takeAhead(long thirds) {
    if (aheadThirds + thirds > capacityNow() / AHEAD_DIVISOR) {
      return false;
    }
    aheadThirds += thirds;
    take(thirds);
    return true;
  }

  /** A request that was started has moved less than it was counted for: a READ at a file's end. */
  public void giveBack(long thirds) {
    bucket.add(thirds, capacityNow());
    if (bursting) {
      credits.add(thirds, creditCap);
    }
  }

  /** The file system has another size; EFS looks about once an hour. */
  public void remeter(long newMeteredBytes, long nowNanos) {
    advance(nowNanos);
    meteredBytes = newMeteredBytes;
    derive();
  }

  /** Other settings hold from now on; whether they may is {@link ModeControl}'s. */
  public void change(ThroughputSettings newSettings, long nowNanos) {
    advance(nowNanos);
    settings = newSettings;
    derive();
  }

  public ThroughputSettings settings() {
    return settings;
  }

  public long meteredBytes() {
    return meteredBytes;
  }

  /** As of the last {@link #advance}. */
  public Credits credits() {
    return new Credits(credits.units(), (int) credits.millionths());
  }

  /** EFS's PermittedThroughput, in thirds a second; as of the last {@link #advance}. */
  public long permittedThirdsPerSecond() {
    return withCredits() ? rate : rateWithoutCredits;
  }

  /** At which rate credits are earned, in thirds a second; 0 if bursting rules don't hold. */
  public long earnedThirdsPerSecond() {
    return earnedRate;
  }

  /** Whether credits are earned and spent: in bursting mode, and above provisioned throughput. */
  public boolean isBursting() {
    return bursting;
  }

  /** The most credits that a file system of this size keeps. */
  public long creditCapBytes() {
    return Metering.bytes(creditCap);
  }
}
