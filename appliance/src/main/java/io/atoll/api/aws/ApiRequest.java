package io.atoll.api.aws;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A request as it was received.
 *
 * @param method as {@code GET}
 * @param rawPath as it was sent, percent-encoded
 * @param query decoded, by name
 * @param headers by name, which is not case-sensitive
 * @param body at most what the server takes
 */
public record ApiRequest(
    String method,
    String rawPath,
    Map<String, List<String>> query,
    SortedMap<String, List<String>> headers,
    byte[] body) {

  /**
   * Takes a request apart.
   *
   * @param rawUri path and query
   * @throws Percent.Malformed if that is not percent-encoded as it should be
   */
  public static ApiRequest of(
      String method, String rawUri, Map<String, List<String>> headers, byte[] body) {
    int question = rawUri.indexOf('?');
    String path = question < 0 ? rawUri : rawUri.substring(0, question);
    String query = question < 0 ? "" : rawUri.substring(question + 1);
    SortedMap<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(headers);
    return new ApiRequest(method, path, Percent.pairs(query, false), byName, body);
  }

  /** The value of a header that comes once, or null. */
  public String header(String name) {
    List<String> values = headers.get(name);
    return values == null || values.size() != 1 ? null : values.getFirst();
  }

  /** The value of a query parameter that comes once, or null. */
  public String parameter(String name) {
    List<String> values = query.get(name);
    return values == null || values.size() != 1 ? null : values.getFirst();
  }

  /** Without the body, which may hold secrets. */
  @Override
  public String toString() {
    return method + " " + rawPath;
  }
}
