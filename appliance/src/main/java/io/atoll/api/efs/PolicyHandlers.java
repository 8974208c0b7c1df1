package io.atoll.api.efs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.resource.FileSystemPolicy;
import io.atoll.control.resource.LifecycleConfiguration.Policy;
import io.atoll.control.service.Policies;
import io.atoll.control.service.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The operations on what is set for a file system or the account. */
final class PolicyHandlers {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int LIFECYCLE_POLICIES_MAX = 3;
  private static final List<String> AGES =
      List.of(
          "AFTER_1_DAY",
          "AFTER_7_DAYS",
          "AFTER_14_DAYS",
          "AFTER_30_DAYS",
          "AFTER_60_DAYS",
          "AFTER_90_DAYS",
          "AFTER_180_DAYS",
          "AFTER_270_DAYS",
          "AFTER_365_DAYS");
  private static final Map<String, List<String>> TRANSITIONS = transitions();

  private final Policies policies;

  PolicyHandlers(Policies policies) {
    this.policies = policies;
  }

  private static Map<String, List<String>> transitions() {
    Map<String, List<String>> transitions = new LinkedHashMap<>();
    transitions.put(Policies.TO_INFREQUENT_ACCESS, AGES);
    transitions.put(Policies.TO_ARCHIVE, AGES);
    transitions.put(Policies.TO_PRIMARY, List.of("AFTER_1_ACCESS"));
    return transitions;
  }

  void addTo(Map<EfsOperation, Handler> handlers) {
    handlers.put(EfsOperation.PUT_FILE_SYSTEM_POLICY, Handler.at(this::putPolicy));
    handlers.put(EfsOperation.DESCRIBE_FILE_SYSTEM_POLICY, Handler.at(this::policy));
    handlers.put(EfsOperation.DELETE_FILE_SYSTEM_POLICY, Handler.at(this::deletePolicy));
    handlers.put(EfsOperation.PUT_BACKUP_POLICY, Handler.at(this::putBackup));
    handlers.put(EfsOperation.DESCRIBE_BACKUP_POLICY, Handler.at(this::backup));
    handlers.put(EfsOperation.PUT_LIFECYCLE_CONFIGURATION, Handler.at(this::putLifecycle));
    handlers.put(EfsOperation.DESCRIBE_LIFECYCLE_CONFIGURATION, Handler.at(this::lifecycle));
    handlers.put(EfsOperation.PUT_ACCOUNT_PREFERENCES, Handler.at(this::putPreferences));
    handlers.put(EfsOperation.DESCRIBE_ACCOUNT_PREFERENCES, Handler.at(this::preferences));
  }

  private static String fileSystem(Input input) throws Refusal {
    return input.pathId("FileSystemId", IdRule.FILE_SYSTEM);
  }

  private ObjectNode putPolicy(Input input) throws Refusal {
    String id = fileSystem(input);
    String policy = input.body().requiredText("Policy", TextRule.POLICY);
    // Whoever has a key may change a policy, whatever it says: so nobody can be locked out.
    input.body().bool("BypassPolicyLockoutSafetyCheck");
    input.done();
    return described(policies.putPolicy(id, policy));
  }

  private ObjectNode policy(Input input) throws Refusal {
    String id = fileSystem(input);
    input.done();
    return described(policies.policy(id));
  }

  private static ObjectNode described(FileSystemPolicy policy) {
    return JSON.objectNode().put("FileSystemId", policy.id()).put("Policy", policy.policy());
  }

  private ObjectNode deletePolicy(Input input) throws Refusal {
    String id = fileSystem(input);
    input.done();
    policies.deletePolicy(id);
    return null;
  }

  private ObjectNode putBackup(Input input) throws Refusal {
    String id = fileSystem(input);
    Fields policy = input.body().requiredObject("BackupPolicy");
    String status = policy.requiredChoice("Status", List.of("ENABLED", "DISABLED"));
    policy.done();
    input.done();
    policies.putBackup(id, status.equals("ENABLED"));
    return backupPolicy(status.equals("ENABLED"));
  }

  private ObjectNode backup(Input input) throws Refusal {
    String id = fileSystem(input);
    input.done();
    return backupPolicy(policies.backup(id));
  }

  private static ObjectNode backupPolicy(boolean enabled) {
    ObjectNode json = JSON.objectNode();
    json.putObject("BackupPolicy").put("Status", enabled ? "ENABLED" : "DISABLED");
    return json;
  }

  private ObjectNode putLifecycle(Input input) throws Refusal {
    String id = fileSystem(input);
    List<Policy> wanted = new ArrayList<>();
    for (Fields each : input.body().requiredObjects("LifecyclePolicies", LIFECYCLE_POLICIES_MAX)) {
      wanted.add(transition(each));
    }
    input.done();
    policies.putLifecycle(id, wanted);
    return described(wanted);
  }

  private static Policy transition(Fields fields) throws Refusal {
    List<Policy> found = new ArrayList<>();
    for (Map.Entry<String, List<String>> each : TRANSITIONS.entrySet()) {
      String rule = fields.choice(each.getKey(), each.getValue());
      if (rule != null) {
        found.add(new Policy(each.getKey(), rule));
      }
    }
    fields.done();
    if (found.size() != 1) {
      throw Refusal.badRequest(
          "LifecyclePolicies: each must have exactly one of " + TRANSITIONS.keySet());
    }
    return found.getFirst();
  }

  private ObjectNode lifecycle(Input input) throws Refusal {
    String id = fileSystem(input);
    input.done();
    return described(policies.lifecycle(id));
  }

  private static ObjectNode described(List<Policy> lifecycle) {
    ObjectNode json = JSON.objectNode();
    ArrayNode list = json.putArray("LifecyclePolicies");
    lifecycle.forEach(policy -> list.addObject().put(policy.transition(), policy.rule()));
    return json;
  }

  private ObjectNode putPreferences(Input input) throws Refusal {
    String idType = input.body().requiredChoice("ResourceIdType", List.of("LONG_ID", "SHORT_ID"));
    input.done();
    policies.putIdType(idType);
    return preferences();
  }

  private ObjectNode preferences(Input input) throws Refusal {
    input.body().integer("MaxResults", 1, Integer.MAX_VALUE);
    input.body().text("NextToken", TextRule.MARKER);
    input.done();
    return preferences();
  }

  private ObjectNode preferences() {
    ObjectNode json = JSON.objectNode();
    ObjectNode preference = json.putObject("ResourceIdPreference");
    preference.put("ResourceIdType", policies.idType());
    preference.putArray("Resources").add("FILE_SYSTEM").add("MOUNT_TARGET");
    return json;
  }
}
