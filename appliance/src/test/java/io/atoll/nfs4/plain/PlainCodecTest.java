package io.atoll.nfs4.plain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.atoll.nfs4.wire.Operation;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every structure of the protocol comes back from XDR as it went in, and is not taken cut off. */
class PlainCodecTest {
  private static final int VALUES = 300;
  private static final long SEED = 1;

  record Named(String name, XdrType type) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Named> structures() {
    Stream.Builder<Named> all = Stream.builder();
    for (int minor = 0; minor < 2; minor++) {
      String version = " of 4." + minor;
      Nfs4Types.arguments(minor)
          .forEach(
              (operation, type) -> all.add(new Named(operation + "'s arguments" + version, type)));
      for (Operation operation : Nfs4Types.arguments(minor).keySet()) {
        all.add(new Named(operation + "'s result" + version, Nfs4Types.result(operation, minor)));
      }
    }
    return all.build();
  }

  @ParameterizedTest
  @MethodSource("structures")
  void roundTrips(Named structure) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < VALUES; i++) {
      Object value = structure.type.random(random);
      byte[] bytes = structure.type.encoded(value);
      assertEquals(0, bytes.length % Integer.BYTES);
      ByteBuffer in = ByteBuffer.wrap(bytes);
      assertEquals(value, structure.type.decode(in));
      assertEquals(0, in.remaining());
      assertArrayEquals(
          bytes, structure.type.encoded(structure.type.decode(ByteBuffer.wrap(bytes))));
      if (bytes.length > 0) {
        ByteBuffer cut = ByteBuffer.wrap(bytes, 0, bytes.length - Integer.BYTES).slice();
        assertThrows(XdrType.Malformed.class, () -> structure.type.decode(cut));
      }
    }
  }
}
