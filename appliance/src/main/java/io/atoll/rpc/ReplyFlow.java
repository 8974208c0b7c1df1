package io.atoll.rpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The reply bytes of one connection: those that its running calls will have, as far as they are
 * large and known, and those that the client has not taken yet. The former are counted on the home
 * loop, the latter on the connection's; {@link #expect} and {@link #hasRoom} are for both, the rest
 * is for the connection's.
 */
final class ReplyFlow {
  /** How long a client may take nothing while reply memory is scarce. */
  static final int SCARCE_STALL_SECONDS = 20;

  private final ReplyBudget budget;
  private final RpcLimits limits;

  /** Of both kinds, as far as it has been counted. */
  private final AtomicLong heldBytes = new AtomicLong();

  private Channel channel;

  /** Those of {@link #heldBytes} that the client has not taken. */
  private long countedPendingBytes;

  private long sentBytes;

  /** When the client has taken {@link #dueBytes} of all that was ever sent, it goes on well. */
  private long dueBytes;

  private long dueSinceNanos;

  ReplyFlow(ReplyBudget budget, RpcLimits limits) {
    this.budget = budget;
    this.limits = limits;
  }

  void open(Channel newChannel) {
    channel = newChannel;
  }

  /** Sent and not taken, with what Netty counts for each piece. For any loop. */
  long pendingBytes() {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    return outbound == null ? 0 : outbound.totalPendingWriteBytes();
  }

  /** A call that starts will have a reply of so many bytes at most, or a call ends (negative). */
  void expect(int bytes) {
    heldBytes.addAndGet(bytes);
    budget.adjust(bytes);
  }

  /** So many pending bytes have come by a reply. */
  void sent(long bytes) {
    sentBytes += bytes;
    settle();
  }

  /** Whether a further call may be read, or begin. */
  boolean hasRoom() {
    long held = heldBytes.get();
    return held == 0 || held < Math.min(limits.maxOutboundBytes(), budget.shareBytes());
  }

  /** Counts what is held now: what clients take comes without notice. */
  void settle() {
    long pending = pendingBytes();
    long more = pending - countedPendingBytes;
    if (more != 0) {
      countedPendingBytes = pending;
      heldBytes.addAndGet(more);
      budget.adjust(more);
    }
  }

  /**
   * Whether some bytes have waited too long to be taken. Each must be gone within twice {@link
   * RpcLimits#stalledReplySeconds}, however the client divides its taking.
   */
  boolean isStalled(long nowNanos) {
    settle();
    long pending = pendingBytes();
    if (sentBytes - pending >= dueBytes) {
      dueBytes = sentBytes;
      dueSinceNanos = nowNanos;
    }
    if (pending == 0) {
      return false;
    }
    int seconds =
        budget.isScarce()
            ? Math.min(SCARCE_STALL_SECONDS, limits.stalledReplySeconds())
            : limits.stalledReplySeconds();
    return nowNanos - dueSinceNanos > TimeUnit.SECONDS.toNanos(seconds);
  }
}
