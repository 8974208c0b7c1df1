package io.atoll.perf.bench.peer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The servers that the harness can start by itself. */
public enum PeerKind {
  /** A node of Atoll with a new data directory. */
  ATOLL,
  /** nfs-ganesha with FSAL VFS, as it comes. */
  GANESHA,
  /** The same on a file system that makes everything durable before it says so. */
  GANESHA_SYNC,
  /** Reads come from memory and writes go nowhere: what network and client can do at most. */
  DISCARD;

  /** As users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind of that name, if there is one. */
  static Optional<PeerKind> ofText(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text().equals(text)).findFirst();
  }

  /** All names, for messages. */
  static String names() {
    return Arrays.stream(values()).map(PeerKind::text).collect(Collectors.joining(", "));
  }
}
