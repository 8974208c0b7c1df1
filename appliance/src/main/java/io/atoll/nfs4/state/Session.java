package io.atoll.nfs4.state;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * A session: its client, its negotiated limits and its slots (RFC 8881 §2.10). It may be used over
 * any connection: with SP4_NONE a SEQUENCE associates the connection that it came on with the fore
 * channel (§2.10.3.1), of which there is nothing to remember. Loop-confined.
 */
public final class Session {
  private final SessionId id;
  private final ClientRecord client;
  private final ChannelAttributes fore;
  private final Consumer<ClientRecord> renewal;
  private final SlotTable slots;
  private final BackChannel backChannel;
  private int requestsInFlight;

  /**
   * @param fore as negotiated, but for the number of slots, which depends on the memory that is
   *     left
   * @param renewal renews a client's lease
   */
  Session(
      SessionId id,
      ClientRecord client,
      ChannelAttributes fore,
      ReplyCacheBudget budget,
      BackChannel backChannel,
      Consumer<ClientRecord> renewal) {
    this.id = id;
    this.client = client;
    this.renewal = renewal;
    this.backChannel = backChannel;
    this.slots = new SlotTable(this, budget, fore.maxRequests(), fore.maxCachedResponseBytes());
    this.fore = fore.withRequests(slots.size());
  }

  public SessionId id() {
    return id;
  }

  public ClientRecord client() {
    return client;
  }

  /** The fore channel's limits as CREATE_SESSION told them. */
  public ChannelAttributes fore() {
    return fore;
  }

  /** Where the client takes callbacks. */
  public BackChannel backChannel() {
    return backChannel;
  }

  /** sr_highest_slotid: the highest slot that the client may use. */
  public int highestSlotId() {
    return slots.size() - 1;
  }

  /** sr_target_highest_slotid: the highest slot that it is wished to use. */
  public int targetHighestSlotId() {
    return slots.target() - 1;
  }

  /** For {@link SessionTable}. */
  SlotTable slots() {
    return slots;
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
    if (!slots.has(slotId)) {
      return SequenceVerdict.BAD_SLOT;
    }
    if (!slots.has(highestSlotId)) {
      return SequenceVerdict.BAD_HIGH_SLOT;
    }
    if (Integer.compareUnsigned(requestBytes, fore.maxRequestBytes()) > 0) {
      return SequenceVerdict.REQUEST_TOO_BIG;
    }
    if (Integer.compareUnsigned(operationCount, fore.maxOperations()) > 0) {
      return SequenceVerdict.TOO_MANY_OPERATIONS;
    }
    return slots.get(slotId).judge(sequence, digest, principal);
  }

  /**
   * Takes the slot for a request that was judged NEW, and renews the lease.
   *
   * @param highestSlotId sa_highest_slotid
   */
  public SlotHandle take(
      int slotId, int sequence, int highestSlotId, long digest, long principal, boolean cacheThis) {
    slots.used(slotId, highestSlotId);
    Slot slot = slots.get(slotId);
    slot.take(sequence, digest, principal, cacheThis);
    return slot;
  }

  /** The reply kept for a request that was judged REPLAY. */
  public ByteBuf cachedReply(int slotId) {
    return slots.get(slotId).cachedReply();
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
