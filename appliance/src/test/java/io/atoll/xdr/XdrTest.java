package io.atoll.xdr;

import static io.atoll.xdr.XdrBytes.xdr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What XdrWriter writes is what the standard says, and XdrReader reads it and nothing else. */
class XdrTest {
  private static final int SEEDS = 500;

  private static XdrReader reader(byte[] bytes) {
    return new XdrReader().wrap(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }

  @Test
  void whatIsWrittenIsReadAndAsByHand() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      XdrWriter writer = new XdrWriter().begin(UnpooledByteBufAllocator.DEFAULT, 16);
      XdrBytes byHand = xdr();
      int count = random.nextInt(20);
      for (int i = 0; i < count; i++) {
        int number = random.nextInt();
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        writer.int32(number);
        writer.int64(number * 7L);
        writer.opaque(bytes);
        writer.payload(Unpooled.copiedBuffer(bytes));
        byHand.i(number).l(number * 7L).opaque(bytes).opaque(bytes);
      }
      ByteBuf whole = writer.wholeFrom(0);
      byte[] written = ByteBufUtil.getBytes(whole);
      whole.release();
      writer.discard();
      assertArrayEquals(byHand.bytes(), written, "seed " + seed);
      readBack(written, count, new Random(seed));
    }
  }

  private static void readBack(byte[] written, int count, Random random) {
    XdrReader reader = reader(written);
    random.nextInt(20);
    for (int i = 0; i < count; i++) {
      int number = random.nextInt();
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      assertEquals(number, reader.int32());
      assertEquals(number * 7L, reader.int64());
      assertArrayEquals(bytes, reader.opaque(40));
      ByteBuf payload = reader.payload(40);
      assertArrayEquals(bytes, ByteBufUtil.getBytes(payload));
      payload.release();
    }
    assertFalse(reader.isMalformed());
    assertEquals(0, reader.remainingBytes());
  }

  @Test
  void readingBeyondTheEndIsMalformedForGood() {
    XdrReader reader = reader(xdr().i(5).bytes());
    assertEquals(0, reader.int64());
    assertTrue(reader.isMalformed());
    assertEquals(0, reader.int32());
    assertNull(reader.opaque(10));
    assertNull(reader.payload(10));
    assertEquals(-1, reader.opaqueIndex(10));
  }

  @Test
  void lengthsAreHeldAgainstTheirBoundAndWhatIsLeft() {
    for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 9, 5}) {
      assertNull(reader(xdr().i(length).l(0).bytes()).opaque(4));
      assertNull(reader(xdr().i(length, 0).bytes()).opaque(1 << 30));
      assertNull(reader(xdr().i(length, 0).bytes()).payload(1 << 30));
    }
    // The padding must be there too.
    assertNull(reader(new byte[] {0, 0, 0, 1, 9}).opaque(4));
    assertArrayEquals(new byte[4], reader(xdr().i(4, 0).bytes()).opaque(4));
  }

  @Test
  void countsMustFitWhatIsLeft() {
    assertEquals(2, reader(xdr().i(2, 0, 0).bytes()).count(10, 4));
    XdrReader tooMany = reader(xdr().i(3, 0, 0).bytes());
    assertEquals(0, tooMany.count(10, 4));
    assertTrue(tooMany.isMalformed());
    XdrReader overBound = reader(xdr().i(3, 0, 0, 0).bytes());
    overBound.count(2, 4);
    assertTrue(overBound.isMalformed());
  }

  @Test
  void booleansAreZeroOrOne() {
    XdrReader reader = reader(xdr().i(0, 1, 2).bytes());
    assertFalse(reader.bool());
    assertTrue(reader.bool());
    assertFalse(reader.isMalformed());
    reader.bool();
    assertTrue(reader.isMalformed());
  }

  @Test
  void holeIsReadInItsPlaceAndNothingPassesIt() {
    byte[] record = xdr().i(1, 6).raw(new byte[2]).i(2).bytes();
    ByteBuf hole = Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5, 6});
    XdrReader reader = new XdrReader();
    reader.wrapWithHole(Unpooled.wrappedBuffer(record), 0, record.length, 8, hole);
    assertEquals(1, reader.int32());
    ByteBuf payload = reader.payload(100);
    assertEquals(6, payload.readableBytes());
    assertEquals(2, reader.int32());
    assertFalse(reader.isMalformed());

    reader.wrapWithHole(Unpooled.wrappedBuffer(record), 0, record.length, 8, hole);
    reader.int64();
    assertEquals(0, reader.int32());
    assertTrue(reader.isMalformed());
  }

  /** Rounded up to XDR's unit it is a negative number. */
  @Test
  void theLongestPayloadThatAnIntHoldsIsMalformed() {
    for (int length : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE - 2}) {
      XdrReader reader = reader(xdr().i(length, 0).bytes());
      assertNull(reader.payload(Integer.MAX_VALUE));
      assertTrue(reader.isMalformed());
      assertEquals(Integer.BYTES, reader.consumedBytes());
    }
  }

  @Test
  void truncatingGivesPayloadsBack() {
    XdrWriter writer = new XdrWriter().begin(UnpooledByteBufAllocator.DEFAULT, 16);
    ByteBuf kept = Unpooled.copiedBuffer(new byte[5]);
    ByteBuf dropped = Unpooled.copiedBuffer(new byte[6]);
    writer.payload(kept);
    int mark = writer.mark();
    int position = writer.position();
    writer.payload(dropped);
    writer.truncateTo(mark);
    assertEquals(position, writer.position());
    assertEquals(1, kept.refCnt());
    assertEquals(0, dropped.refCnt());
    writer.discard();
    assertEquals(0, kept.refCnt());
  }

  @Test
  void checksumTellsRequestsApart() {
    byte[] one = xdr().i(1, 2, 3).bytes();
    byte[] other = xdr().i(1, 2, 4).bytes();
    XdrReader first = reader(one);
    XdrReader second = reader(other);
    first.int32();
    second.int32();
    assertTrue(first.checksumOfRest() != second.checksumOfRest());
    XdrReader again = reader(one);
    again.int32();
    assertEquals(first.checksumOfRest(), again.checksumOfRest());
  }
}
