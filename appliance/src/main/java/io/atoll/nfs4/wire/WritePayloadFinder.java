package io.atoll.nfs4.wire;

import io.atoll.rpc.PayloadFinder;
import io.atoll.rpc.RpcCredential;
import io.atoll.xdr.XdrReader;

/**
 * Recognises the one shape of compound that carries much data: SEQUENCE, PUTFH, WRITE, as every
 * client sends it. Confined to the home loop.
 */
public final class WritePayloadFinder implements PayloadFinder {
  private static final int CALL = 0;
  private static final int RPC_VERSION = 2;
  private static final int MINOR_VERSION = 1;

  /** WRITE is its third operation. */
  private static final int LEAST_OPERATIONS = 3;

  /** Session ID, sequence, slot, highest slot, whether to cache. */
  private static final int SEQUENCE_ARGUMENT_BYTES = 16 + 4 * Integer.BYTES;

  private final int maxPayloadBytes;

  /**
   * @param maxPayloadBytes larger ones are not looked for: their WRITE is cut short anyway
   */
  public WritePayloadFinder(int maxPayloadBytes) {
    this.maxPayloadBytes = maxPayloadBytes;
  }

  @Override
  public Result find(XdrReader head, Location found) {
    head.int32(); // the call's number
    boolean shape =
        head.int32() == CALL
            & head.int32() == RPC_VERSION
            & head.int32() == Nfs4Program.NUMBER
            & head.int32() == Nfs4Program.VERSION
            & head.int32() == Nfs4Program.COMPOUND;
    head.int32();
    head.skipOpaque(RpcCredential.MAX_BODY_BYTES);
    head.int32();
    head.skipOpaque(RpcCredential.MAX_BODY_BYTES);
    head.skipOpaque(Nfs4Program.MAX_TAG_BYTES);
    shape &= head.int32() == MINOR_VERSION;
    shape &= Integer.compareUnsigned(head.int32(), LEAST_OPERATIONS) >= 0;
    shape &= head.int32() == Operation.SEQUENCE.number();
    for (int i = 0; i < SEQUENCE_ARGUMENT_BYTES; i += Integer.BYTES) {
      head.int32();
    }
    shape &= head.int32() == Operation.PUTFH.number();
    head.skipOpaque(FileHandleCodec.MAX_WIRE_BYTES);
    shape &= head.int32() == Operation.WRITE.number();
    head.int64(); // stateid
    head.int64();
    long offset = head.int64();
    head.int32(); // stable_how4
    int length = head.int32();
    if (head.isMalformed()) {
      return Result.NEED_MORE;
    }
    if (!shape || length < 0 || length > maxPayloadBytes || offset < 0) {
      return Result.NO_PAYLOAD;
    }
    found.index = head.consumedBytes();
    found.lengthBytes = length;
    found.fileOffsetBytes = offset;
    return Result.FOUND;
  }
}
