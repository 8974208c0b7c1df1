package io.atoll.nfs4.op;

import io.atoll.fs.FsStatus;

/** SECINFO_NO_NAME (RFC 8881, section 18.45). */
final class SecInfoNoNameOp implements Op {
  /** SECINFO_STYLE4_PARENT; the other style is SECINFO_STYLE4_CURRENT_FH, 0. */
  private static final int PARENT = 1;

  @Override
  public void start(CompoundCall call) {
    int style = call.reader().enumerator(PARENT);
    if (call.refusesArguments()) {
      return;
    }
    if (style == PARENT) {
      LookupParentOp.parent(
          call, call.guarded((status, attributes) -> SecInfoOp.answer(call, status)));
    } else {
      SecInfoOp.answer(call, FsStatus.OK);
    }
  }
}
