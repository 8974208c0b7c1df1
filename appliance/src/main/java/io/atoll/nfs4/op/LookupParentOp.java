package io.atoll.nfs4.op;

/** LOOKUPP (RFC 8881, section 18.14). */
final class LookupParentOp implements Op {

  @Override
  public void start(CompoundCall call) {
    call.fileSystem()
        .lookupParent(
            call.fsCall(),
            call.currentFileHandle(),
            call.guarded((status, attributes) -> LookupOp.found(call, status, attributes)));
  }
}
