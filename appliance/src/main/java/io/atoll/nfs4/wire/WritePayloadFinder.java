package io.atoll.nfs4.wire;

import io.atoll.rpc.PayloadFinder;
import io.atoll.rpc.RpcCredential;
import io.atoll.xdr.XdrReader;

/**
 * Recognises the one shape of compound that carries much data, as every client sends it: PUTFH,
 * WRITE, and before them SEQUENCE from NFSv4.1 on. Confined to the connections' loop.
 */
public final class WritePayloadFinder implements PayloadFinder {
  private static final int CALL = 0;
  private static final int RPC_VERSION = 2;

  /** PUTFH and WRITE; in NFSv4.1 there is a SEQUENCE too. */
  private static final int LEAST_OPERATIONS = 2;

  /** Session ID, sequence, slot, highest slot, whether to cache. */
  private static final int SEQUENCE_ARGUMENT_BYTES = 16 + 4 * Integer.BYTES;

  private final int maxPayloadBytes;
  private boolean hasShape;

  /**
   * @param maxPayloadBytes larger ones are not looked for: their WRITE is cut short anyway
   */
  public WritePayloadFinder(int maxPayloadBytes) {
    this.maxPayloadBytes = maxPayloadBytes;
  }

  @Override
  public Result find(XdrReader head, Location found) {
    hasShape = true;
    head.int32(); // the call's number
    expect(head, CALL);
    expect(head, RPC_VERSION);
    expect(head, Nfs4Program.NUMBER);
    expect(head, Nfs4Program.VERSION);
    expect(head, Nfs4Program.COMPOUND);
    head.int32(); // credential's flavor
    head.skipOpaque(RpcCredential.MAX_BODY_BYTES);
    head.int32(); // verifier's flavor
    head.skipOpaque(RpcCredential.MAX_BODY_BYTES);
    head.skipOpaque(Nfs4Program.MAX_TAG_BYTES);
    int minorVersion = head.int32();
    hasShape &= minorVersion == 0 || minorVersion == 1;
    int operations = head.int32();
    if (minorVersion > 0) {
      expect(head, Operation.SEQUENCE.number());
      for (int i = 0; i < SEQUENCE_ARGUMENT_BYTES; i += Integer.BYTES) {
        head.int32();
      }
    }
    expect(head, Operation.PUTFH.number());
    head.skipOpaque(FileHandleCodec.MAX_WIRE_BYTES);
    expect(head, Operation.WRITE.number());
    head.int64(); // stateid
    head.int64();
    long offset = head.int64();
    head.int32(); // stable_how4
    int length = head.int32();
    if (!hasShape) {
      return Result.NO_PAYLOAD;
    }
    if (head.isMalformed()) {
      return Result.NEED_MORE;
    }
    boolean reachesWrite =
        Integer.compareUnsigned(operations, LEAST_OPERATIONS + minorVersion) >= 0;
    if (!reachesWrite || length < 0 || length > maxPayloadBytes || offset < 0) {
      return Result.NO_PAYLOAD;
    }
    found.index = head.consumedBytes();
    found.lengthBytes = length;
    found.fileOffsetBytes = offset;
    return Result.FOUND;
  }

  /** What is missing yet is no other shape. */
  private void expect(XdrReader head, int value) {
    int actual = head.int32();
    hasShape &= actual == value || head.isMalformed();
  }
}
