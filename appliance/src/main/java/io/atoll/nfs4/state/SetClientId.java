package io.atoll.nfs4.state;

import io.atoll.nfs4.wire.Nfs4Status;

/** What goes into and comes out of SETCLIENTID (RFC 7530 §16.33). */
public final class SetClientId {
  private SetClientId() {}

  /**
   * @param owner nfs_client_id4.id
   * @param verifier changes when the client restarts
   * @param principal who calls, as an opaque number
   */
  public record Request(OwnerId owner, long verifier, long principal, CallbackAddress callback) {}

  /**
   * @param clientId 0 unless {@code status} is OK
   * @param confirm what SETCLIENTID_CONFIRM is to say; 0 unless {@code status} is OK
   * @param using of CLID_INUSE: who uses the name; else null
   */
  public record Result(Nfs4Status status, long clientId, long confirm, CallbackAddress using) {
    static Result failed(Nfs4Status status) {
      return new Result(status, 0, 0, null);
    }

    static Result inUse(CallbackAddress by) {
      return new Result(Nfs4Status.CLID_INUSE, 0, 0, by);
    }

    static Result of(long clientId, long confirm) {
      return new Result(Nfs4Status.OK, clientId, confirm, null);
    }
  }
}
