package io.atoll.io.loop;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other loops have handed over to one, delivered in the order in which it came. Whoever finds
 * the box empty wakes the loop, and nobody else: however much is handed over while the loop is busy
 * is one task of its own. A turn delivers so much at most, so that the loop's disk and sockets have
 * theirs, too.
 *
 * <p>{@link #post} may be called from any thread; nothing waits and nothing is allocated.
 */
public final class Mailbox {

  private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

  /** Deliveries in one turn of the loop. */
  static final int MAX_DELIVERIES_PER_TURN = 256;

  private final Executor loop;
  private final Runnable turn = this::deliver;

  /** What was posted last, which leads to what was before; null if all has been taken. */
  private final AtomicReference<Mail> posted = new AtomicReference<>();

  /** Taken, and not delivered yet, the first in front. The loop's alone. */
  private Mail taken;

  /**
   * @param loop runs what it is given later, on one thread
   */
  public Mailbox(Executor loop) {
    this.loop = loop;
  }

  /** Hands {@code mail} over. What one thread posts is delivered in its order. */
  public void post(Mail mail) {
    Mail before;
    do {
      before = posted.get();
      mail.nextMail(before);
    } while (!posted.compareAndSet(before, mail));
    if (before == null) {
      loop.execute(turn);
    }
  }

  private void deliver() {
    for (int i = 0; i < MAX_DELIVERIES_PER_TURN; i++) {
      if (taken == null) {
        taken = inOrder(posted.getAndSet(null));
      }
      Mail mail = taken;
      if (mail == null) {
        return;
      }
      taken = mail.nextMail();
      mail.nextMail(null);
      try {
        mail.deliver();
      } catch (Throwable defect) {
        LOG.error("what another loop handed over failed: {}", mail, defect);
      }
    }
    // The turn of whoever found the box empty may have gone to what was taken before.
    if (taken != null || posted.get() != null) {
      loop.execute(turn);
    }
  }

  /** Turns the chain round, which begins with what came last. */
  private static Mail inOrder(Mail last) {
    Mail first = null;
    Mail mail = last;
    while (mail != null) {
      Mail before = mail.nextMail();
      mail.nextMail(first);
      first = mail;
      mail = before;
    }
    return first;
  }
}
