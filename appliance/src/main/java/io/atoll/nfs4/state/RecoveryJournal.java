package io.atoll.nfs4.state;

/**
 * The durable list of clients that may reclaim state after a restart (RFC 8881 §8.4.2.1, §8.4.3):
 * those that completed their reclaim, and so may hold state. Confined to the home loop. A change
 * takes effect at once in what a later start reads, and is durable as of the sequence it returns;
 * no reply that rests on it leaves before (see {@link NfsState#journalSequence}).
 */
public interface RecoveryJournal {

  /** The client may reclaim from now on. */
  long record(RecordedClient client);

  /** The owner's clients may not reclaim any more. */
  long forget(OwnerId owner);

  /**
   * A client as the journal knows it.
   *
   * @param owner co_ownerid
   * @param verifier co_verifier: another one is another incarnation, which has nothing to reclaim
   * @param principal who made it, as an opaque number that stays the same over restarts: nobody
   *     else may take the owner's name while it may reclaim
   */
  record RecordedClient(OwnerId owner, long verifier, long principal) {}
}
