package io.atoll.nfs4.op;

import static io.atoll.xdr.XdrBytes.xdr;

import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import io.atoll.xdr.XdrBytes;
import java.nio.charset.StandardCharsets;

/** Operations of a COMPOUND as a client writes them, by hand. */
public final class Requests {
  public static final int READ = 1;
  public static final int WRITE = 2;
  public static final int BOTH = 3;

  private Requests() {}

  public static XdrBytes exchangeId(String owner, long verifier, int flags) {
    return op(Operation.EXCHANGE_ID).l(verifier).string(owner).i(flags, 0, 0);
  }

  /** CREATE_SESSION4_FLAG_CONN_BACK_CHAN (RFC 8881, section 18.36). */
  public static final int BACK_CHANNEL = 2;

  public static XdrBytes createSession(long clientId, int sequence) {
    return createSession(clientId, sequence, BACK_CHANNEL, 1 << 20, 8);
  }

  /**
   * @param flags {@link #BACK_CHANNEL}, or 0 of a client that answers no callbacks
   * @param maxBytes the longest call and the longest reply
   * @param slots requests in flight
   */
  public static XdrBytes createSession(
      long clientId, int sequence, int flags, int maxBytes, int slots) {
    return op(Operation.CREATE_SESSION)
        .l(clientId)
        .i(sequence, flags)
        .i(0, maxBytes, maxBytes, 4096, 16, slots, 0)
        .i(0, 4096, 4096, 0, 2, 1, 0)
        .i(0x40000000, 1, 1, 7)
        .string("host")
        .i(0, 0, 0);
  }

  public static XdrBytes sequence(
      long sessionHigh, long sessionLow, int sequenceId, int slot, int highestSlot, boolean cache) {
    return op(Operation.SEQUENCE)
        .l(sessionHigh, sessionLow)
        .i(sequenceId, slot, highestSlot, cache ? 1 : 0);
  }

  public static XdrBytes op(Operation operation) {
    return xdr().i(operation.number());
  }

  public static XdrBytes putRoot() {
    return op(Operation.PUTROOTFH);
  }

  public static XdrBytes lookup(String name) {
    return op(Operation.LOOKUP).string(name);
  }

  public static XdrBytes stateid(XdrBytes to, Stateid stateid) {
    return to.i(stateid.seqid()).l(stateid.otherHigh()).i(stateid.otherLow());
  }

  /** OPEN up to its openhow. */
  public static XdrBytes openShare(int access, int deny, String owner) {
    return op(Operation.OPEN).i(0, access, deny).l(0).string(owner);
  }

  public static XdrBytes open(String name, int access, int deny) {
    return openShare(access, deny, "owner").i(0).i(0).string(name);
  }

  /** OPEN4_CREATE UNCHECKED4 with a mode and maybe a size. */
  public static XdrBytes openCreating(String name, int access, int mode, long size) {
    XdrBytes open = openShare(access, 0, "owner").i(1, 0);
    if (size < 0) {
      open.i(2, 0, 1 << 1, 4, mode);
    } else {
      open.i(2, 1 << 4, 1 << 1, 12).l(size).i(mode);
    }
    return open.i(0).string(name);
  }

  public static XdrBytes close(Stateid stateid) {
    return stateid(op(Operation.CLOSE).i(0), stateid);
  }

  public static XdrBytes read(Stateid stateid) {
    return read(stateid, 0, 100);
  }

  public static XdrBytes read(Stateid stateid, long offset, int count) {
    return stateid(op(Operation.READ), stateid).l(offset).i(count);
  }

  public static XdrBytes write(Stateid stateid, String content) {
    return write(stateid, 0, content.getBytes(StandardCharsets.UTF_8));
  }

  /** WRITE FILE_SYNC4. */
  public static XdrBytes write(Stateid stateid, long offset, byte[] content) {
    return stateid(op(Operation.WRITE), stateid).l(offset).i(2).opaque(content);
  }

  public static XdrBytes lock(int type, long offset, long length, Stateid open, String owner) {
    return stateid(op(Operation.LOCK).i(type, 0).l(offset, length).i(1, 0), open)
        .i(0)
        .l(0)
        .string(owner);
  }
}
