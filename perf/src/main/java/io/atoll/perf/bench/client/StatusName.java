package io.atoll.perf.bench.client;

import io.atoll.nfs4.wire.Nfs4Status;

/** Names of nfsstat4 for people. */
public final class StatusName {
  private StatusName() {}

  /** As RFC 8881 spells it, or the bare number if it has none. */
  public static String of(int code) {
    for (Nfs4Status status : Nfs4Status.values()) {
      if (status.code() == code) {
        return status.isOk() ? "NFS4_OK" : "NFS4ERR_" + status;
      }
    }
    return "status " + code;
  }
}
