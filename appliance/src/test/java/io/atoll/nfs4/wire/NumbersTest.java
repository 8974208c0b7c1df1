package io.atoll.nfs4.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.FsStatus;
import io.atoll.xdr.XdrReader;
import io.atoll.xdr.XdrWriter;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Numbers and sets of numbers. */
class NumbersTest {
  private static final int SEEDS = 500;

  @Test
  void operationsAreFoundByTheirNumbers() {
    for (Operation operation : Operation.values()) {
      assertEquals(operation, Operation.ofNumber(operation.number()));
      assertTrue(operation.number() <= Operation.GREATEST_NUMBER);
    }
    for (int number : new int[] {-1, 0, 2, 59, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertNull(Operation.ofNumber(number));
    }
  }

  @Test
  void noTwoStatusesShareACode() {
    Set<Integer> codes = new HashSet<>();
    for (Nfs4Status status : Nfs4Status.values()) {
      assertTrue(codes.add(status.code()), status.name());
    }
    assertEquals(0, Nfs4Status.OK.code());
  }

  @Test
  void everyFileSystemStatusHasOneButFenced() {
    for (FsStatus status : FsStatus.values()) {
      if (status == FsStatus.FENCED) {
        assertThrows(IllegalArgumentException.class, () -> FsStatusMapping.of(status));
      } else {
        assertNotNull(FsStatusMapping.of(status));
        assertEquals(status == FsStatus.OK, FsStatusMapping.of(status).isOk());
      }
    }
  }

  @Test
  void bitmapsGoRound() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      long low = random.nextLong() & mask(random);
      long high = random.nextLong() & mask(random);
      Bitmap4 bitmap = new Bitmap4(low, high, false);
      XdrWriter writer = new XdrWriter().begin(UnpooledByteBufAllocator.DEFAULT, 64);
      bitmap.encode(writer);
      byte[] bytes = ByteBufUtil.getBytes(writer.buffer());
      writer.discard();
      XdrReader reader = new XdrReader().wrap(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
      assertEquals(bitmap, Bitmap4.decode(reader));
      assertEquals(0, reader.remainingBytes());
      assertFalse(reader.isMalformed());
    }
  }

  private static long mask(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> 0;
      case 1 -> 0xffff_ffffL;
      default -> -1;
    };
  }

  @Test
  void specialStateidsAreWhatTheStandardSays() {
    assertTrue(new Stateid(0, 0, 0).isAnonymous());
    assertTrue(new Stateid(-1, -1, -1).isReadBypass());
    assertTrue(new Stateid(1, 0, 0).isCurrent());
  }

  @Test
  void whatIsSettableOrWriteOnlyIsSupported() {
    assertTrue(Attribute.SETTABLE.isWithin(Attribute.SUPPORTED));
    assertTrue(Attribute.WRITE_ONLY.isWithin(Attribute.SETTABLE));
    assertTrue(Attribute.STATISTICS.isWithin(Attribute.SUPPORTED));
  }
}
