package io.atoll.api.efs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atoll.control.resource.AccessPoint;
import io.atoll.control.resource.AccessPoint.CreationInfo;
import io.atoll.control.resource.AccessPoint.PosixUser;
import io.atoll.control.resource.AccessPoint.RootDirectory;
import io.atoll.control.service.AccessPoints;
import io.atoll.control.service.Refusal;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The operations on access points. */
final class AccessPointHandlers {
  /** The largest user or group ID of 32 bits. */
  private static final long POSIX_ID_MAX = 0xffff_ffffL;

  private static final int SECONDARY_GIDS_MAX = 16;
  private static final int PAGE_SIZE = 100;
  private static final int PAGE_SIZE_MAX = 1_000;

  private final AccessPoints accessPoints;
  private final Descriptions descriptions;

  AccessPointHandlers(AccessPoints accessPoints, Descriptions descriptions) {
    this.accessPoints = accessPoints;
    this.descriptions = descriptions;
  }

  void addTo(Map<EfsOperation, Handler> handlers) {
    handlers.put(EfsOperation.CREATE_ACCESS_POINT, Handler.at(this::create));
    handlers.put(EfsOperation.DESCRIBE_ACCESS_POINTS, Handler.at(this::describe));
    handlers.put(EfsOperation.DELETE_ACCESS_POINT, Handler.at(this::delete));
  }

  private ObjectNode create(Input input) throws Refusal {
    Fields body = input.body();
    AccessPoints.Creation wanted =
        new AccessPoints.Creation(
            body.requiredText("ClientToken", TextRule.TOKEN),
            input.bodyId("FileSystemId", IdRule.FILE_SYSTEM),
            posixUser(body.object("PosixUser")),
            rootDirectory(body.object("RootDirectory")),
            TagInput.tags(body, "Tags"));
    input.done();
    return descriptions.accessPoint(accessPoints.create(wanted));
  }

  private static PosixUser posixUser(Fields user) throws Refusal {
    if (user == null) {
      return null;
    }
    PosixUser read =
        new PosixUser(
            user.requiredInteger("Uid", 0, POSIX_ID_MAX),
            user.requiredInteger("Gid", 0, POSIX_ID_MAX),
            user.integers("SecondaryGids", SECONDARY_GIDS_MAX, 0, POSIX_ID_MAX));
    user.done();
    return read;
  }

  private static RootDirectory rootDirectory(Fields root) throws Refusal {
    if (root == null) {
      return null;
    }
    String path = root.text("Path", TextRule.ROOT_PATH);
    CreationInfo creation = creationInfo(root.object("CreationInfo"));
    root.done();
    return new RootDirectory(path == null ? "/" : path, creation);
  }

  private static CreationInfo creationInfo(Fields creation) throws Refusal {
    if (creation == null) {
      return null;
    }
    CreationInfo read =
        new CreationInfo(
            creation.requiredInteger("OwnerUid", 0, POSIX_ID_MAX),
            creation.requiredInteger("OwnerGid", 0, POSIX_ID_MAX),
            creation.requiredText("Permissions", TextRule.PERMISSIONS));
    creation.done();
    return read;
  }

  private ObjectNode describe(Input input) throws Refusal {
    int size = Math.min(PAGE_SIZE_MAX, input.pageSize("MaxResults", PAGE_SIZE));
    String token = input.queryText("NextToken", TextRule.MARKER);
    String id = input.queryId("AccessPointId", IdRule.ACCESS_POINT);
    String fileSystemId = input.queryId("FileSystemId", IdRule.FILE_SYSTEM);
    input.done();
    if (id != null && fileSystemId != null) {
      throw Refusal.badRequest("AccessPointId and FileSystemId can't be given together");
    }
    Page<AccessPoint> page = Page.of(selected(id, fileSystemId), token, size);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode list = json.putArray("AccessPoints");
    page.items().forEach(each -> list.add(descriptions.accessPoint(each)));
    if (page.next() != null) {
      json.put("NextToken", page.next());
    }
    return json;
  }

  private NavigableMap<String, AccessPoint> selected(String id, String fileSystemId)
      throws Refusal {
    if (id != null) {
      return new TreeMap<>(Map.of(id, accessPoints.get(id)));
    }
    return fileSystemId == null ? accessPoints.all() : accessPoints.of(fileSystemId);
  }

  private ObjectNode delete(Input input) throws Refusal {
    String id = input.pathId("AccessPointId", IdRule.ACCESS_POINT);
    input.done();
    accessPoints.delete(id);
    return null;
  }
}
