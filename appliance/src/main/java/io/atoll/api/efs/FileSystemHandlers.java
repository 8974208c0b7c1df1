package io.atoll.api.efs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.service.FileSystems;
import io.atoll.control.service.Refusal;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The operations on file systems themselves. */
final class FileSystemHandlers {
  private static final List<String> PERFORMANCE_MODES = List.of("generalPurpose", "maxIO");
  private static final List<String> THROUGHPUT_MODES =
      List.of("bursting", "provisioned", "elastic");
  private static final double MIBPS_MIN = 1.0;
  private static final int PAGE_SIZE = 100;
  private static final int PAGE_SIZE_MAX = 1_000;

  private final FileSystems fileSystems;
  private final Descriptions descriptions;

  FileSystemHandlers(FileSystems fileSystems, Descriptions descriptions) {
    this.fileSystems = fileSystems;
    this.descriptions = descriptions;
  }

  void addTo(Map<EfsOperation, Handler> handlers) {
    handlers.put(EfsOperation.CREATE_FILE_SYSTEM, Handler.at(this::create));
    handlers.put(EfsOperation.DESCRIBE_FILE_SYSTEMS, Handler.at(this::describe));
    handlers.put(EfsOperation.UPDATE_FILE_SYSTEM, Handler.at(this::update));
    handlers.put(EfsOperation.DELETE_FILE_SYSTEM, Handler.at(this::delete));
    handlers.put(EfsOperation.UPDATE_FILE_SYSTEM_PROTECTION, Handler.at(this::protect));
  }

  private ObjectNode create(Input input) throws Refusal {
    Fields body = input.body();
    checkEncryption(body.bool("Encrypted"), body.text("KmsKeyId", TextRule.KMS_KEY_ID));
    FileSystems.Creation wanted =
        new FileSystems.Creation(
            body.requiredText("CreationToken", TextRule.TOKEN),
            PerformanceMode.ofApiName(body.choice("PerformanceMode", PERFORMANCE_MODES)),
            throughputMode(body),
            body.number("ProvisionedThroughputInMibps", MIBPS_MIN),
            body.text("AvailabilityZoneName", TextRule.ZONE_NAME),
            body.bool("Backup"),
            TagInput.tags(body, "Tags"));
    input.done();
    return descriptions.fileSystem(fileSystems.create(wanted));
  }

  private static ThroughputMode throughputMode(Fields body) throws Refusal {
    return ThroughputMode.ofApiName(body.choice("ThroughputMode", THROUGHPUT_MODES));
  }

  /** What is promised must be kept: nothing is encrypted at rest here. */
  private static void checkEncryption(Boolean encrypted, String kmsKeyId) throws Refusal {
    if (Boolean.TRUE.equals(encrypted)) {
      throw Refusal.badRequest(
          "Encrypted true: this node does not encrypt what it stores: keep its data directory on"
              + " an encrypted disk, and leave Encrypted out");
    }
    if (kmsKeyId != null) {
      throw Refusal.badRequest("KmsKeyId: only with Encrypted true");
    }
  }

  private ObjectNode describe(Input input) throws Refusal {
    int size = Math.min(PAGE_SIZE_MAX, input.pageSize("MaxItems", PAGE_SIZE));
    String marker = input.queryText("Marker", TextRule.MARKER);
    String token = input.queryText("CreationToken", TextRule.TOKEN);
    String id = input.queryId("FileSystemId", IdRule.FILE_SYSTEM);
    input.done();
    Page<FileSystemResource> page = Page.of(selected(id, token), marker, size);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (marker != null) {
      json.put("Marker", marker);
    }
    ArrayNode list = json.putArray("FileSystems");
    page.items().forEach(each -> list.add(descriptions.fileSystem(each)));
    if (page.next() != null) {
      json.put("NextMarker", page.next());
    }
    return json;
  }

  private NavigableMap<String, FileSystemResource> selected(String id, String token)
      throws Refusal {
    if (id == null && token == null) {
      return fileSystems.all();
    }
    NavigableMap<String, FileSystemResource> one = new TreeMap<>();
    FileSystemResource found = id == null ? fileSystems.ofToken(token) : fileSystems.get(id);
    if (found != null && (token == null || token.equals(found.creationToken()))) {
      one.put(found.id(), found);
    }
    return one;
  }

  private ObjectNode update(Input input) throws Refusal {
    String id = input.pathId("FileSystemId", IdRule.FILE_SYSTEM);
    ThroughputMode mode = throughputMode(input.body());
    Double mibps = input.body().number("ProvisionedThroughputInMibps", MIBPS_MIN);
    input.done();
    return descriptions.fileSystem(fileSystems.update(id, mode, mibps));
  }

  private ObjectNode delete(Input input) throws Refusal {
    String id = input.pathId("FileSystemId", IdRule.FILE_SYSTEM);
    input.done();
    fileSystems.delete(id);
    return null;
  }

  private ObjectNode protect(Input input) throws Refusal {
    String id = input.pathId("FileSystemId", IdRule.FILE_SYSTEM);
    String wanted =
        input.body().choice("ReplicationOverwriteProtection", List.of("ENABLED", "DISABLED"));
    input.done();
    FileSystemResource now = fileSystems.get(id);
    if (wanted != null) {
      now = fileSystems.protect(id, wanted.equals("ENABLED"));
    }
    return descriptions.protection(now);
  }
}
