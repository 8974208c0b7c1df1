package io.atoll.api.efs;

import io.atoll.control.network.Network;
import io.atoll.control.service.Refusal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What an operation is asked: parameters in path and query, and a body. Read once. */
final class Input {
  private static final int PAGE_DIGITS_MAX = 9;

  private final Map<String, String> path;
  private final Map<String, List<String>> query;
  private final Fields body;
  private final Network network;
  private final Set<String> read = new HashSet<>();

  Input(Map<String, String> path, Map<String, List<String>> query, Fields body, Network network) {
    this.path = path;
    this.query = query;
    this.body = body;
    this.network = network;
  }

  Fields body() {
    return body;
  }

  /** The ID in the path. */
  String pathId(String name, IdRule rule) throws Refusal {
    return rule.read(name, path.get(name), network);
  }

  String pathText(String name, TextRule rule) throws Refusal {
    return rule.check(name, path.get(name));
  }

  /** The ID in the body, which must be there. */
  String bodyId(String name, IdRule rule) throws Refusal {
    return rule.read(name, body.requiredText(name, TextRule.ANY), network);
  }

  /** An ID that a member of the body gives, or null. */
  String id(Fields fields, String name, IdRule rule) throws Refusal {
    String value = fields.text(name, TextRule.ANY);
    return value == null ? null : rule.read(name, value, network);
  }

  /** The ID in the query, or null. */
  String queryId(String name, IdRule rule) throws Refusal {
    String value = query(name);
    return value == null ? null : rule.read(name, value, network);
  }

  String queryText(String name, TextRule rule) throws Refusal {
    String value = query(name);
    return value == null ? null : rule.check(name, value);
  }

  private String query(String name) throws Refusal {
    read.add(name);
    List<String> values = query.get(name);
    if (values == null) {
      return null;
    }
    if (values.size() > 1) {
      throw Refusal.badRequest(name + " comes " + values.size() + " times: once is allowed");
    }
    return values.getFirst();
  }

  /** All values of a parameter that may be repeated, none if it is not there. */
  List<String> queryTexts(String name, TextRule rule) throws Refusal {
    read.add(name);
    List<String> values = query.getOrDefault(name, List.of());
    for (String value : values) {
      rule.check(name, value);
    }
    return values;
  }

  /** How many items are asked for at most, or {@code otherwise}. */
  int pageSize(String name, int otherwise) throws Refusal {
    String value = query(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("[1-9][0-9]{0," + (PAGE_DIGITS_MAX - 1) + "}")) {
      throw Refusal.badRequest(
          name + " '" + TextRule.shown(value) + "' must be a whole number, at least 1");
    }
    return Integer.parseInt(value);
  }

  /**
   * Says that all has been read.
   *
   * @throws Refusal if there is more; a presigned request's signature is none of it
   */
  void done() throws Refusal {
    body.done();
    Set<String> unknown = new TreeSet<>(query.keySet());
    unknown.removeAll(read);
    unknown.removeIf(name -> name.startsWith("X-Amz-"));
    if (!unknown.isEmpty()) {
      throw Refusal.badRequest(
          "there is no " + TextRule.shown(unknown.iterator().next()) + " in this call");
    }
  }
}
