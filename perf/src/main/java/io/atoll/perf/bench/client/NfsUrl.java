package io.atoll.perf.bench.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;

/**
 * Where a server is, and what of it to use: {@code nfs://HOST[:PORT]/PATH} (RFC 2224).
 *
 * @param path names below the root of the server's pseudo file system, outermost first
 */
public record NfsUrl(String host, int port, List<String> path) {
  /** NFS's registered port. */
  public static final int DEFAULT_PORT = 2049;

  private static final int PORT_MAX = 65_535;

  public NfsUrl {
    path = List.copyOf(path);
  }

  /**
   * @throws IllegalArgumentException if {@code text} is no such URL; the message says why
   */
  public static NfsUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw impossible(text, e.getReason());
    }
    if (!"nfs".equalsIgnoreCase(uri.getScheme())) {
      throw impossible(text, "it must begin with nfs://");
    }
    if (uri.getHost() == null) {
      throw impossible(text, "it names no host");
    }
    if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
      throw impossible(text, "a user, a query or a fragment means nothing in it");
    }
    if (uri.getPort() == 0 || uri.getPort() > PORT_MAX) {
      throw impossible(text, "there is no port " + uri.getPort());
    }
    List<String> path =
        Arrays.stream(uri.getPath().split("/")).filter(name -> !name.isEmpty()).toList();
    if (path.contains("..") || path.contains(".")) {
      throw impossible(text, "'.' and '..' are no names in NFS");
    }
    String host = uri.getHost();
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    return new NfsUrl(host, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), path);
  }

  private static IllegalArgumentException impossible(String text, String why) {
    return new IllegalArgumentException(
        "'" + text + "' is no NFS URL: " + why + "; one is nfs://127.0.0.1:2049/export");
  }

  @Override
  public String toString() {
    String shownHost = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return "nfs://" + shownHost + ":" + port + "/" + String.join("/", path);
  }
}
