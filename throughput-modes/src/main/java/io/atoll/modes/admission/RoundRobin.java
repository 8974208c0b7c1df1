package io.atoll.modes.admission;

/**
 * Deficit round robin (Shreedhar and Varghese, 1995) among the clients that wait, in steps of
 * constant cost however many there are.
 *
 * <p>In each round every client may take {@link #QUANTUM_THIRDS}. One that has anything left of that
 * takes its whole next request, into debt if that is larger, and then sits out as many rounds as it
 * owes. Nobody visits those that sit out: they stand in the line of the round in which they are to
 * go on, on a wheel of such lines, and rounds in which nobody goes on are stepped over.
 *
 * <p>Who begins to wait goes before those who wait already, as far as it has a share of this round
 * left: so a light client's few requests do not wait for a whole round of heavy ones. It has its
 * share once in a round, however often it comes and goes.
 *
 * <p>Confined to the home loop.
 */
final class RoundRobin {

  /** What a client may take in a round: 16 KiB metered. */
  static final long QUANTUM_THIRDS = 3 * (16L << 10);

  /** The round of a client that was in none yet. */
  static final long BEFORE_ALL_ROUNDS = -1;

  /** Lines of the wheel, for this round and those after it; a bit of a long for each. */
  private static final int LINES = Long.SIZE;

  /** Who sits out more rounds than that is looked at once in between. */
  private static final int MAX_ROUNDS_OUT = LINES - 1;

  private final Line newcomers = new Line();
  private final Line[] wheel = new Line[LINES];

  /** A bit for each line of the wheel in which somebody stands. */
  private long occupied;

  private long round;
  private boolean polledNewcomer;

  RoundRobin() {
    for (int i = 0; i < LINES; i++) {
      wheel[i] = new Line();
    }
  }

  /** A client begins to wait. */
  void enter(AdmissionClient client) {
    if (client.round < round) {
      // What it did not take in rounds that have passed is not saved up.
      client.round = round;
      client.deficitThirds = QUANTUM_THIRDS;
    }
    if (client.round == round) {
      newcomers.append(client);
    } else {
      place(client);
    }
  }

  /**
   * The client whose turn it is, out of its line; {@link #took} follows. There must be one who
   * waits.
   */
  AdmissionClient poll() {
    polledNewcomer = !newcomers.isEmpty();
    if (polledNewcomer) {
      return newcomers.poll();
    }
    while (true) {
      assert occupied != 0 : "nobody waits";
      round += Long.numberOfTrailingZeros(Long.rotateRight(occupied, (int) round));
      int line = (int) (round % LINES);
      AdmissionClient client = wheel[line].poll();
      if (wheel[line].isEmpty()) {
        occupied &= ~(1L << line);
      }
      if (client.round == round) {
        return client;
      }
      place(client); // It owes more rounds than there are lines.
    }
  }

  /** The client that was polled has taken so much; it waits again if it has further requests. */
  void took(AdmissionClient client, long thirds) {
    client.deficitThirds -= thirds;
    if (client.deficitThirds <= 0) {
      long roundsOut = -client.deficitThirds / QUANTUM_THIRDS + 1;
      client.deficitThirds += roundsOut * QUANTUM_THIRDS;
      client.round += roundsOut;
      if (client.isWaiting()) {
        place(client);
      }
    } else if (client.isWaiting()) {
      if (polledNewcomer) {
        newcomers.append(client);
      } else {
        place(client);
      }
    }
  }

  private void place(AdmissionClient client) {
    int line = (int) (Math.min(client.round, round + MAX_ROUNDS_OUT) % LINES);
    wheel[line].append(client);
    occupied |= 1L << line;
  }
}
