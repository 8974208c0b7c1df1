package io.atoll.nfs4.state;

import io.atoll.io.loop.Loop;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Takes away what discarded clients had open and locked, a slice in each turn of the loop: one
 * client may have tens of thousands of opens. Meanwhile the client is DISCARDED, so that none of
 * its stateids is good, and what is in another's way goes at once. Loop-confined.
 */
final class StateRelease {
  /** Open and lock states taken away in one turn of the loop. */
  static final int STATES_PER_TURN = 256;

  private final Loop loop;
  private final Opens opens;
  private final Queue<ClientRecord> discarded = new ArrayDeque<>();
  private boolean scheduled;

  StateRelease(Loop loop, Opens opens) {
    this.loop = loop;
    this.opens = opens;
  }

  /** Takes the first slice away at once, the rest in later turns. */
  void release(ClientRecord client) {
    if (!opens.removeSome(client, STATES_PER_TURN)) {
      discarded.add(client);
      schedule();
    }
  }

  /** Takes a slice away now, for want of room; false if there is none. */
  boolean releaseSome() {
    ClientRecord client = discarded.peek();
    if (client == null) {
      return false;
    }
    if (opens.removeSome(client, STATES_PER_TURN)) {
      discarded.remove();
    }
    return true;
  }

  /** What is left stays: the whole state ends. */
  void stop() {
    discarded.clear();
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(this::turn);
    }
  }

  private void turn() {
    scheduled = false;
    releaseSome();
    if (!discarded.isEmpty()) {
      schedule();
    }
  }
}
