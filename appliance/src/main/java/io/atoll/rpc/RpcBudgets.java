package io.atoll.rpc;

import io.atoll.io.buffer.FairShares;

/** The memory for requests and replies that several services share fairly. Thread-safe. */
public final class RpcBudgets {
  private final FairShares requests;
  private final FairShares payloads;
  private final FairShares replies;

  /**
   * @param limits whose totals are divided
   */
  public RpcBudgets(RpcLimits limits) {
    requests = new FairShares(limits.maxTotalBytes());
    payloads = new FairShares(limits.maxIncomingPayloadBytes());
    replies = new FairShares(limits.maxReplyBytes());
  }

  /** A part for a further service. */
  public Share share() {
    return new Share(requests.join(), payloads.join(), replies.join());
  }

  /** One service's part. */
  public record Share(
      FairShares.Member requests, FairShares.Member payloads, FairShares.Member replies) {

    void leave() {
      requests.leave();
      payloads.leave();
      replies.leave();
    }
  }
}
