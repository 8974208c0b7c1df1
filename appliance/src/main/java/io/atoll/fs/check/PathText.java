package io.atoll.fs.check;

import java.nio.charset.StandardCharsets;

/** Names for a person: as UTF-8, with what a terminal would take as an order written as \xNN. */
final class PathText {
  private PathText() {}

  static String of(byte[] name) {
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
