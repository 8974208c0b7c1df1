package io.atoll.perf.bench.workload;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockStampTest {
  private static final long FILE = 77;
  private static final long OFFSET = 8192;

  private final BlockStamp stamp = new BlockStamp();
  private final List<ByteBuf> buffers = new ArrayList<>();

  @AfterEach
  void release() {
    buffers.forEach(ByteBuf::release);
  }

  private ByteBuf zeros(int length) {
    ByteBuf data = Unpooled.directBuffer(length).writeZero(length);
    buffers.add(data);
    return data;
  }

  private ByteBuf stamped(int length, long file, long offset, long generation) {
    ByteBuf data = zeros(length);
    new SeededRandom(1, 1).next();
    stamp.stamp(data, 0, length, file, offset, generation);
    return data;
  }

  private String check(ByteBuf data, long oldest, long newest) {
    return stamp.check(data, 0, data.readableBytes(), FILE, OFFSET, oldest, newest);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 27, 28, 29, 512, 4096, 4097, 10_000})
  void whatWasStampedIsRight(int length) {
    assertNull(check(stamped(length, FILE, OFFSET, 3), 3, 3));
    assertNull(check(stamped(length, FILE, OFFSET, 3), 2, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 28, 100, 4096, 5000})
  void eachTurnedBitIsFound(int length) {
    ByteBuf data = stamped(length, FILE, OFFSET, 3);
    for (int i = 0; i < length; i++) {
      data.setByte(i, data.getByte(i) ^ 1 << i % 8);
      assertNotNull(check(data, 3, 3), "byte " + i);
      data.setByte(i, data.getByte(i) ^ 1 << i % 8);
    }
  }

  @Test
  void dataOfAnotherPlaceFileOrTimeIsFound() {
    assertNotNull(check(stamped(4096, FILE + 1, OFFSET, 3), 3, 3));
    assertNotNull(check(stamped(4096, FILE, OFFSET + 4096, 3), 3, 3));
    assertNotNull(check(stamped(4096, FILE, OFFSET, 2), 3, 4));
    assertNotNull(check(stamped(4096, FILE, OFFSET, 5), 3, 4));
    assertNotNull(check(zeros(4096), 3, 3));
  }
}
