package io.atoll.nfs4.state;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * A session: its client, its negotiated limits and its slots (RFC 8881 §2.10). It may be used over
 * any connection: with SP4_NONE a SEQUENCE associates the connection that it came on (§2.10.3.1),
 * and as no callbacks are ever sent there is nothing to remember of connections. Loop-confined.
 */
public final class Session {
  private final SessionId id;
  private final ClientRecord client;
  private final ChannelAttributes fore;
  private final Consumer<ClientRecord> renewal;
  private final Slot[] slots;
  private int requestsInFlight;

  /**
   * @param renewal renews a client's lease
   */
  Session(
      SessionId id, ClientRecord client, ChannelAttributes fore, Consumer<ClientRecord> renewal) {
    this.id = id;
    this.client = client;
    this.fore = fore;
    this.renewal = renewal;
    this.slots = new Slot[fore.maxRequests()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot(this);
    }
  }

  public SessionId id() {
    return id;
  }

  public ClientRecord client() {
    return client;
  }

  /** The fore channel's negotiated limits. */
  public ChannelAttributes fore() {
    return fore;
  }

  /** sr_highest_slotid and sr_target_highest_slotid. */
  public int highestSlotId() {
    return slots.length - 1;
  }

  public int requestsInFlight() {
    return requestsInFlight;
  }

  /**
   * Judges a request by all that can make its SEQUENCE fail, before anything moves: a failed
   * SEQUENCE leaves slot and lease as they were (§18.46.3).
   *
   * @param requestBytes of the call with its RPC header
   * @param operationCount of the compound, unsigned
   * @param digest tells requests apart
   * @param principal who calls
   */
  public SequenceVerdict judge(
      int slotId,
      int sequence,
      int highestSlotId,
      int requestBytes,
      int operationCount,
      long digest,
      long principal) {
    if (Integer.compareUnsigned(slotId, slots.length) >= 0) {
      return SequenceVerdict.BAD_SLOT;
    }
    if (Integer.compareUnsigned(highestSlotId, slots.length) >= 0) {
      return SequenceVerdict.BAD_HIGH_SLOT;
    }
    if (Integer.compareUnsigned(requestBytes, fore.maxRequestBytes()) > 0) {
      return SequenceVerdict.REQUEST_TOO_BIG;
    }
    if (Integer.compareUnsigned(operationCount, fore.maxOperations()) > 0) {
      return SequenceVerdict.TOO_MANY_OPERATIONS;
    }
    return slots[slotId].judge(sequence, digest, principal);
  }

  /** Takes the slot for a request that was judged NEW, and renews the lease. */
  public SlotHandle take(int slotId, long digest, long principal, boolean cacheThis) {
    Slot slot = slots[slotId];
    slot.take(digest, principal, cacheThis);
    return slot;
  }

  /** The reply kept for a request that was judged REPLAY. */
  public ByteBuf cachedReply(int slotId) {
    return slots[slotId].cachedReply();
  }

  void requestStarted() {
    requestsInFlight++;
    client.requestStarted();
    renewal.accept(client);
  }

  /** The lease runs from the end of a request, so that a slow one does not eat it up. */
  void requestEnded() {
    requestsInFlight--;
    client.requestEnded();
    if (client.isLive()) {
      renewal.accept(client);
    }
  }
}
