package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;

/** What goes into and comes out of EXCHANGE_ID (RFC 8881 §18.35). */
public final class ExchangeId {
  private ExchangeId() {}

  /**
   * @param principal who calls, as an opaque number
   * @param update EXCHGID4_FLAG_UPD_CONFIRMED_REC_A: a confirmed record is meant
   */
  public record Request(OwnerId owner, long verifier, long principal, boolean update) {}

  /**
   * @param clientId and what follows: 0 unless {@code status} is OK
   * @param sequence eir_sequenceid: what the next CREATE_SESSION is to carry
   * @param confirmed EXCHGID4_FLAG_CONFIRMED_R
   */
  public record Result(Nfs4Status status, long clientId, int sequence, boolean confirmed) {

    static Result failed(Nfs4Status status) {
      return new Result(status, 0, 0, false);
    }

    static Result of(ClientRecord record) {
      return new Result(
          Nfs4Status.OK,
          record.clientId(),
          record.createSessionSlot().nextSequence(),
          record.isLive());
    }
  }
}
