package io.atoll.nfs4.state;

/**
 * How much state clients may have. What a bound answers: clients beyond {@code maxClients} get
 * NFS4ERR_DELAY from EXCHANGE_ID (after unconfirmed and lapsed ones have made room); opens and
 * locks beyond theirs, or beyond the bytes, get NFS4ERR_DQUOT, as Amazon EFS answers EDQUOT.
 *
 * @param maxClients client records, confirmed or not
 * @param maxUnconfirmedClients records that only an EXCHANGE_ID made; the oldest gives way
 * @param maxOpensPerClient open states of one client
 * @param maxOpens open states of all clients
 * @param maxLocksPerClient byte ranges, and lock stateids, of one client
 * @param maxLocks byte ranges, and lock stateids, of all clients
 * @param maxLocksPerFile byte ranges of all clients on one file
 * @param maxStateBytesPerClient heap that one client's state takes, its names included
 * @param maxStateBytes heap that all clients' state takes; records beyond it get NFS4ERR_DELAY too
 */
public record StateLimits(
    int maxClients,
    int maxUnconfirmedClients,
    int maxOpensPerClient,
    int maxOpens,
    int maxLocksPerClient,
    int maxLocks,
    int maxLocksPerFile,
    long maxStateBytesPerClient,
    long maxStateBytes) {

  /** Open states of all clients. */
  public static final int MAX_OPENS = 262_144;

  /** Byte ranges, and lock stateids, of all clients. */
  public static final int MAX_LOCKS = 262_144;

  /** The part of the heap that client state may take: one in so many bytes. */
  private static final int HEAP_SHARE = 8;

  /** Of that, one client may take three quarters. */
  private static final double CLIENT_SHARE = 0.75;

  /**
   * Opens and locks beyond Amazon EFS's quotas (32,768 and 8,192 of a client, 512 locks of a file),
   * and bytes as this process's heap has: 512 MiB do for 48,000 opens of a client.
   */
  public static final StateLimits DEFAULT = ofHeap(Runtime.getRuntime().maxMemory());

  /** As {@link #DEFAULT}, for a heap of {@code maxHeapBytes}. */
  static StateLimits ofHeap(long maxHeapBytes) {
    long stateBytes = maxHeapBytes / HEAP_SHARE;
    return new StateLimits(
        25_000,
        1_024,
        65_536,
        MAX_OPENS,
        65_536,
        MAX_LOCKS,
        4_096,
        (long) (stateBytes * CLIENT_SHARE),
        stateBytes);
  }

  /** The same with other limits of what one client has open and locked, and of one file's locks. */
  public StateLimits with(
      int newMaxOpensPerClient, int newMaxLocksPerClient, int newMaxLocksPerFile) {
    return new StateLimits(
        maxClients,
        maxUnconfirmedClients,
        newMaxOpensPerClient,
        maxOpens,
        newMaxLocksPerClient,
        maxLocks,
        newMaxLocksPerFile,
        maxStateBytesPerClient,
        maxStateBytes);
  }

  public StateLimits {
    if (maxUnconfirmedClients < 1 || maxClients < maxUnconfirmedClients) {
      throw new IllegalArgumentException(
          "maxUnconfirmedClients=%d must be from 1 to maxClients=%d"
              .formatted(maxUnconfirmedClients, maxClients));
    }
  }
}
