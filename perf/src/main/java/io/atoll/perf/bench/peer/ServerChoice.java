package io.atoll.perf.bench.peer;

import io.atoll.perf.bench.client.NfsUrl;
import java.util.ArrayList;
import java.util.List;

/**
 * Which server is meant: one that is there, or one to be started.
 *
 * @param url null if it is to be started
 * @param kind null if it is there
 * @param options of one that is to be started, as its program takes them
 * @param text as the user wrote it
 */
public record ServerChoice(NfsUrl url, PeerKind kind, List<String> options, String text) {
  private static final String SEPARATOR = ":";

  /** What of {@code atoll serve} may be said of a node that is measured. */
  private static final List<String> OPTIONS = List.of("cache-bytes", "io", "loops");

  /**
   * @param text a URL; or a server's name, for {@code atoll} perhaps with options behind it, as in
   *     {@code atoll:cache-bytes=256m:loops=1}
   * @throws IllegalArgumentException if it is neither; the message says why
   */
  public static ServerChoice parse(String text) {
    List<String> parts = List.of(text.split(SEPARATOR, -1));
    PeerKind kind = PeerKind.ofText(parts.getFirst()).orElse(null);
    if (kind != null) {
      return new ServerChoice(null, kind, options(text, kind, parts), text);
    }
    try {
      return new ServerChoice(NfsUrl.parse(text), null, List.of(), text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + "; and servers that can be started are " + PeerKind.names(), e);
    }
  }

  private static List<String> options(String text, PeerKind kind, List<String> parts) {
    List<String> options = new ArrayList<>();
    for (String part : parts.subList(1, parts.size())) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      if (kind != PeerKind.ATOLL) {
        throw new IllegalArgumentException(
            "'" + text + "': " + kind.text() + " takes no options, only atoll does");
      }
      if (!OPTIONS.contains(name)) {
        throw new IllegalArgumentException(
            "'"
                + text
                + "': atoll takes "
                + String.join(", ", OPTIONS)
                + ", as in atoll:cache-bytes=256m; not '"
                + name
                + "'");
      }
      if (equals < 0 || equals == part.length() - 1) {
        throw new IllegalArgumentException(
            "'" + text + "': " + name + " wants a value, as in " + name + "=VALUE");
      }
      options.add("--" + part);
    }
    return options;
  }
}
