package io.atoll.api.aws;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Percent-encoding of UTF-8 (RFC 3986, section 2.1), strictly read. */
public final class Percent {
  private static final int HEX = 16;

  private Percent() {}

  /**
   * What {@code text} stands for.
   *
   * @param plusIsBlank as in the body of a form
   * @throws Malformed if it is not well-formed
   */
  public static String decode(String text, boolean plusIsBlank) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      byte each = encoded[i];
      if (each == '%') {
        if (i + 2 >= encoded.length) {
          throw malformed(text);
        }
        int high = Character.digit(encoded[i + 1], HEX);
        int low = Character.digit(encoded[i + 2], HEX);
        if (high < 0 || low < 0) {
          throw malformed(text);
        }
        decoded.put((byte) (high * HEX + low));
        i += 2;
      } else {
        decoded.put(plusIsBlank && each == '+' ? (byte) ' ' : each);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException e) {
      throw malformed(text);
    }
  }

  private static Malformed malformed(String text) {
    return new Malformed("'" + text + "' is not percent-encoded UTF-8");
  }

  /** A text is not percent-encoded as it should be. */
  public static final class Malformed extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /**
   * Reads {@code name=value&…}.
   *
   * @return the values by name, in their order
   * @throws Malformed if it is not well-formed
   */
  public static Map<String, List<String>> pairs(String text, boolean plusIsBlank) {
    Map<String, List<String>> pairs = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        pairs
            .computeIfAbsent(decode(name, plusIsBlank), first -> new ArrayList<>(1))
            .add(decode(value, plusIsBlank));
      }
    }
    return pairs;
  }
}
