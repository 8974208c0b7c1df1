package io.atoll.io.volume;

import io.atoll.io.volume.Volume.StatusCallback;
import java.util.Arrays;

/**
 * Who waits for a sequence to become durable: a binary heap by sequence, and among equals by order
 * of arrival. Loop-confined.
 */
final class CommitWaiters {

  private static final int INITIAL_CAPACITY = 64;

  private long[] sequences = new long[INITIAL_CAPACITY];
  private long[] arrivals = new long[INITIAL_CAPACITY];
  private StatusCallback[] callbacks = new StatusCallback[INITIAL_CAPACITY];
  private int size;
  private long nextArrival;

  void add(long sequence, StatusCallback callback) {
    if (size == sequences.length) {
      sequences = Arrays.copyOf(sequences, size * 2);
      arrivals = Arrays.copyOf(arrivals, size * 2);
      callbacks = Arrays.copyOf(callbacks, size * 2);
    }
    int at = size++;
    long arrival = nextArrival++;
    while (at > 0 && before(sequence, arrival, (at - 1) >>> 1)) {
      move((at - 1) >>> 1, at);
      at = (at - 1) >>> 1;
    }
    set(at, sequence, arrival, callback);
  }

  /**
   * The callback of one who waits for at most {@code sequence}, the earliest; null if none does.
   */
  StatusCallback poll(long sequence) {
    if (size == 0 || sequences[0] > sequence) {
      return null;
    }
    final StatusCallback first = callbacks[0];
    size--;
    long lastSequence = sequences[size];
    long lastArrival = arrivals[size];
    final StatusCallback last = callbacks[size];
    callbacks[size] = null;
    if (size > 0) {
      int at = 0;
      for (int child = smallerChild(at); child < size; child = smallerChild(at)) {
        if (before(lastSequence, lastArrival, child)) {
          break;
        }
        move(child, at);
        at = child;
      }
      set(at, lastSequence, lastArrival, last);
    }
    return first;
  }

  private int smallerChild(int at) {
    int left = 2 * at + 1;
    int right = left + 1;
    return right < size && before(sequences[right], arrivals[right], left) ? right : left;
  }

  private boolean before(long sequence, long arrival, int than) {
    return sequence < sequences[than] || (sequence == sequences[than] && arrival < arrivals[than]);
  }

  private void move(int from, int to) {
    set(to, sequences[from], arrivals[from], callbacks[from]);
  }

  private void set(int at, long sequence, long arrival, StatusCallback callback) {
    sequences[at] = sequence;
    arrivals[at] = arrival;
    callbacks[at] = callback;
  }
}
