package io.atoll.fs.format;

import java.nio.charset.StandardCharsets;

/** Names for a person: as UTF-8, with what a terminal would take as an order written as \xNN. */
public final class PathText {
  private PathText() {}

  public static String of(byte[] name) {
    StringBuilder text = new StringBuilder();
    String decoded = new String(name, StandardCharsets.UTF_8);
    decoded
        .codePoints()
        .forEach(point -> {
          if (Character.isISOControl(point)) {
            text.append(String.format("\\x%02x", point));
          } else {
            text.appendCodePoint(point);
          }
        });
    return text.toString();
  }
}
