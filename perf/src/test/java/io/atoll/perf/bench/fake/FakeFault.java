package io.atoll.perf.bench.fake;

import java.util.concurrent.atomic.AtomicLong;

/** How a {@link FakeNfsServer} misbehaves; changed while it serves. Thread-safe. */
public final class FakeFault {
  /** Added to each READ before its answer leaves. */
  public volatile long readDelayMillis;

  /** The READ of this number (from 1) takes {@link #stallMillis}; 0 for none. */
  public volatile long stallAtRead;

  public volatile long stallMillis;

  /** One byte in so many of READ's data is turned; 0 for none. */
  public volatile long corruptEveryBytes;

  /** From this READ on nothing is answered; 0 for never. */
  public volatile long hangAtRead;

  /** At this READ the connection is closed; 0 for never. */
  public volatile long closeAtRead;

  /** From this READ on they are answered {@link #readStatus}; 0 for never. */
  public volatile long refuseFromRead;

  public volatile int readStatus;

  /** So many READs are answered NFS4ERR_DELAY. */
  public final AtomicLong delays = new AtomicLong();

  /** What COMPOUND is answered whatever it asks, if not 0. */
  public volatile int compoundStatus;

  /** RFC 5531's accept_stat of all calls, if not 0. */
  public volatile int acceptStatus;

  /** Whether answers to READ are cut short in the middle of its data. */
  public volatile boolean truncatesReads;

  /** So many EXCHANGE_IDs and CREATE_SESSIONs are answered NFS4ERR_DELAY. */
  public final AtomicLong setupDelays = new AtomicLong();

  /** How durable WRITEs are, whatever they ask for; -1 for as durable as they ask. */
  public volatile int committed = 2;

  /**
   * Before the WRITE of this number (from 1) the server loses what is not durable, and its write
   * verifier changes; 0 for never.
   */
  public volatile long loseAtWrite;

  /** The same before the COMMIT of this number. */
  public volatile long loseAtCommit;

  /** So long the second half of a WRITE's data comes after the first; 0 for at once. */
  public volatile long tornWriteMillis;
}
