package io.atoll.modes.admission;

import io.atoll.io.loop.Loop;
import io.atoll.modes.meter.Metering;
import io.atoll.modes.rate.Allowance;
import io.atoll.modes.rate.ThroughputSettings;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests of one file system start at the rate that its {@link Allowance} permits, fairly
 * among clients, before they have any effect. What can't start waits in a bounded queue; nothing is
 * dropped. Asking, waiting and starting allocate nothing for a request.
 *
 * <p><b>Confinement.</b> All of it belongs to the file system's home loop. Under Max I/O, where
 * connections live on other loops, there is still this one admission: fairness and rate need one
 * place that knows of everybody, and a request goes to the home loop anyway, for the namespace. It
 * is asked there, with that message, before its data moves; {@link ForwardedRequest} is that way
 * for a request that has no message of its own yet.
 *
 * <p><b>What passes.</b> A request that costs nothing ({@link
 * io.atoll.modes.meter.RequestKind#STATE}) is always admitted at once, before all that wait: leases
 * are renewed and locks given back however long the queue is.
 *
 * <p><b>Rate.</b> Over any time, no more is admitted than the rate gives in it, 150 milliseconds of
 * it, and one request. While requests wait, no less either, as long as the loop is not late by more
 * than a tenth of a second.
 *
 * <p><b>Fairness</b> is {@link FairOrder}'s. A client that is within its share, and of which
 * nothing waits, need not wait for a large request of another that the rate is still paying for: it
 * starts ahead of its time, up to a bound, so that who does one small thing after the other gets
 * its share too.
 *
 * <p><b>Back-pressure</b> is each client's {@link AdmissionClient.ReadingGate}, at the bounds of
 * {@link AdmissionLimits}.
 */
public final class Admission {

  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  /** The queue is looked at no more often: what this time gives is admitted together. */
  private static final long MIN_WAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** The most requests that are started before the loop does something else. */
  private static final int MAX_ADMITTED_PER_TURN = 256;

  private static final long MAX_COST_THIRDS = Metering.thirds(Allowance.MAX_REQUEST_BYTES);

  private final Loop loop;
  private final Allowance allowance;
  private final AdmissionLimits limits;
  private final FairOrder order = new FairOrder();
  private final Runnable wake = this::wake;

  private Loop.Timer timer;
  private boolean turnPending;
  private boolean admitting;
  private boolean released;
  private int queued;

  private long admittedThirds;
  private long queuedEver;
  private long refusedFull;

  /**
   * @param loop the file system's home loop
   * @param allowance what it may do; this admission's alone from now on
   */
  public Admission(Loop loop, Allowance allowance, AdmissionLimits limits) {
    this.loop = loop;
    this.allowance = allowance;
    this.limits = limits;
  }

  /**
   * Asks for a request to start.
   *
   * @param client whose it is
   * @param request told later if it has to wait; not one that waits already
   * @param costThirds what it counts for ({@link Metering#thirdsOf}), at most {@link
   *     Allowance#MAX_REQUEST_BYTES}
   */
  public Admittance submit(AdmissionClient client, AdmissionRequest request, long costThirds) {
    assert loop.inLoop() : "not on the home loop";
    if (costThirds == 0 || released) {
      return Admittance.ADMITTED;
    }
    if (costThirds < 0 || costThirds > MAX_COST_THIRDS) {
      throw new IllegalArgumentException(
          "cost " + costThirds + " thirds of a byte: must be 0 to " + MAX_COST_THIRDS);
    }
    if (request.waiting) {
      throw new IllegalStateException("a request that waits was submitted again");
    }
    if (queued == 0) {
      allowance.advance(loop.monotonicNanos());
      if (allowance.isOpen()) {
        allowance.take(costThirds);
        admittedThirds += costThirds;
        return Admittance.ADMITTED;
      }
    }
    if (passesTheQueue(client, costThirds)) {
      admittedThirds += costThirds;
      return Admittance.ADMITTED;
    }
    return enqueue(client, request, costThirds);
  }

  /** One small request after the other would wait for a large one each time: beyond its share. */
  private boolean passesTheQueue(AdmissionClient client, long costThirds) {
    if (client.isWaiting()
        || !order.isWithinShare(client, costThirds)
        || !allowance.takeAhead(costThirds)) {
      return false;
    }
    order.tookPast(client, costThirds);
    return true;
  }

  private Admittance enqueue(AdmissionClient client, AdmissionRequest request, long costThirds) {
    if (queued >= limits.maxQueuedRequests()) {
      refusedFull++;
      return Admittance.FULL;
    }
    request.costThirds = costThirds;
    request.waiting = true;
    boolean begins = !client.isWaiting();
    client.append(request);
    queued++;
    queuedEver++;
    if (begins) {
      order.enter(client);
    }
    if (!admitting) {
      arm();
    }
    if (queued >= limits.crowdedAtRequests()) {
      client.stop(0);
    } else if (client.queuedRequests() >= limits.stopReadingAtRequests()) {
      client.stop(limits.stopReadingAtRequests() / 2);
    }
    return Admittance.QUEUED;
  }

  private void arm() {
    if (queued > 0 && timer == null && !turnPending) {
      timer = loop.schedule(Math.max(allowance.nanosUntilOpen(), MIN_WAKE_NANOS), wake);
    }
  }

  private void wake() {
    timer = null;
    turnPending = false;
    allowance.advance(loop.monotonicNanos());
    admitting = true;
    int admitted = 0;
    while (queued > 0 && (released || allowance.isOpen())) {
      if (admitted++ == MAX_ADMITTED_PER_TURN) {
        turnPending = true;
        break;
      }
      admitNext();
    }
    admitting = false;
    if (turnPending) {
      loop.execute(wake);
    } else {
      arm();
    }
  }

  private void admitNext() {
    AdmissionClient client = order.poll();
    AdmissionRequest request = client.poll();
    queued--;
    request.waiting = false;
    if (!released) {
      allowance.take(request.costThirds);
      admittedThirds += request.costThirds;
    }
    order.took(client, request.costThirds);
    try {
      client.resumeIfDrained();
      request.admitted();
    } catch (Throwable defect) {
      LOG.error("a request that was admitted failed to start", defect);
    }
  }

  /** Gives back what a request that was admitted has not moved: of a READ at a file's end. */
  public void giveBack(long thirds) {
    assert loop.inLoop() : "not on the home loop";
    if (!released) {
      allowance.giveBack(thirds);
      admittedThirds -= thirds;
    }
  }

  /**
   * A request that was admitted turned out to count for more than was known before: it is paid for
   * by those that come after it.
   */
  public void alsoTook(long thirds) {
    assert loop.inLoop() : "not on the home loop";
    if (!released) {
      allowance.advance(loop.monotonicNanos());
      allowance.take(Math.min(thirds, MAX_COST_THIRDS));
      admittedThirds += thirds;
    }
  }

  /** Other settings hold from now on, for those that wait too. */
  public void change(ThroughputSettings settings) {
    allowance.change(settings, loop.monotonicNanos());
    armAnew();
  }

  /** The file system has another metered size. */
  public void remeter(long meteredBytes) {
    allowance.remeter(meteredBytes, loop.monotonicNanos());
    armAnew();
  }

  private void armAnew() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (!admitting) {
      arm();
    }
  }

  /**
   * The file system is fenced or closed: all that wait are admitted, without being counted, to
   * learn that from it; so is all that comes.
   */
  public void release() {
    assert loop.inLoop() : "not on the home loop";
    released = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (queued > 0 && !admitting && !turnPending) {
      turnPending = true;
      loop.execute(wake);
    }
  }

  /** The file system is served again, after {@link #release}: nothing of before waits any more. */
  public void resume() {
    if (queued > 0) {
      throw new IllegalStateException(queued + " requests of before still wait");
    }
    released = false;
  }

  /** What it goes by, as of now; not to be changed behind this admission. */
  public Allowance allowance() {
    allowance.advance(loop.monotonicNanos());
    return allowance;
  }

  /** How many requests wait; a metric. */
  public int queuedRequests() {
    return queued;
  }

  /** How many requests have had to wait; a metric. */
  public long queuedEver() {
    return queuedEver;
  }

  /** How many requests found the queue full; a metric. */
  public long refusedFull() {
    return refusedFull;
  }

  /** What was admitted, in thirds of a byte; a metric. */
  public long admittedThirds() {
    return admittedThirds;
  }
}
