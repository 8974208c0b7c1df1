package io.atoll.nfs4.plain;

import io.atoll.xdr.XdrBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A type of XDR (RFC 4506). Values are made of {@link Integer}, {@link Long}, {@link Boolean},
 * {@link ByteBuffer} and {@link List}; of a union the list of discriminant and arm.
 */
public interface XdrType {
  /** Some value, small ones and those at the bounds more often. */
  Object random(SplittableRandom random);

  void encode(Object value, XdrBytes to);

  /**
   * @throws Malformed if what comes next is none
   */
  Object decode(ByteBuffer from);

  /** What was read is not of the type. */
  final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String what) {
      super(what);
    }
  }

  default byte[] encoded(Object value) {
    XdrBytes bytes = XdrBytes.xdr();
    encode(value, bytes);
    return bytes.bytes();
  }

  private static void needs(ByteBuffer from, int bytes) {
    if (bytes < 0 || from.remaining() < bytes) {
      throw new Malformed("the end comes too early");
    }
  }

  private static int bounded(ByteBuffer from, int most) {
    needs(from, Integer.BYTES);
    int count = from.getInt();
    if (count < 0 || count > most) {
      throw new Malformed(count + " where " + most + " is the most");
    }
    return count;
  }

  XdrType VOID =
      new XdrType() {
        @Override
        public Object random(SplittableRandom random) {
          return List.of();
        }

        @Override
        public void encode(Object value, XdrBytes to) {}

        @Override
        public Object decode(ByteBuffer from) {
          return List.of();
        }
      };

  XdrType INT32 =
      new XdrType() {
        @Override
        public Object random(SplittableRandom random) {
          return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(4);
            case 1 -> -1 - random.nextInt(2);
            default -> random.nextInt();
          };
        }

        @Override
        public void encode(Object value, XdrBytes to) {
          to.i((Integer) value);
        }

        @Override
        public Object decode(ByteBuffer from) {
          needs(from, Integer.BYTES);
          return from.getInt();
        }
      };

  XdrType INT64 =
      new XdrType() {
        @Override
        public Object random(SplittableRandom random) {
          return switch (random.nextInt(4)) {
            case 0 -> (long) random.nextInt(4);
            case 1 -> -1L - random.nextInt(2);
            default -> random.nextLong();
          };
        }

        @Override
        public void encode(Object value, XdrBytes to) {
          to.l((Long) value);
        }

        @Override
        public Object decode(ByteBuffer from) {
          needs(from, Long.BYTES);
          return from.getLong();
        }
      };

  XdrType BOOL = enumeration(0, 1);

  /** An enum of consecutive numbers. */
  static XdrType enumeration(int least, int greatest) {
    return new XdrType() {
      @Override
      public Object random(SplittableRandom random) {
        return random.nextInt(least, greatest + 1);
      }

      @Override
      public void encode(Object value, XdrBytes to) {
        to.i((Integer) value);
      }

      @Override
      public Object decode(ByteBuffer from) {
        needs(from, Integer.BYTES);
        int value = from.getInt();
        if (value < least || value > greatest) {
          throw new Malformed("enumerator " + value);
        }
        return value;
      }
    };
  }

  static XdrType fixed(int bytes) {
    return new XdrType() {
      @Override
      public Object random(SplittableRandom random) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return ByteBuffer.wrap(value);
      }

      @Override
      public void encode(Object value, XdrBytes to) {
        to.raw(((ByteBuffer) value).array()).raw(new byte[-bytes & 3]);
      }

      @Override
      public Object decode(ByteBuffer from) {
        needs(from, bytes + (-bytes & 3));
        byte[] value = new byte[bytes];
        from.get(value);
        padding(from, bytes);
        return ByteBuffer.wrap(value);
      }
    };
  }

  private static void padding(ByteBuffer from, int bytes) {
    for (int i = 0; i < (-bytes & 3); i++) {
      if (from.get() != 0) {
        throw new Malformed("padding that is not zero");
      }
    }
  }

  /** opaque or string, up to a length. */
  static XdrType opaque(int most) {
    return new XdrType() {
      @Override
      public Object random(SplittableRandom random) {
        int length = random.nextInt(8) == 0 ? most : random.nextInt(Math.min(most, 12) + 1);
        byte[] value = new byte[length];
        random.nextBytes(value);
        return ByteBuffer.wrap(value);
      }

      @Override
      public void encode(Object value, XdrBytes to) {
        to.opaque(((ByteBuffer) value).array());
      }

      @Override
      public Object decode(ByteBuffer from) {
        byte[] value = new byte[bounded(from, most)];
        needs(from, value.length + (-value.length & 3));
        from.get(value);
        padding(from, value.length);
        return ByteBuffer.wrap(value);
      }
    };
  }

  static XdrType array(XdrType of, int most) {
    return new XdrType() {
      @Override
      public Object random(SplittableRandom random) {
        List<Object> value = new ArrayList<>();
        int count = random.nextInt(Math.min(most, 4) + 1);
        for (int i = 0; i < count; i++) {
          value.add(of.random(random));
        }
        return value;
      }

      @Override
      public void encode(Object value, XdrBytes to) {
        List<?> elements = (List<?>) value;
        to.i(elements.size());
        elements.forEach(element -> of.encode(element, to));
      }

      @Override
      public Object decode(ByteBuffer from) {
        int count = bounded(from, most);
        List<Object> value = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          value.add(of.decode(from));
        }
        return value;
      }
    };
  }

  /** A list by optional data: each element behind TRUE, the end FALSE. */
  static XdrType linked(XdrType of) {
    return new XdrType() {
      @Override
      public Object random(SplittableRandom random) {
        return array(of, 4).random(random);
      }

      @Override
      public void encode(Object value, XdrBytes to) {
        ((List<?>) value).forEach(element -> of.encode(element, to.i(1)));
        to.i(0);
      }

      @Override
      public Object decode(ByteBuffer from) {
        List<Object> value = new ArrayList<>();
        while ((Integer) BOOL.decode(from) == 1) {
          value.add(of.decode(from));
        }
        return value;
      }
    };
  }

  static XdrType struct(XdrType... fields) {
    return new XdrType() {
      @Override
      public Object random(SplittableRandom random) {
        List<Object> value = new ArrayList<>();
        for (XdrType field : fields) {
          value.add(field.random(random));
        }
        return value;
      }

      @Override
      public void encode(Object value, XdrBytes to) {
        List<?> parts = (List<?>) value;
        for (int i = 0; i < fields.length; i++) {
          fields[i].encode(parts.get(i), to);
        }
      }

      @Override
      public Object decode(ByteBuffer from) {
        List<Object> value = new ArrayList<>();
        for (XdrType field : fields) {
          value.add(field.decode(from));
        }
        return value;
      }
    };
  }

  /**
   * A union.
   *
   * @param arms by discriminant
   * @param other the arm of those that are not among them, or null if there are none
   */
  static XdrType union(Map<Integer, XdrType> arms, XdrType other) {
    List<Integer> known = arms.keySet().stream().sorted().toList();
    return new XdrType() {
      private XdrType arm(int discriminant) {
        XdrType arm = arms.getOrDefault(discriminant, other);
        if (arm == null) {
          throw new Malformed("no arm " + discriminant);
        }
        return arm;
      }

      @Override
      public Object random(SplittableRandom random) {
        int discriminant =
            other != null && random.nextInt(4) == 0
                ? (Integer) INT32.random(random)
                : known.get(random.nextInt(known.size()));
        return List.of(discriminant, arm(discriminant).random(random));
      }

      @Override
      public void encode(Object value, XdrBytes to) {
        List<?> parts = (List<?>) value;
        int discriminant = (Integer) parts.get(0);
        arm(discriminant).encode(parts.get(1), to.i(discriminant));
      }

      @Override
      public Object decode(ByteBuffer from) {
        int discriminant = (Integer) INT32.decode(from);
        return List.of(discriminant, arm(discriminant).decode(from));
      }
    };
  }
}
