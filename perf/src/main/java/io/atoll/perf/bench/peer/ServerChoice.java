package io.atoll.perf.bench.peer;

import io.atoll.perf.bench.client.NfsUrl;

/**
 * Which server is meant: one that is there, or one to be started.
 *
 * @param url null if it is to be started
 * @param kind null if it is there
 */
public record ServerChoice(NfsUrl url, PeerKind kind) {

  /**
   * @throws IllegalArgumentException if {@code text} is neither a URL nor a server's name; the
   *     message says why
   */
  public static ServerChoice parse(String text) {
    PeerKind kind = PeerKind.ofText(text).orElse(null);
    if (kind != null) {
      return new ServerChoice(null, kind);
    }
    try {
      return new ServerChoice(NfsUrl.parse(text), null);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + "; and servers that can be started are " + PeerKind.names(), e);
    }
  }
}
