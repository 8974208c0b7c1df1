package io.atoll.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The text of a configuration file: one {@code name = value} a line; lines that are empty or begin
 * with {@code #} say nothing. There is no escaping and no quoting: a value is what stands between
 * the first {@code =} and the line's end, without the blanks around it.
 *
 * <p>Strict, since a node that starts with half a configuration may make a new file system in the
 * wrong place: a name that is set twice, a line without {@code =} or without a value, and a last
 * line that does not end are refused. The last is how a file looks whose writing was cut short.
 */
final class ConfigText {
  private ConfigText() {}

  /**
   * @param line where it stands, from 1
   * @param value not empty
   */
  record Setting(int line, String value) {}

  /**
   * What {@code text} sets, by name, in its order.
   *
   * @throws Malformed if it can't be understood whole
   */
  static Map<String, Setting> parse(String text) throws Malformed {
    Map<String, Setting> settings = new LinkedHashMap<>();
    int line = 0;
    for (int start = 0; start < text.length(); ) {
      line++;
      int end = text.indexOf('\n', start);
      if (end < 0) {
        throw new Malformed(
            line, "is the last and has no line end, as if the file was cut short: end it with one");
      }
      add(settings, line, text.substring(start, end).strip());
      start = end + 1;
    }
    return settings;
  }

  private static void add(Map<String, Setting> settings, int line, String content)
      throws Malformed {
    if (content.isEmpty() || content.startsWith("#")) {
      return;
    }
    int equals = content.indexOf('=');
    if (equals <= 0) {
      throw new Malformed(line, "is not of the form name = value: '" + content + "'");
    }
    String name = content.substring(0, equals).strip();
    String value = content.substring(equals + 1).strip();
    if (value.isEmpty()) {
      throw new Malformed(line, "gives '" + name + "' no value");
    }
    Setting before = settings.putIfAbsent(name, new Setting(line, value));
    if (before != null) {
      throw new Malformed(
          line, "sets '" + name + "' again, after line " + before.line() + ": keep one of them");
    }
  }

  /** The text is not a configuration; says what is wrong with which line. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
    private final int line;

    Malformed(int line, String what) {
      super(what, null, false, false);
      this.line = line;
    }

    int line() {
      return line;
    }
  }
}
