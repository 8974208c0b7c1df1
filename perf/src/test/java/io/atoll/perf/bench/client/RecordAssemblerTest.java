package io.atoll.perf.bench.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordAssemblerTest {
  private static final byte[] STREAM =
      ByteBufUtil.decodeHexDump(
          "80000004"
              + "01020304"
              + "00000003"
              + "0a0b0c"
              + "80000005"
              + "0d0e0f1011"
              + "80000001"
              + "ff"
              + "80000000");
  private static final List<String> RECORDS = List.of("01020304", "0a0b0c0d0e0f1011", "ff", "");

  private final List<String> records = new ArrayList<>();
  private final RecordAssembler assembler =
      new RecordAssembler(
          UnpooledByteBufAllocator.DEFAULT,
          (buffer, index, length) -> records.add(ByteBufUtil.hexDump(buffer, index, length)));

  @Test
  void recordsAreWholeHoweverTheStreamIsCut() {
    for (int first = 1; first < STREAM.length; first++) {
      for (int second = first; second < STREAM.length; second++) {
        records.clear();
        assembler.received(Unpooled.copiedBuffer(STREAM, 0, first));
        assembler.received(Unpooled.copiedBuffer(STREAM, first, second - first));
        assembler.received(Unpooled.copiedBuffer(STREAM, second, STREAM.length - second));
        assertEquals(RECORDS, records, first + " and " + second);
      }
    }
  }

  @Test
  void recordsAreWholeWhenReceivedWhereTheAssemblerSays() {
    for (int step = 1; step < STREAM.length; step++) {
      records.clear();
      for (int at = 0; at < STREAM.length; ) {
        ByteBuf target = assembler.nextReceiveBuffer();
        int count = Math.min(Math.min(step, STREAM.length - at), target.writableBytes());
        target.writeBytes(STREAM, at, count);
        at += count;
        assembler.received(target);
      }
      assertEquals(RECORDS, records, "by " + step);
    }
  }

  @Test
  void recordThatNoReplyHasIsRefused() {
    assertThrows(
        NfsFailure.class, () -> assembler.received(Unpooled.copiedBuffer("HTTP/1.1", US_ASCII)));
  }

  private static final java.nio.charset.Charset US_ASCII =
      java.nio.charset.StandardCharsets.US_ASCII;
}
