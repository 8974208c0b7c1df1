package io.atoll.nfs4.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.atoll.nfs4.wire.Nfs4Status;
import io.atoll.nfs4.wire.Operation;
import io.atoll.nfs4.wire.Stateid;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A COMPOUND's reply, read by hand from its first byte to its last. */
public final class Reply {
  private static final int RPC_HEADER_BYTES = 24;

  private final byte[] bytes;
  private final ByteBuffer buffer;
  private final int status;
  private final int count;

  public Reply(byte[] bytes) {
    this.bytes = bytes;
    buffer = ByteBuffer.wrap(bytes).position(RPC_HEADER_BYTES);
    status = buffer.getInt();
    opaque();
    count = buffer.getInt();
  }

  /** The COMPOUND4res, without the RPC header, which names the call. */
  public byte[] result() {
    return Arrays.copyOfRange(bytes, RPC_HEADER_BYTES, bytes.length);
  }

  public int count() {
    return count;
  }

  /** The compound's status, as on the wire. */
  public int status() {
    return status;
  }

  public Reply is(Nfs4Status expected) {
    assertEquals(expected.code(), status, "status of the compound");
    return this;
  }

  /** The next operation's number and status. */
  public Reply next(Operation operation, Nfs4Status expected) {
    assertEquals(operation.number(), buffer.getInt(), "operation");
    assertEquals(expected.code(), buffer.getInt(), () -> "status of " + operation);
    return this;
  }

  public Reply ok(Operation operation) {
    return next(operation, Nfs4Status.OK);
  }

  public int i() {
    return buffer.getInt();
  }

  public long l() {
    return buffer.getLong();
  }

  public byte[] opaque() {
    byte[] opaque = new byte[buffer.getInt()];
    buffer.get(opaque);
    buffer.position(buffer.position() + (-opaque.length & 3));
    return opaque;
  }

  public Stateid stateid() {
    int seqid = buffer.getInt();
    long high = buffer.getLong();
    return new Stateid(seqid, high, buffer.getInt());
  }

  public Reply skip(int skippedBytes) {
    buffer.position(buffer.position() + skippedBytes);
    return this;
  }

  /** Past what OPEN answers after its stateid; gives the attributes set, as up to two words. */
  public long restOfOpen() {
    skip(4 + 16 + 4);
    int words = i();
    long attributes = 0;
    for (int word = 0; word < words; word++) {
      attributes |= Integer.toUnsignedLong(i()) << (32 * word);
    }
    assertEquals(0, i(), "no delegation");
    return attributes;
  }

  public void end() {
    assertEquals(0, buffer.remaining(), "bytes left of the reply");
  }
}
