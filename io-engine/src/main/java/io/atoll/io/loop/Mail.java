package io.atoll.io.loop;

/**
 * Something that one loop hands over to another. It is its own place in the other's mailbox, so
 * that handing over allocates nothing and finds room always: there is never more in a mailbox than
 * there are mails. Whatever the sender has written before, the receiver sees.
 *
 * <p>A mail is in one mailbox at a time. From {@link Loop#post} until {@link #deliver} it belongs
 * to the mailbox, and to nobody else.
 */
public interface Mail {

  /** Runs on the loop that it was posted to, once for each posting. */
  void deliver();

  /** For the mailbox: what {@link #nextMail(Mail)} was given last. */
  Mail nextMail();

  /** For the mailbox. */
  void nextMail(Mail next);
}
