package io.atoll.nfs4.state;

import io.atoll.io.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over the deadlines of client records on one timer wheel (RFC 8881 §8.3). A renewal only
 * writes the time into the record: when its timer comes, the record's owner is asked when the
 * deadline really is, and the timer is set anew if that is later. Loop-confined.
 */
final class LeaseClock {
  /** The answer for a record that needs no more watching. */
  static final long NEVER = Long.MAX_VALUE;

  /** A record's timer when it is not watched. */
  static final long NO_TIMER = -1;

  /** The wheel's tick: 2²⁶ ns, 67 ms; deadlines are kept to within two. */
  static final long TICK_NANOS = 1L << 26;

  /** When a deadline that could not be met comes again. */
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(LeaseClock.class);

  private static final int TICKS_PER_WHEEL = 1024;

  /** Deadlines handled in one turn of the loop; the rest comes in the next. */
  private static final int MAX_DEADLINES_PER_TURN = 256;

  private final Loop loop;
  private final ToLongFunction<ClientRecord> deadline;
  private final DeadlineTimerWheel wheel;
  private final Long2ObjectHashMap<ClientRecord> byTimer = new Long2ObjectHashMap<>();
  private final List<ClientRecord> due = new ArrayList<>();
  private Loop.Timer tick;

  /**
   * @param deadline called when a record's deadline may have come: does what is due and returns the
   *     nanoseconds until the next one, or {@link #NEVER}
   */
  LeaseClock(Loop loop, ToLongFunction<ClientRecord> deadline) {
    this.loop = loop;
    this.deadline = deadline;
    this.wheel =
        new DeadlineTimerWheel(
            TimeUnit.NANOSECONDS, loop.monotonicNanos(), TICK_NANOS, TICKS_PER_WHEEL);
  }

  /** Watches {@code record}, of which a deadline comes no sooner than in {@code delayNanos}. */
  void watch(ClientRecord record, long delayNanos) {
    long nowNanos = loop.monotonicNanos();
    if (wheel.timerCount() == 0) {
      wheel.resetStartTime(nowNanos); // an idle wheel does not turn
    }
    long timer = wheel.scheduleTimer(nowNanos + Math.max(delayNanos, TICK_NANOS));
    byTimer.put(timer, record);
    record.leaseTimer(timer);
    if (tick == null) {
      tick = loop.schedule(TICK_NANOS, this::turn);
    }
  }

  /** Lets go of {@code record}: a timer that is of no use any more must not keep it in memory. */
  void unwatch(ClientRecord record) {
    if (record.leaseTimer() != NO_TIMER) {
      wheel.cancelTimer(record.leaseTimer());
      byTimer.remove(record.leaseTimer());
      record.leaseTimer(NO_TIMER);
    }
  }

  private void turn() {
    tick = null;
    long nowNanos = loop.monotonicNanos();
    // Each poll handles one tick of the wheel; a late turn has several to catch up with.
    while (due.size() < MAX_DEADLINES_PER_TURN && wheel.currentTickTime() <= nowNanos) {
      wheel.poll(nowNanos, this::noteDue, MAX_DEADLINES_PER_TURN - due.size());
    }
    List<ClientRecord> now = List.copyOf(due);
    due.clear();
    if (tick == null && (wheel.timerCount() > 0 || !now.isEmpty())) {
      tick = loop.schedule(TICK_NANOS, this::turn);
    }
    now.forEach(this::meet);
  }

  /** Meets one deadline. Should it hit a bug, the other records' leases go on all the same. */
  private void meet(ClientRecord record) {
    long nextNanos = RETRY_NANOS;
    try {
      nextNanos = deadline.applyAsLong(record);
    } catch (RuntimeException bug) {
      LOG.error("the lease of {} could not be looked after, and will be again", record, bug);
    }
    if (nextNanos != NEVER) {
      watch(record, nextNanos);
    }
  }

  private boolean noteDue(TimeUnit unit, long nowNanos, long timer) {
    ClientRecord record = byTimer.remove(timer);
    record.leaseTimer(NO_TIMER);
    due.add(record);
    return true;
  }

  /** How many records are watched. */
  int size() {
    return byTimer.size();
  }

  void stop() {
    if (tick != null) {
      tick.cancel();
      tick = null;
    }
    wheel.clear();
    byTimer.clear();
  }
}
