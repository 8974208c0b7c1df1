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

  /** The part of the heap that client state may take: one in so many bytes. */
  private static final int HEAP_SHARE = 8;

  /** The part of that which one client may take. */
  private static final int CLIENT_SHARE = 2;

  /** Opens and locks as Amazon EFS's quotas have them, and bytes as this process's heap has. */
  public static final StateLimits DEFAULT = ofHeap(Runtime.getRuntime().maxMemory());

  /** As {@link #DEFAULT}, for a heap of {@code maxHeapBytes}. */
  static StateLimits ofHeap(long maxHeapBytes) {
    long stateBytes = maxHeapBytes / HEAP_SHARE;
    return new StateLimits(
        25_000, 1_024, 32_768, 262_144, 8_192, 262_144, 512, stateBytes / CLIENT_SHARE, stateBytes);
  }

  public StateLimits {
    if (maxUnconfirmedClients < 1 || maxClients < maxUnconfirmedClients) {
      throw new IllegalArgumentException(
          "maxUnconfirmedClients=%d must be from 1 to maxClients=%d"
              .formatted(maxUnconfirmedClients, maxClients));
    }
  }
}
