package io.atoll.io.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScanWindowTest {
  private static final byte[] FROM = {7, 0, 0, 0, 0};
  private static final byte[] TO = {7, 64, 0, 0, 0};

  private final ScanWindow window = new ScanWindow(FROM, TO);

  private static byte[] key(int... bytes) {
    byte[] key = new byte[FROM.length + 16];
    for (int i = 0; i < bytes.length; i++) {
      key[i] = (byte) bytes[i];
    }
    return key;
  }

  @Test
  void aScanThatNeverGaveUpReadsToItsEnd() {
    window.widen();
    assertSame(TO, window.endFrom(FROM));
    assertFalse(window.isNarrowest());
  }

  @Test
  void whoGaveUpReadsLessAndThenMoreAgain() {
    window.narrow(FROM);
    assertArrayEquals(key(7, 4), window.endFrom(FROM));
    window.narrow(FROM);
    assertArrayEquals(key(7, 0, 64), window.endFrom(FROM));
    window.widen();
    assertArrayEquals(key(7, 0, 128), window.endFrom(FROM));
    window.narrow(FROM);
    assertArrayEquals(key(7, 0, 64), window.endFrom(FROM));
  }

  @Test
  void noWindowEndsBehindTheScan() {
    window.narrow(FROM);
    assertSame(TO, window.endFrom(new byte[] {7, 63, -1, -1, -1}));
    byte[] all = {-1, -1, -1, -1, -1};
    ScanWindow last = new ScanWindow(FROM, all);
    last.narrow(FROM);
    assertSame(all, last.endFrom(new byte[] {-1, -1, -1, -1, -2}));
  }

  @Test
  void anyWindowReachesBeyondItsBeginning() {
    while (!window.isNarrowest()) {
      window.narrow(FROM);
      for (byte[] from : new byte[][] {FROM, {7, 1}, {7, 0, 0, 0, 0, 9, 9}, new byte[40]}) {
        from[0] = 7;
        assertTrue(Arrays.compareUnsigned(from, window.endFrom(from)) < 0);
      }
    }
  }
}
