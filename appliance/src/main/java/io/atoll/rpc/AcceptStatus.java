package io.atoll.rpc;

/** Why a call that was accepted is not served (RFC 5531, section 9: accept_stat). */
public enum AcceptStatus {
  PROG_UNAVAIL(1),
  PROG_MISMATCH(2),
  PROC_UNAVAIL(3),
  GARBAGE_ARGS(4),
  SYSTEM_ERR(5);

  private final int code;

  AcceptStatus(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
