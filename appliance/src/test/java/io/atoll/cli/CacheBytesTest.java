package io.atoll.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class CacheBytesTest {
  private final CacheBytes converter = new CacheBytes();

  @Test
  void unitsArePowersOf1024() {
    assertEquals(16_777_216, converter.convert("16777216"));
    assertEquals(16_777_216, converter.convert("16384k"));
    assertEquals(268_435_456, converter.convert("256M"));
    assertEquals(64L << 30, converter.convert("64g"));
  }

  @Test
  void whatIsNoSizeOrOutOfBoundsIsRefused() {
    for (String wrong :
        new String[] {"", "m", "1.5g", "-1g", "x", "16t", "15m", "65g", "99999999999999999g"}) {
      assertThrows(TypeConversionException.class, () -> converter.convert(wrong), wrong);
    }
  }
}
