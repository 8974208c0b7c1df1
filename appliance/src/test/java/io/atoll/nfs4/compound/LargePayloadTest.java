package io.atoll.nfs4.compound;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FileHandle;
import io.atoll.fs.memory.Completions;
import io.atoll.nfs4.wire.Operation;
import io.atoll.rpc.Calls;
import io.atoll.xdr.XdrBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large data move once: into an aligned buffer as they come, out of their own as they go. */
class LargePayloadTest {
  private static final int MIB = 1 << 20;

  /** The receive buffer that a head comes in, less the head. */
  private static final int MOST_COPIED_BYTES = 8 * 1024;

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
  private final NfsHarness nfs = new NfsHarness(Completions.immediate(), this::allocate);
  private final FileHandle file = nfs.fileSystem.makeFile("f", new byte[0]);
  private boolean exhausted;
  private int buffersGiven;

  private ByteBuf allocate(long offsetBytes, int lengthBytes) {
    if (exhausted) {
      return null;
    }
    buffersGiven++;
    ByteBuf buffer = memory.directBuffer(lengthBytes + 4096);
    int index = (int) (offsetBytes - buffer.memoryAddress() & 4095);
    return buffer.setIndex(index, index);
  }

  @AfterEach
  void nothingLeaks() {
    nfs.close();
    assertEquals(0, memory.metric().usedDirectMemory());
  }

  private static byte[] data(int length) {
    byte[] data = new byte[length];
    new Random(length).nextBytes(data);
    return data;
  }

  private byte[] writeRecord(long offset, byte[] data) {
    return Calls.record(writeMessage(offset, data));
  }

  private byte[] writeMessage(long offset, byte[] data) {
    XdrBytes write = FileOperationsTest.write(offset, data, 0);
    XdrBytes operations =
        nfs.putFh(file).raw(write.bytes()).i(Operation.GETATTR.number(), 1, 1 << 4);
    return nfs.inSession(3, operations.bytes());
  }

  private void expectWritten(int bytes, long size) {
    List<byte[]> replies = nfs.connection.replies();
    assertEquals(1, replies.size());
    NfsHarness.Result result = NfsHarness.Result.of(replies.get(0));
    result.next(Operation.PUTFH).next(Operation.WRITE);
    assertEquals(bytes, result.i());
    result.skip(4 + 8).next(Operation.GETATTR).skip(3 * 4);
    assertEquals(size, result.l());
    result.end();
  }

  @Test
  void largeWriteIsReceivedIntoOneAlignedBuffer() {
    byte[] data = data(MIB);
    nfs.connection.receive(writeRecord(0, data));
    expectWritten(MIB, MIB);
    assertArrayEquals(data, nfs.fileSystem.content(file));
    assertTrue(nfs.fileSystem.lastWriteWasAligned());
    assertEquals(1, buffersGiven);
    assertTrue(nfs.connection.copiedPayloadBytes() <= MOST_COPIED_BYTES);
  }

  @Test
  void alignmentFollowsTheFileOffsetAndPaddingIsRead() {
    for (int odd = 1; odd <= 4; odd++) {
      byte[] data = data(100_000 + odd);
      int offset = 5000 + odd;
      nfs.connection.receive(writeRecord(offset, data));
      expectWritten(data.length, offset + data.length);
      assertTrue(nfs.fileSystem.lastWriteWasAligned());
      byte[] content = nfs.fileSystem.content(file);
      assertArrayEquals(data, Arrays.copyOfRange(content, offset, content.length));
    }
  }

  @Test
  void piecesOfAnySizeGiveTheSame() {
    byte[] data = data(20_001);
    for (int piece : new int[] {1, 3, 100, 999, 4096, 30_000}) {
      nfs.connection.receive(writeRecord(7, data), piece);
      expectWritten(data.length, 7 + data.length);
      assertTrue(nfs.fileSystem.lastWriteWasAligned());
      byte[] content = nfs.fileSystem.content(file);
      assertArrayEquals(data, Arrays.copyOfRange(content, 7, content.length));
    }
  }

