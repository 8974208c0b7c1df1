package io.atoll.nfs4.compound;

import io.atoll.nfs4.op.CompoundCall;
import io.atoll.nfs4.op.Op;
import io.atoll.nfs4.state.Session;
import io.atoll.nfs4.state.SlotHandle;
import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.xdr.XdrReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** A session of one slot for tests of the pump, and the SEQUENCE that takes it. */
final class FakeSession implements Op, SlotHandle {
  int maxResponseBytes = (1 << 20) + 64 * 1024;
  int maxCachedResponseBytes = 64 * 1024;
  boolean caches;
  boolean replays;
  boolean failsToCapture;
  Nfs4Status nextRefusal;
  byte[] captured;
  int taken;
  int finalised;
  int lastOperationCount;
  int lastRequestBytes;
  int lastDigest;

  @Override
  public void start(CompoundCall call) {
    XdrReader reader = call.reader();
    long sessionHigh = reader.int64();
    long sessionLow = reader.int64();
    int sequence = reader.int32();
    int slot = reader.int32();
    int highest = reader.int32();
    reader.bool();
    if (call.refusesArguments()) {
      return;
    }
    lastOperationCount = call.operationCount();
    lastRequestBytes = call.requestBytes();
    lastDigest = reader.checksumOfRest();
    if (replays) {
      call.replay(Unpooled.wrappedBuffer(captured));
      return;
    }
    call.takeSlot(this);
    taken++;
    if (nextRefusal != null) {
      call.refuseNextOperation(nextRefusal);
    }
    call.writer().int64(sessionHigh);
    call.writer().int64(sessionLow);
    call.writer().int32(sequence);
    call.writer().int32(slot);
    call.writer().int32(highest);
    call.writer().int32(highest);
    call.writer().int32(0);
    call.done(Nfs4Status.OK);
  }

  @Override
  public Session session() {
    throw new UnsupportedOperationException("these tests know no clients");
  }

  @Override
  public int maxResponseBytes() {
    return maxResponseBytes;
  }

  @Override
  public int maxCachedResponseBytes() {
    return maxCachedResponseBytes;
  }

  @Override
  public boolean cachesReply() {
    return caches;
  }

  @Override
  public void captureReply(ByteBuf compoundResult) {
    if (failsToCapture) {
      throw new IllegalStateException("meant to fail");
    }
    captured = ByteBufUtil.getBytes(compoundResult);
  }

  @Override
  public void finalise() {
    finalised++;
  }
}
