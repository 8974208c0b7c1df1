package io.atoll.api.efs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.resource.Replication;
import io.atoll.control.service.FileSystems;
import io.atoll.control.service.Refusal;
import io.atoll.control.service.Replications;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The operations on replication configurations. */
final class ReplicationHandlers {
  private static final int PAGE_SIZE = 100;
  private static final int DESTINATIONS_MAX = 1;

  private final Replications replications;
  private final FileSystems fileSystems;
  private final Descriptions descriptions;

  ReplicationHandlers(
      Replications replications, FileSystems fileSystems, Descriptions descriptions) {
    this.replications = replications;
    this.fileSystems = fileSystems;
    this.descriptions = descriptions;
  }

  void addTo(Map<EfsOperation, Handler> handlers) {
    handlers.put(EfsOperation.CREATE_REPLICATION_CONFIGURATION, Handler.at(this::create));
    handlers.put(EfsOperation.DELETE_REPLICATION_CONFIGURATION, Handler.at(this::delete));
    handlers.put(EfsOperation.DESCRIBE_REPLICATION_CONFIGURATIONS, Handler.at(this::describe));
  }

  private ObjectNode create(Input input) throws Refusal {
    String source = input.pathId("SourceFileSystemId", IdRule.FILE_SYSTEM);
    List<Fields> given = input.body().requiredObjects("Destinations", DESTINATIONS_MAX);
    if (given.isEmpty()) {
      throw Refusal.badRequest("Destinations: exactly one must be given");
    }
    Replications.Destination wanted = destination(input, given.getFirst());
    input.done();
    return descriptions.replication(replications.create(fileSystems.getAvailable(source), wanted));
  }

  private static Replications.Destination destination(Input input, Fields fields) throws Refusal {
    String region = fields.text("Region", TextRule.REGION);
    String zone = fields.text("AvailabilityZoneName", TextRule.ZONE_NAME);
    String key = fields.text("KmsKeyId", TextRule.KMS_KEY_ID);
    String id = input.id(fields, "FileSystemId", IdRule.FILE_SYSTEM);
    String role = fields.text("RoleArn", TextRule.ROLE_ARN);
    fields.done();
    if (key != null) {
      throw Refusal.badRequest(
          "Destinations.KmsKeyId: this node does not encrypt what it stores: leave it out");
    }
    return new Replications.Destination(region, zone, id, role);
  }

  private ObjectNode delete(Input input) throws Refusal {
    String id = input.pathId("SourceFileSystemId", IdRule.FILE_SYSTEM);
    String mode = input.queryText("deletionMode", TextRule.ANY);
    if (mode != null) {
      TextRule.choice(
          "deletionMode", mode, List.of("ALL_CONFIGURATIONS", "LOCAL_CONFIGURATION_ONLY"));
    }
    input.done();
    replications.delete(fileSystems.get(id).id());
    return null;
  }

  private ObjectNode describe(Input input) throws Refusal {
    String id = input.queryId("FileSystemId", IdRule.FILE_SYSTEM);
    int size = input.pageSize("MaxResults", PAGE_SIZE);
    String token = input.queryText("NextToken", TextRule.MARKER);
    input.done();
    NavigableMap<String, Replication> selected = replications.all();
    if (id != null) {
      Replication one = replications.of(fileSystems.get(id).id());
      selected = new TreeMap<>(Map.of(one.id(), one));
    }
    Page<Replication> page = Page.of(selected, token, size);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode list = json.putArray("Replications");
    page.items().forEach(each -> list.add(descriptions.replication(each)));
    return page.next() == null ? json : json.put("NextToken", page.next());
  }
}
