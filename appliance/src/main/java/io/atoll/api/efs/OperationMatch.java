package io.atoll.api.efs;

import io.atoll.api.aws.Percent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which operation a request asks for.
 *
 * @param path the parameters in the path, decoded
 */
record OperationMatch(EfsOperation operation, Map<String, String> path) {

  /**
   * Finds the operation.
   *
   * @param rawPath behind the version, percent-encoded; a slash at its end does not count
   * @return null if there is none
   * @throws Percent.Malformed if the path is not percent-encoded as it should be
   */
  static OperationMatch of(String method, String rawPath) {
    String trimmed = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
    if (!trimmed.startsWith("/")) {
      return null;
    }
    List<String> segments = new ArrayList<>();
    for (String segment : trimmed.substring(1).split("/", -1)) {
      segments.add(Percent.decode(segment, false));
    }
    for (EfsOperation operation : EfsOperation.values()) {
      if (operation.method().equals(method)) {
        Map<String, String> path = match(operation.segments(), segments);
        if (path != null) {
          return new OperationMatch(operation, path);
        }
      }
    }
    return null;
  }

  private static Map<String, String> match(List<String> template, List<String> segments) {
    if (template.size() != segments.size()) {
      return null;
    }
    Map<String, String> path = Map.of();
    for (int i = 0; i < template.size(); i++) {
      String part = template.get(i);
      if (part.startsWith("{")) {
        path = Map.of(part.substring(1, part.length() - 1), segments.get(i));
      } else if (!part.equals(segments.get(i))) {
        return null;
      }
    }
    return path;
  }
}
