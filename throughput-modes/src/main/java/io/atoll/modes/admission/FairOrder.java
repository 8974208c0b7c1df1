package io.atoll.modes.admission;

/**
 * Whose turn it is: weighted fair queueing (Demers, Keshav and Shenker, 1989) with equal weights,
 * in steps of constant cost however many clients wait.
 *
 * <p>Think of all waiting clients served at the same time, each with the same share of the rate.
 * The <em>share clock</em> is what each would have been given so far. A client's request would then
 * be finished when the clock is where the client's own account stands, and the request's cost
 * further; the request that would be finished first goes first. So a client gets its share whatever
 * the size of its requests, and one that asks for less than its share waits for one request that is
 * being served at most, however many large ones wait.
 *
 * <p>Who comes begins where its own account stands, but not further behind the clock than {@link
 * #SAVED_THIRDS}: so nobody gets a share twice by coming and going, those who are away for a moment
 * between two requests lose nothing, and no more than that is saved up by asking for nothing.
 *
 * <p>Finishing times are put in order by a wheel of lines with a resolution of {@link
 * #RESOLUTION_THIRDS}, first come first served within one. Confined to the home loop.
 */
final class FairOrder {

  /** Requests that would be finished within the same 16 KiB metered keep the order they came in. */
  static final long RESOLUTION_THIRDS = 3 * (16L << 10);

  /** How much of a client's share is kept for it while nothing of it waits: 256 KiB metered. */
  static final long SAVED_THIRDS = 3 * (256L << 10);

  /** Lines of the wheel: 8 MiB ahead of the clock, two of the largest requests. */
  private static final int LINES = 512;

  private static final int WORDS = LINES / Long.SIZE;

  private final Line[] wheel = new Line[LINES];

  /** A bit for each line of the wheel in which somebody stands. */
  private final long[] occupied = new long[WORDS];

  /** Those who should have been finished by now. */
  private final Line late = new Line();

  private long clockThirds;

  /** What the clock is still to be moved on, divided by the clients who wait. */
  private long clockRest;

  private int waitingClients;

  FairOrder() {
    for (int i = 0; i < LINES; i++) {
      wheel[i] = new Line();
    }
  }

  /** A client begins to wait, with its first request in its queue. */
  void enter(AdmissionClient client) {
    settle(client);
    waitingClients++;
    place(client);
  }

  /** Whether a client of which nothing waits would stay within its share with such a request. */
  boolean isWithinShare(AdmissionClient client, long thirds) {
    settle(client);
    return client.accountThirds + thirds <= clockThirds;
  }

  /** A client of which nothing waits has taken so much, past the queue. */
  void tookPast(AdmissionClient client, long thirds) {
    client.accountThirds += thirds;
    advance(thirds, waitingClients + 1);
  }

  private void settle(AdmissionClient client) {
    client.accountThirds = Math.max(client.accountThirds, clockThirds - SAVED_THIRDS);
  }

  /**
   * The client whose turn it is, out of its line; {@link #took} follows. There must be one who
   * waits.
   */
  AdmissionClient poll() {
    while (true) {
      long first = slotOf(clockThirds);
      long slot = late.isEmpty() ? nextOccupied(first) : first;
      AdmissionClient client = late.isEmpty() ? pollLine(slot) : late.poll();
      if (slotOf(finish(client)) <= slot) {
        return client;
      }
      // It was beyond the wheel's end, and is put in its place.
      if (slot == first + LINES - 1) {
        // So are all others: each has had more than the clock says, by half of the wheel at least.
        clockThirds += LINES / 2 * RESOLUTION_THIRDS;
      }
      place(client);
    }
  }

  private AdmissionClient pollLine(long slot) {
    assert slot != Long.MAX_VALUE : "nobody waits";
    Line line = wheel[lineOf(slot)];
    AdmissionClient client = line.poll();
    if (line.isEmpty()) {
      clear(slot);
    }
    return client;
  }

  /** The client that was polled has taken its first request, which is in its queue no more. */
  void took(AdmissionClient client, long thirds) {
    client.accountThirds += thirds;
    advance(thirds, waitingClients);
    if (client.isWaiting()) {
      place(client);
    } else {
      waitingClients--;
    }
  }

  private void advance(long thirds, int clients) {
    clockRest += thirds;
    long slotBefore = slotOf(clockThirds);
    clockThirds += clockRest / clients;
    clockRest %= clients;
    moveLate(slotBefore, slotOf(clockThirds));
  }

  /** The lines from one slot to before another are late from now on. */
  private void moveLate(long fromSlot, long toSlot) {
    for (long slot = nextOccupied(fromSlot); slot < toSlot; slot = nextOccupied(slot + 1)) {
      late.appendAll(wheel[lineOf(slot)]);
      clear(slot);
    }
  }

  private void place(AdmissionClient client) {
    long first = slotOf(clockThirds);
    long slot = slotOf(finish(client));
    if (slot < first) {
      late.append(client);
      return;
    }
    int line = lineOf(Math.min(slot, first + LINES - 1));
    wheel[line].append(client);
    occupied[line / Long.SIZE] |= 1L << line;
  }

  /** The first slot from that one on in which somebody stands; beyond all slots if nobody does. */
  private long nextOccupied(long fromSlot) {
    int line = lineOf(fromSlot);
    int word = line / Long.SIZE;
    long bits = occupied[word] & (-1L << line);
    for (int i = 0; i <= WORDS; i++) {
      if (bits != 0) {
        int found = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
        return fromSlot + lineOf((long) found - line);
      }
      word = (word + 1) % WORDS;
      bits = occupied[word];
    }
    return Long.MAX_VALUE;
  }

  private void clear(long slot) {
    int line = lineOf(slot);
    occupied[line / Long.SIZE] &= ~(1L << line);
  }

  private static long finish(AdmissionClient client) {
    return client.accountThirds + client.firstCostThirds();
  }

  private static long slotOf(long thirds) {
    return thirds / RESOLUTION_THIRDS;
  }

  private static int lineOf(long slot) {
    return (int) (slot & (LINES - 1));
  }
}
