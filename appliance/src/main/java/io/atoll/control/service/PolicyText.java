package io.atoll.control.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a text is a resource policy, by the grammar of IAM's policy language. */
final class PolicyText {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Set<String> VERSIONS = Set.of("2012-10-17", "2008-10-17");
  private static final Set<String> MEMBERS = Set.of("Version", "Id", "Statement");
  private static final Set<String> STATEMENT_MEMBERS =
      Set.of(
          "Sid",
          "Effect",
          "Principal",
          "NotPrincipal",
          "Action",
          "NotAction",
          "Resource",
          "NotResource",
          "Condition");

  private PolicyText() {}

  /**
   * @throws Refusal with {@link EfsError#INVALID_POLICY} if it is none
   */
  static void check(String policy) throws Refusal {
    JsonNode root;
    try {
      root = JSON.readTree(policy);
    } catch (JsonProcessingException e) {
      throw invalid("is no JSON: " + e.getOriginalMessage());
    }
    if (root == null || !root.isObject()) {
      throw invalid("is no JSON object");
    }
    checkMembers(root, MEMBERS);
    JsonNode version = root.get("Version");
    if (version != null && !VERSIONS.contains(version.asText())) {
      throw invalid("has the Version " + version + ": must be one of " + VERSIONS);
    }
    JsonNode statement = root.get("Statement");
    if (statement == null) {
      throw invalid("has no Statement");
    }
    List<JsonNode> statements =
        statement.isArray() ? statement.valueStream().toList() : List.of(statement);
    if (statements.isEmpty()) {
      throw invalid("has an empty Statement");
    }
    for (JsonNode each : statements) {
      checkStatement(each);
    }
  }

  private static void checkStatement(JsonNode statement) throws Refusal {
    if (!statement.isObject()) {
      throw invalid("has a Statement that is no object");
    }
    checkMembers(statement, STATEMENT_MEMBERS);
    String effect = statement.path("Effect").asText("");
    if (!effect.equals("Allow") && !effect.equals("Deny")) {
      throw invalid("has the Effect '" + effect + "': must be Allow or Deny");
    }
    oneOf(statement, "Principal", "NotPrincipal");
    checkStrings(oneOf(statement, "Action", "NotAction"), "Action");
    for (String resource : List.of("Resource", "NotResource")) {
      if (statement.has(resource)) {
        checkStrings(statement.get(resource), resource);
      }
    }
    JsonNode condition = statement.get("Condition");
    if (condition != null) {
      checkCondition(condition);
    }
  }

  private static JsonNode oneOf(JsonNode statement, String one, String other) throws Refusal {
    if (statement.has(one) == statement.has(other)) {
      throw invalid("wants either " + one + " or " + other + " in each Statement");
    }
    return statement.has(one) ? statement.get(one) : statement.get(other);
  }

  private static void checkStrings(JsonNode value, String what) throws Refusal {
    boolean listOfStrings =
        value.isArray() && !value.isEmpty() && value.valueStream().allMatch(JsonNode::isTextual);
    boolean strings = value.isTextual() || listOfStrings;
    if (!strings) {
      throw invalid("has an " + what + " that is neither a string nor a list of strings");
    }
  }

  private static void checkCondition(JsonNode condition) throws Refusal {
    if (!condition.isObject() || !condition.valueStream().allMatch(JsonNode::isObject)) {
      throw invalid("has a Condition that does not name keys by operators");
    }
  }

  private static void checkMembers(JsonNode object, Set<String> known) throws Refusal {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!known.contains(member.getKey())) {
        throw invalid("has the member '" + member.getKey() + "', which policies have not");
      }
    }
  }

  private static Refusal invalid(String what) {
    return new Refusal(EfsError.INVALID_POLICY, "the policy " + what);
  }
}