  @Test
  void fragmentedWriteIsReceivedWhole() {
    byte[] data = data(50_000);
    nfs.connection.receive(Calls.fragmented(writeMessage(0, data), 2048));
    expectWritten(data.length, data.length);
    assertArrayEquals(data, nfs.fileSystem.content(file));
  }

  @Test
  void retryIsKnownInWhateverPiecesItComes() {
    byte[] record = writeRecord(0, data(20_000));
    nfs.connection.receive(record);
    int apart = nfs.session.lastDigest;
    int message = record.length - 4;
    nfs.connection.receive(Calls.fragmented(Arrays.copyOfRange(record, 4, record.length), 4096));
    assertEquals(apart, nfs.session.lastDigest);
    assertEquals(message, nfs.session.lastRequestBytes);

    byte[] whole = writeRecord(0, data(8192 - (message - 20_000)));
    assertEquals(8192, whole.length - 4);
    nfs.connection.receive(whole);
    int headFirst = nfs.session.lastDigest;
    nfs.connection.receive(Arrays.copyOf(whole, 4));
    nfs.connection.receive(Arrays.copyOfRange(whole, 4, whole.length));
    assertEquals(headFirst, nfs.session.lastDigest);
  }

  @Test
  void writesBackToBackDoNotMix() {
    byte[] first = data(30_000);
    byte[] second = data(40_000);
    nfs.connection.receive(
        xdr().raw(writeRecord(0, first)).raw(writeRecord(30_000, second)).bytes());
    assertEquals(2, nfs.connection.replies().size());
    byte[] content = nfs.fileSystem.content(file);
    assertArrayEquals(first, Arrays.copyOf(content, 30_000));
    assertArrayEquals(second, Arrays.copyOfRange(content, 30_000, 70_000));
  }

  @Test
  void lengthThatRunsOutOfTheRecordIsBadXdr() {
    byte[] record = writeRecord(0, data(20_000));
    int lengthAt = record.length - 20_000 - 3 * 4 - 4;
    assertEquals(20_000, ByteBuffer.wrap(record).getInt(lengthAt));
    ByteBuffer.wrap(record).putInt(lengthAt, 20_100);
    nfs.connection.receive(record);
    NfsHarness.Result result = NfsHarness.Result.of(nfs.connection.replies().get(0));
    assertEquals(10036, result.status());
    assertEquals(0, buffersGiven);
  }

  @Test
  void connectionWaitsForAPayloadBuffer() {
    exhausted = true;
    byte[] data = data(20_000);
    byte[] record = writeRecord(0, data);
    nfs.connection.receive(Arrays.copyOf(record, 6000));
    assertFalse(nfs.connection.isReading());
    nfs.loop.advance(TimeUnit.MILLISECONDS.toNanos(50));
    assertFalse(nfs.connection.isReading());
    exhausted = false;
    nfs.loop.advance(TimeUnit.MILLISECONDS.toNanos(50));
    assertTrue(nfs.connection.isReading());
    nfs.connection.receive(Arrays.copyOfRange(record, 6000, record.length));
    expectWritten(data.length, data.length);
    assertArrayEquals(data, nfs.fileSystem.content(file));
  }

  @Test
  void connectionThatDiesMidPayloadGivesItsBufferBack() {
    byte[] record = writeRecord(0, data(MIB));
    nfs.connection.receive(Arrays.copyOf(record, 300_000));
    assertTrue(memory.metric().usedDirectMemory() > 0);
    nfs.connection.disconnect();
    assertEquals(0, memory.metric().usedDirectMemory());
  }

  @Test
  void readGoesOutInItsOwnBuffer() {
    byte[] data = data(MIB - 1);
    FileHandle source = nfs.fileSystem.makeFile("g", data);
    int partsBefore = nfs.connection.partsSent();
    NfsHarness.Result result = nfs.runOn(source, 1, xdr().raw(FileOperationsTest.read(0, MIB)));
    result.next(Operation.PUTFH).next(Operation.READ);
    assertEquals(1, result.i());
    assertArrayEquals(data, result.opaque());
    result.end();
    // What stands before the data, the data, and the padding after them.
    assertEquals(3, nfs.connection.partsSent() - partsBefore);
  }
}
