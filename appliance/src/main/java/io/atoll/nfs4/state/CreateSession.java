package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;

/** What goes into and comes out of CREATE_SESSION (RFC 8881 §18.36). */
public final class CreateSession {
  private CreateSession() {}

  /**
   * @param sequence csa_sequence
   * @param backChannel CONN_BACK_CHAN: the connection is to serve callbacks too
   * @param callbacks what callbacks are to carry
   * @param principal who calls
   */
  public record Request(
      long clientId,
      int sequence,
      boolean backChannel,
      ChannelAttributes fore,
      ChannelAttributes back,
      CallbackProgram callbacks,
      long principal) {}

  /**
   * @param sessionId and all that follows: null or 0 unless {@code status} is OK
   * @param sequence csr_sequence: that of the request
   * @param backChannel the connection is bound in both directions
   */
  public record Result(
      Nfs4Status status,
      SessionId sessionId,
      int sequence,
      boolean backChannel,
      ChannelAttributes fore,
      ChannelAttributes back) {

    static Result failed(Nfs4Status status) {
      return new Result(status, null, 0, false, null, null);
    }
  }

  /**
   * A client's own one-slot reply cache for CREATE_SESSION, which has no session to be cached in.
   * It starts as if sequence 0 had been answered SEQ_MISORDERED (§18.36.4, phase 2).
   */
  static final class Slot {
    private int sequence;
    private Result reply = Result.failed(Nfs4Status.SEQ_MISORDERED);

    /** What EXCHANGE_ID returns as eir_sequenceid: the next one expected. */
    int nextSequence() {
      return sequence + 1;
    }

    boolean isReplay(int requested) {
      return requested == sequence;
    }

    boolean isNext(int requested) {
      return requested == sequence + 1;
    }

    Result cached() {
      return reply;
    }

    Result complete(Result result) {
      sequence++;
      reply = result;
      return result;
    }
  }
}
