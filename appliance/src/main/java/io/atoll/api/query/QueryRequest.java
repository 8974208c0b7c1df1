package io.atoll.api.query;

import io.atoll.api.aws.ApiRequest;
import io.atoll.api.aws.Percent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a call in the query protocol, in the query or in a form. */
final class QueryRequest {
  /** Of a list, so that nobody makes us look for millions. */
  private static final int LIST_MAX = 200;

  private final Map<String, List<String>> parameters;

  private QueryRequest(Map<String, List<String>> parameters) {
    this.parameters = parameters;
  }

  /**
   * @throws Percent.Malformed if it is not encoded as it should be
   */
  static QueryRequest of(ApiRequest request) {
    Map<String, List<String>> parameters = new HashMap<>(request.query());
    String form = new String(request.body(), StandardCharsets.UTF_8);
    parameters.putAll(Percent.pairs(form, true));
    return new QueryRequest(parameters);
  }

  /** The parameter of that name, or empty. */
  String get(String name) {
    List<String> values = parameters.get(name);
    return values == null ? "" : values.getFirst();
  }

  /** The list {@code NAME.1}, {@code NAME.2} and so on, empty if there is none. */
  List<String> list(String name) {
    List<String> list = new ArrayList<>();
    while (list.size() < LIST_MAX) {
      List<String> values = parameters.get(name + "." + (list.size() + 1));
      if (values == null) {
        break;
      }
      list.add(values.getFirst());
    }
    return list;
  }

  /** The filters: values by name, any of which is to match. */
  Map<String, List<String>> filters() {
    Map<String, List<String>> filters = new HashMap<>();
    for (int i = 1; i <= LIST_MAX; i++) {
      String name = get("Filter." + i + ".Name");
      if (name.isEmpty()) {
        break;
      }
      filters.put(name, list("Filter." + i + ".Value"));
    }
    return filters;
  }
}
