package io.atoll.api.efs;

import static io.atoll.api.efs.EfsOperation.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.atoll.api.ApiAddressException;
import io.atoll.control.HostRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.efs.EfsClient;
import software.amazon.awssdk.services.efs.model.*;

/**
 * Every operation and what it refuses, by the AWS SDK and its typed exceptions. The table in {@code
 * docs/api.md} is what this test has seen; to write it anew, run it with {@code
 * -Datoll.test.write-docs=true}.
 */
@SuppressWarnings("unchecked") // the SDK takes arrays of generic consumers
class EfsOperationsTest {
  private static final Path DOCS = Path.of("..", "docs", "api.md");
  private static final String TABLE_BEGIN = "<!-- operations: written by EfsOperationsTest -->\n";
  private static final String TABLE_END = "<!-- end of operations -->\n";
  private static final String NO_FILE_SYSTEM = "fs-00000000000000000";
  private static final String FOREIGN_ARN =
      "arn:aws:elasticfilesystem:us-east-1:111111111111:file-system/";

  @TempDir Path directory;

  private final OperationLog log = new OperationLog();
  private ApiFixture api;
  private EfsClient efs;

  @BeforeEach
  void start() throws ApiAddressException {
    api = new ApiFixture(directory);
    efs = api.efs;
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private <R extends EfsResponse> R ok(EfsOperation operation, Supplier<R> call) {
    R response;
    try {
      response = call.get();
    } catch (EfsException e) {
      throw new AssertionError(operation.apiName() + " was refused", e);
    }
    int status = response.sdkHttpResponse().statusCode();
    assertEquals(operation.status(), status, operation.apiName());
    log.succeeded(operation, status);
    return response;
  }

  private <E extends EfsException> E refused(
      EfsOperation operation, Class<E> error, Supplier<?> call) {
    Object answer;
    try {
      answer = call.get();
    } catch (EfsException e) {
      assertEquals(error, e.getClass(), operation.apiName() + ": " + e.getMessage());
      log.failed(operation, e.awsErrorDetails().errorCode());
      return error.cast(e);
    }
    return fail(
        operation.apiName() + " was not refused with " + error.getSimpleName() + ": " + answer);
  }

  private String made(String token) {
    String id = efs.createFileSystem(r -> r.creationToken(token)).fileSystemId();
    awaitState(id, LifeCycleState.AVAILABLE);
    return id;
  }

  private void awaitState(String id, LifeCycleState wanted) {
    LifeCycleState state;
    do {
      state =
          efs.describeFileSystems(r -> r.fileSystemId(id))
              .fileSystems()
              .getFirst()
              .lifeCycleState();
    } while (state != wanted);
  }

  @Test
  void everyOperationAnswersAndRefusesAsTheSdkKnowsIt() throws IOException {
    fileSystems();
    String id = made("for all else");
    updates(id);
    mountTargets(id);
    accessPoints(id);
    policies(id);
    tags(id);
    replications(id);
    preferences();
    badIds(id);

    for (EfsOperation operation : EfsOperation.values()) {
      assertTrue(log.hasSucceeded(operation), operation.apiName() + " was not tried");
    }
    checkDocs();
  }

  private void fileSystems() {
    api.host.hold();
    CreateFileSystemResponse created =
        ok(
            CREATE_FILE_SYSTEM,
            () ->
                efs.createFileSystem(r ->
                    r.creationToken("first")
                        .performanceMode(PerformanceMode.MAX_IO)
                        .throughputMode(ThroughputMode.PROVISIONED)
                        .provisionedThroughputInMibps(2.5)
                        .tags(tag("Name", "home"), tag("a b", "ü+-=._:/@"))));
    String id = created.fileSystemId();
    assertTrue(id.matches("fs-[0-9a-f]{17}"), id);
    assertEquals(LifeCycleState.CREATING, created.lifeCycleState());
    assertEquals(
        "arn:aws:elasticfilesystem:us-east-1:000000000000:file-system/" + id,
        created.fileSystemArn());
    assertEquals("home", created.name());
    assertEquals(2.5, created.provisionedThroughputInMibps());
    refused(
        CREATE_MOUNT_TARGET,
        IncorrectFileSystemLifeCycleStateException.class,
        () -> efs.createMountTarget(r -> r.fileSystemId(id).subnetId(subnet("us-east-1a"))));
    refused(
        CREATE_ACCESS_POINT,
        IncorrectFileSystemLifeCycleStateException.class,
        () -> efs.createAccessPoint(r -> r.fileSystemId(id).clientToken("t")));
    refused(
        DELETE_FILE_SYSTEM,
        FileSystemInUseException.class,
        () -> efs.deleteFileSystem(r -> r.fileSystemId(id)));
    FileSystemAlreadyExistsException again =
        refused(
            CREATE_FILE_SYSTEM,
            FileSystemAlreadyExistsException.class,
            () -> efs.createFileSystem(r -> r.creationToken("first")));
    assertEquals(id, again.fileSystemId());
    api.host.letGo();
    awaitState(id, LifeCycleState.AVAILABLE);
    FileSystemDescription found =
        ok(DESCRIBE_FILE_SYSTEMS, () -> efs.describeFileSystems(r -> r.creationToken("first")))
            .fileSystems()
            .getFirst();
    assertEquals(created.creationTime(), found.creationTime());
    assertEquals(6_144, found.sizeInBytes().value());
    assertEquals(
        id,
        efs.describeFileSystems(r -> r.fileSystemId(created.fileSystemArn()))
            .fileSystems()
            .getFirst()
            .fileSystemId());

    refused(
        CREATE_FILE_SYSTEM,
        BadRequestException.class,
        () -> efs.createFileSystem(r -> r.creationToken("x".repeat(65))));
    refused(
        CREATE_FILE_SYSTEM,
        BadRequestException.class,
        () -> efs.createFileSystem(r -> r.creationToken("e").encrypted(true)));
    refused(
        CREATE_FILE_SYSTEM,
        BadRequestException.class,
        () ->
            efs.createFileSystem(r ->
                r.creationToken("e")
                    .performanceMode(PerformanceMode.MAX_IO)
                    .throughputMode(ThroughputMode.ELASTIC)));
    refused(
        CREATE_FILE_SYSTEM,
        BadRequestException.class,
        () -> efs.createFileSystem(r -> r.creationToken("e").tags(tag("aws:x", "v"))));
    refused(
        CREATE_FILE_SYSTEM,
        ThroughputLimitExceededException.class,
        () ->
            efs.createFileSystem(r ->
                r.creationToken("e")
                    .throughputMode(ThroughputMode.PROVISIONED)
                    .provisionedThroughputInMibps(9999.0)));
    refused(
        CREATE_FILE_SYSTEM,
        UnsupportedAvailabilityZoneException.class,
        () -> efs.createFileSystem(r -> r.creationToken("e").availabilityZoneName("us-east-1z")));

    api.host.hold();
    ok(DELETE_FILE_SYSTEM, () -> efs.deleteFileSystem(r -> r.fileSystemId(id)));
    awaitState(id, LifeCycleState.DELETING);
    api.host.letGo();
    awaitGone(id);
    refused(
        DELETE_FILE_SYSTEM,
        FileSystemNotFoundException.class,
        () -> efs.deleteFileSystem(r -> r.fileSystemId(id)));
    limitOfFileSystems();
  }

  private void awaitGone(String id) {
    try {
      while (!efs.describeFileSystems(r -> r.fileSystemId(id)).fileSystems().isEmpty()) {}
      fail("an answer without " + id);
    } catch (FileSystemNotFoundException expected) {
      log.failed(DESCRIBE_FILE_SYSTEMS, expected.awsErrorDetails().errorCode());
    }
  }

  private void limitOfFileSystems() {
    List<String> ids = new ArrayList<>();
    while (ids.size() < ApiFixture.LIMITS.fileSystems()) {
      ids.add(made("one of many " + ids.size()));
    }
    refused(
        CREATE_FILE_SYSTEM,
        FileSystemLimitExceededException.class,
        () -> efs.createFileSystem(r -> r.creationToken("one too many")));
    List<String> paged =
        efs.describeFileSystemsPaginator(r -> r.maxItems(3)).fileSystems().stream()
            .map(FileSystemDescription::fileSystemId)
            .toList();
    assertEquals(ids.stream().sorted().toList(), paged);
    refused(
        DESCRIBE_FILE_SYSTEMS,
        BadRequestException.class,
        () -> efs.describeFileSystems(r -> r.marker("not a marker!")));
    ids.forEach(id -> efs.deleteFileSystem(r -> r.fileSystemId(id)));
    ids.forEach(this::awaitGone);
  }

  private void updates(String id) {
    api.host.hold();
    UpdateFileSystemResponse updated =
        ok(
            UPDATE_FILE_SYSTEM,
            () ->
                efs.updateFileSystem(r ->
                    r.fileSystemId(id)
                        .throughputMode(ThroughputMode.PROVISIONED)
                        .provisionedThroughputInMibps(5.0)));
    assertEquals(LifeCycleState.UPDATING, updated.lifeCycleState());
    refused(
        UPDATE_FILE_SYSTEM,
        IncorrectFileSystemLifeCycleStateException.class,
        () -> efs.updateFileSystem(r -> r.fileSystemId(id).throughputMode("bursting")));
    refused(
        PUT_BACKUP_POLICY,
        IncorrectFileSystemLifeCycleStateException.class,
        () -> efs.putBackupPolicy(r -> r.fileSystemId(id).backupPolicy(b -> b.status("ENABLED"))));
    refused(
        PUT_LIFECYCLE_CONFIGURATION,
        IncorrectFileSystemLifeCycleStateException.class,
        () -> efs.putLifecycleConfiguration(r -> r.fileSystemId(id).lifecyclePolicies(List.of())));
    refused(
        PUT_FILE_SYSTEM_POLICY,
        IncorrectFileSystemLifeCycleStateException.class,
        () -> efs.putFileSystemPolicy(r -> r.fileSystemId(id).policy(policy())));
    refused(
        DELETE_FILE_SYSTEM_POLICY,
        IncorrectFileSystemLifeCycleStateException.class,
        () -> efs.deleteFileSystemPolicy(r -> r.fileSystemId(id)));
    refused(
        UPDATE_FILE_SYSTEM_PROTECTION,
        IncorrectFileSystemLifeCycleStateException.class,
        () ->
            efs.updateFileSystemProtection(
                r -> r.fileSystemId(id).replicationOverwriteProtection("DISABLED")));
    refused(
        CREATE_REPLICATION_CONFIGURATION,
        IncorrectFileSystemLifeCycleStateException.class,
        () ->
            efs.createReplicationConfiguration(
                r -> r.sourceFileSystemId(id).destinations(d -> d.region("us-east-1"))));
    api.host.letGo();
    awaitState(id, LifeCycleState.AVAILABLE);
    refused(
        UPDATE_FILE_SYSTEM,
        TooManyRequestsException.class,
        () -> efs.updateFileSystem(r -> r.fileSystemId(id).throughputMode("bursting")));
    refused(
        UPDATE_FILE_SYSTEM,
        ThroughputLimitExceededException.class,
        () -> efs.updateFileSystem(r -> r.fileSystemId(id).provisionedThroughputInMibps(9999.0)));
    refused(
        UPDATE_FILE_SYSTEM,
        BadRequestException.class,
        () -> efs.updateFileSystem(r -> r.fileSystemId(id).provisionedThroughputInMibps(0.5)));
    refused(
        UPDATE_FILE_SYSTEM,
        FileSystemNotFoundException.class,
        () -> efs.updateFileSystem(r -> r.fileSystemId(NO_FILE_SYSTEM)));
    ok(
        UPDATE_FILE_SYSTEM,
        () -> efs.updateFileSystem(r -> r.fileSystemId(id).provisionedThroughputInMibps(6.0)));
    awaitState(id, LifeCycleState.AVAILABLE);
  }

  private String subnet(String zone) {
    return api.control.network().inZone(zone).id();
  }

  private void mountTargets(String id) {
    CreateMountTargetResponse target =
        ok(
            CREATE_MOUNT_TARGET,
            () -> efs.createMountTarget(r -> r.fileSystemId(id).subnetId(subnet("us-east-1a"))));
    assertEquals("127.64.0.4", target.ipAddress());
    assertEquals("us-east-1a", target.availabilityZoneName());
    assertEquals("use1-az1", target.availabilityZoneId());
    String targetId = target.mountTargetId();
    assertTrue(targetId.matches("fsmt-[0-9a-f]{17}"), targetId);
    assertEquals(id, api.host.listening.values().iterator().next());
    List<MountTargetDescription> found =
        ok(DESCRIBE_MOUNT_TARGETS, () -> efs.describeMountTargets(r -> r.fileSystemId(id)))
            .mountTargets();
    assertEquals(targetId, found.getFirst().mountTargetId());
    assertEquals(LifeCycleState.AVAILABLE, found.getFirst().lifeCycleState());
    refused(
        DESCRIBE_MOUNT_TARGETS,
        BadRequestException.class,
        () -> efs.describeMountTargets(r -> r.fileSystemId(id).mountTargetId(targetId)));
    refused(
        DESCRIBE_MOUNT_TARGETS,
        MountTargetNotFoundException.class,
        () -> efs.describeMountTargets(r -> r.mountTargetId("fsmt-00000000000000000")));
    refused(
        DESCRIBE_MOUNT_TARGETS,
        AccessPointNotFoundException.class,
        () -> efs.describeMountTargets(r -> r.accessPointId("fsap-00000000000000000")));
    refused(
        CREATE_MOUNT_TARGET,
        MountTargetConflictException.class,
        () -> efs.createMountTarget(r -> r.fileSystemId(id).subnetId(subnet("us-east-1a"))));
    refused(
        CREATE_MOUNT_TARGET,
        SubnetNotFoundException.class,
        () -> efs.createMountTarget(r -> r.fileSystemId(id).subnetId("subnet-00000000000000000")));
    refused(
        CREATE_MOUNT_TARGET,
        SecurityGroupNotFoundException.class,
        () ->
            efs.createMountTarget(r ->
                r.fileSystemId(id)
                    .subnetId(subnet("us-east-1b"))
                    .securityGroups("sg-00000000000000000")));
    refused(
        CREATE_MOUNT_TARGET,
        SecurityGroupLimitExceededException.class,
        () ->
            efs.createMountTarget(r ->
                r.fileSystemId(id).subnetId(subnet("us-east-1b")).securityGroups(manyGroups())));
    refused(
        CREATE_MOUNT_TARGET,
        BadRequestException.class,
        () ->
            efs.createMountTarget(
                r -> r.fileSystemId(id).subnetId(subnet("us-east-1b")).ipAddress("127.64.0.9")));
    String other = made("other");
    refused(
        CREATE_MOUNT_TARGET,
        IpAddressInUseException.class,
        () ->
            efs.createMountTarget(
                r -> r.fileSystemId(other).subnetId(subnet("us-east-1a")).ipAddress("127.64.0.4")));
    api.host.refuse(HostRefusal.Reason.ADDRESS);
    refused(
        CREATE_MOUNT_TARGET,
        IpAddressInUseException.class,
        () -> efs.createMountTarget(r -> r.fileSystemId(other).subnetId(subnet("us-east-1a"))));
    api.host.refuse(HostRefusal.Reason.TOO_MANY_MOUNT_POINTS);
    refused(
        CREATE_MOUNT_TARGET,
        NetworkInterfaceLimitExceededException.class,
        () -> efs.createMountTarget(r -> r.fileSystemId(other).subnetId(subnet("us-east-1a"))));
    api.host.refuse(null);
    assertTrue(efs.describeMountTargets(r -> r.fileSystemId(other)).mountTargets().isEmpty());
    String oneZone =
        efs.createFileSystem(r -> r.creationToken("z").availabilityZoneName("us-east-1a"))
            .fileSystemId();
    awaitState(oneZone, LifeCycleState.AVAILABLE);
    refused(
        CREATE_MOUNT_TARGET,
        AvailabilityZonesMismatchException.class,
        () -> efs.createMountTarget(r -> r.fileSystemId(oneZone).subnetId(subnet("us-east-1b"))));
    fillSmallSubnet(id);
    securityGroups(targetId);
    refused(
        DELETE_FILE_SYSTEM,
        FileSystemInUseException.class,
        () -> efs.deleteFileSystem(r -> r.fileSystemId(id)));
    api.host.hold();
    ok(DELETE_MOUNT_TARGET, () -> efs.deleteMountTarget(r -> r.mountTargetId(targetId)));
    refused(
        DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS,
        IncorrectMountTargetStateException.class,
        () -> efs.describeMountTargetSecurityGroups(r -> r.mountTargetId(targetId)));
    refused(
        MODIFY_MOUNT_TARGET_SECURITY_GROUPS,
        IncorrectMountTargetStateException.class,
        () ->
            efs.modifyMountTargetSecurityGroups(
                r -> r.mountTargetId(targetId).securityGroups(manyGroups().getFirst())));
    api.host.letGo();
    awaitTargetGone(targetId);
    refused(
        DELETE_MOUNT_TARGET,
        MountTargetNotFoundException.class,
        () -> efs.deleteMountTarget(r -> r.mountTargetId(targetId)));
  }

  /** Of the four addresses of the first subnet in zone b, all can be had. */
  private void fillSmallSubnet(String id) {
    String small = api.control.network().inZone("us-east-1b").id();
    List<String> ids = new ArrayList<>(List.of(id));
    for (int i = 0; i < 3; i++) {
      ids.add(made("fills " + i));
    }
    ids.forEach(each -> efs.createMountTarget(r -> r.fileSystemId(each).subnetId(small)));
    String last = made("finds none free");
    refused(
        CREATE_MOUNT_TARGET,
        NoFreeAddressesInSubnetException.class,
        () -> efs.createMountTarget(r -> r.fileSystemId(last).subnetId(small)));
    ids.remove(id);
    for (String each : ids) {
      String target =
          efs.describeMountTargets(r -> r.fileSystemId(each))
              .mountTargets()
              .getFirst()
              .mountTargetId();
      efs.deleteMountTarget(r -> r.mountTargetId(target));
      awaitTargetGone(target);
      efs.deleteFileSystem(r -> r.fileSystemId(each));
      awaitGone(each);
    }
    efs.deleteFileSystem(r -> r.fileSystemId(last));
    awaitGone(last);
  }

  private void awaitTargetGone(String targetId) {
    try {
      while (!efs.describeMountTargets(r -> r.mountTargetId(targetId)).mountTargets().isEmpty()) {}
      fail("an answer without " + targetId);
    } catch (MountTargetNotFoundException expected) {
      log.failed(DESCRIBE_MOUNT_TARGETS, expected.awsErrorDetails().errorCode());
    }
  }

  private List<String> manyGroups() {
    return api.control
        .call(() -> {
          while (api.control.securityGroups().all().size() < 6) {
            api.control
                .securityGroups()
                .create(
                    "group " + api.control.securityGroups().all().size(),
                    "",
                    List.of("10.0.0.0/8"));
          }
          return List.copyOf(api.control.securityGroups().all().keySet());
        })
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private void securityGroups(String targetId) {
    List<String> groups = manyGroups();
    ok(
        MODIFY_MOUNT_TARGET_SECURITY_GROUPS,
        () ->
            efs.modifyMountTargetSecurityGroups(
                r -> r.mountTargetId(targetId).securityGroups(groups.get(1), groups.get(0))));
    assertEquals(
        List.of(groups.get(1), groups.get(0)),
        ok(
                DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS,
                () -> efs.describeMountTargetSecurityGroups(r -> r.mountTargetId(targetId)))
            .securityGroups());
    refused(
        MODIFY_MOUNT_TARGET_SECURITY_GROUPS,
        SecurityGroupLimitExceededException.class,
        () ->
            efs.modifyMountTargetSecurityGroups(
                r -> r.mountTargetId(targetId).securityGroups(groups)));
    refused(
        MODIFY_MOUNT_TARGET_SECURITY_GROUPS,
        SecurityGroupNotFoundException.class,
        () ->
            efs.modifyMountTargetSecurityGroups(
                r -> r.mountTargetId(targetId).securityGroups("sg-00000000000000000")));
    refused(
        MODIFY_MOUNT_TARGET_SECURITY_GROUPS,
        BadRequestException.class,
        () -> efs.modifyMountTargetSecurityGroups(r -> r.mountTargetId(targetId)));
    refused(
        MODIFY_MOUNT_TARGET_SECURITY_GROUPS,
        MountTargetNotFoundException.class,
        () ->
            efs.modifyMountTargetSecurityGroups(
                r -> r.mountTargetId("fsmt-00000000000000000").securityGroups(groups.getFirst())));
    refused(
        DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS,
        MountTargetNotFoundException.class,
        () ->
            efs.describeMountTargetSecurityGroups(r -> r.mountTargetId("fsmt-00000000000000000")));
  }

  private void accessPoints(String id) {
    CreateAccessPointResponse point =
        ok(
            CREATE_ACCESS_POINT,
            () ->
                efs.createAccessPoint(r ->
                    r.fileSystemId(id)
                        .clientToken("pv-1")
                        .posixUser(u -> u.uid(4_294_967_295L).gid(5L).secondaryGids(6L, 7L))
                        .rootDirectory(d ->
                            d.path("/a/b")
                                .creationInfo(c -> c.ownerUid(1L).ownerGid(2L).permissions("0755")))
                        .tags(tag("Name", "app"))));
    String pointId = point.accessPointId();
    assertTrue(pointId.matches("fsap-[0-9a-f]{17}"), pointId);
    assertEquals("app", point.name());
    assertEquals(LifeCycleState.AVAILABLE, point.lifeCycleState());
    assertEquals("pv-1", point.clientToken());
    AccessPointDescription found =
        ok(
                DESCRIBE_ACCESS_POINTS,
                () -> efs.describeAccessPoints(r -> r.accessPointId(point.accessPointArn())))
            .accessPoints()
            .getFirst();
    assertEquals(point.posixUser(), found.posixUser());
    assertEquals(point.rootDirectory(), found.rootDirectory());
    AccessPointAlreadyExistsException again =
        refused(
            CREATE_ACCESS_POINT,
            AccessPointAlreadyExistsException.class,
            () -> efs.createAccessPoint(r -> r.fileSystemId(id).clientToken("pv-1")));
    assertEquals(pointId, again.accessPointId());
    for (String path : List.of("relative", "/a/b/c/d/e", "/..", "/a/../b", "/a?b", "")) {
      refused(
          CREATE_ACCESS_POINT,
          BadRequestException.class,
          () ->
              efs.createAccessPoint(
                  r -> r.fileSystemId(id).clientToken("bad").rootDirectory(d -> d.path(path))));
    }
    refused(
        CREATE_ACCESS_POINT,
        BadRequestException.class,
        () ->
            efs.createAccessPoint(
                r -> r.fileSystemId(id).clientToken("bad").posixUser(u -> u.uid(-1L).gid(0L))));
    refused(
        CREATE_ACCESS_POINT,
        FileSystemNotFoundException.class,
        () -> efs.createAccessPoint(r -> r.fileSystemId(NO_FILE_SYSTEM).clientToken("t")));
    for (int i = 2; i <= ApiFixture.LIMITS.accessPointsPerFileSystem(); i++) {
      String token = "pv-" + i;
      CreateAccessPointResponse more =
          efs.createAccessPoint(r -> r.fileSystemId(id).clientToken(token));
      assertEquals("/", more.rootDirectory().path());
    }
    refused(
        CREATE_ACCESS_POINT,
        AccessPointLimitExceededException.class,
        () -> efs.createAccessPoint(r -> r.fileSystemId(id).clientToken("one too many")));
    List<String> all =
        efs
            .describeAccessPointsPaginator(r -> r.fileSystemId(id).maxResults(3))
            .accessPoints()
            .stream()
            .map(AccessPointDescription::accessPointId)
            .toList();
    assertEquals(ApiFixture.LIMITS.accessPointsPerFileSystem(), all.stream().distinct().count());
    assertEquals(
        id,
        efs.describeMountTargets(r -> r.accessPointId(pointId))
            .mountTargets()
            .getFirst()
            .fileSystemId());
    refused(
        DESCRIBE_ACCESS_POINTS,
        AccessPointNotFoundException.class,
        () -> efs.describeAccessPoints(r -> r.accessPointId("fsap-00000000000000000")));
    refused(
        DESCRIBE_ACCESS_POINTS,
        FileSystemNotFoundException.class,
        () -> efs.describeAccessPoints(r -> r.fileSystemId(NO_FILE_SYSTEM)));
    refused(
        DESCRIBE_ACCESS_POINTS,
        BadRequestException.class,
        () -> efs.describeAccessPoints(r -> r.fileSystemId(id).accessPointId(pointId)));
    ok(
        TAG_RESOURCE,
        () -> efs.tagResource(r -> r.resourceId(point.accessPointArn()).tags(tag("k", "v"))));
    assertEquals(
        List.of(tag("Name", "app"), tag("k", "v")),
        efs.listTagsForResource(r -> r.resourceId(pointId)).tags());
    ok(DELETE_ACCESS_POINT, () -> efs.deleteAccessPoint(r -> r.accessPointId(pointId)));
    refused(
        DELETE_ACCESS_POINT,
        AccessPointNotFoundException.class,
        () -> efs.deleteAccessPoint(r -> r.accessPointId(pointId)));
    refused(
        TAG_RESOURCE,
        AccessPointNotFoundException.class,
        () -> efs.tagResource(r -> r.resourceId(pointId).tags(tag("k", "v"))));
    refused(
        UNTAG_RESOURCE,
        AccessPointNotFoundException.class,
        () -> efs.untagResource(r -> r.resourceId(pointId).tagKeys("k")));
    refused(
        LIST_TAGS_FOR_RESOURCE,
        AccessPointNotFoundException.class,
        () -> efs.listTagsForResource(r -> r.resourceId(pointId)));
  }

  private static String policy() {
    return """
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
      "Action": ["elasticfilesystem:ClientMount"],
      "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}\
    """;
  }

  private void policies(String id) {
    refused(
        DESCRIBE_FILE_SYSTEM_POLICY,
        PolicyNotFoundException.class,
        () -> efs.describeFileSystemPolicy(r -> r.fileSystemId(id)));
    ok(
        PUT_FILE_SYSTEM_POLICY,
        () ->
            efs.putFileSystemPolicy(
                r -> r.fileSystemId(id).policy(policy()).bypassPolicyLockoutSafetyCheck(true)));
    assertEquals(
        policy(),
        ok(DESCRIBE_FILE_SYSTEM_POLICY, () -> efs.describeFileSystemPolicy(r -> r.fileSystemId(id)))
            .policy());
    for (String bad :
        List.of(
            "{",
            "[]",
            "{}",
            "{\"Statement\": []}",
            "{\"Statement\": {\"Effect\": \"Maybe\", \"Principal\": \"*\", \"Action\": \"*\"}}",
            "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\"}}",
            "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": 1}}",
            "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\"},"
                + " \"More\": 1}")) {
      refused(
          PUT_FILE_SYSTEM_POLICY,
          InvalidPolicyException.class,
          () -> efs.putFileSystemPolicy(r -> r.fileSystemId(id).policy(bad)));
    }
    refused(
        PUT_FILE_SYSTEM_POLICY,
        BadRequestException.class,
        () -> efs.putFileSystemPolicy(r -> r.fileSystemId(id).policy("x".repeat(20_001))));
    ok(DELETE_FILE_SYSTEM_POLICY, () -> efs.deleteFileSystemPolicy(r -> r.fileSystemId(id)));

    refused(
        DESCRIBE_BACKUP_POLICY,
        PolicyNotFoundException.class,
        () -> efs.describeBackupPolicy(r -> r.fileSystemId(id)));
    ok(
        PUT_BACKUP_POLICY,
        () ->
            efs.putBackupPolicy(
                r -> r.fileSystemId(id).backupPolicy(b -> b.status(Status.ENABLED))));
    assertEquals(
        Status.ENABLED,
        ok(DESCRIBE_BACKUP_POLICY, () -> efs.describeBackupPolicy(r -> r.fileSystemId(id)))
            .backupPolicy()
            .status());
    refused(
        PUT_BACKUP_POLICY,
        BadRequestException.class,
        () -> efs.putBackupPolicy(r -> r.fileSystemId(id).backupPolicy(b -> b.status("OFTEN"))));

    LifecyclePolicy toCold =
        LifecyclePolicy.builder().transitionToIA(TransitionToIARules.AFTER_30_DAYS).build();
    LifecyclePolicy back =
        LifecyclePolicy.builder()
            .transitionToPrimaryStorageClass(TransitionToPrimaryStorageClassRules.AFTER_1_ACCESS)
            .build();
    ok(
        PUT_LIFECYCLE_CONFIGURATION,
        () ->
            efs.putLifecycleConfiguration(r -> r.fileSystemId(id).lifecyclePolicies(toCold, back)));
    assertEquals(
        List.of(toCold, back),
        ok(
                DESCRIBE_LIFECYCLE_CONFIGURATION,
                () -> efs.describeLifecycleConfiguration(r -> r.fileSystemId(id)))
            .lifecyclePolicies());
    refused(
        PUT_LIFECYCLE_CONFIGURATION,
        BadRequestException.class,
        () ->
            efs.putLifecycleConfiguration(
                r -> r.fileSystemId(id).lifecyclePolicies(toCold, toCold)));
    refused(
        PUT_LIFECYCLE_CONFIGURATION,
        BadRequestException.class,
        () ->
            efs.putLifecycleConfiguration(r ->
                r.fileSystemId(id)
                    .lifecyclePolicies(p ->
                        p.transitionToIA(TransitionToIARules.AFTER_7_DAYS)
                            .transitionToPrimaryStorageClass("AFTER_1_ACCESS"))));
    refused(
        PUT_LIFECYCLE_CONFIGURATION,
        BadRequestException.class,
        () ->
            efs.putLifecycleConfiguration(r ->
                r.fileSystemId(id).lifecyclePolicies(p -> p.transitionToArchive("AFTER_90_DAYS"))));
    efs.putLifecycleConfiguration(r -> r.fileSystemId(id).lifecyclePolicies(List.of()));
    assertTrue(
        efs.describeLifecycleConfiguration(r -> r.fileSystemId(id)).lifecyclePolicies().isEmpty());
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  @SuppressWarnings("deprecation") // CreateTags and its like are still to be served
  private void tags(String id) {
    ok(
        TAG_RESOURCE,
        () ->
            efs.tagResource(
                r -> r.resourceId(id).tags(tag("a", "1"), tag("b", ""), tag("c d/é", "3"))));
    assertEquals(
        3,
        ok(LIST_TAGS_FOR_RESOURCE, () -> efs.listTagsForResource(r -> r.resourceId(id)))
            .tags()
            .size());
    ListTagsForResourceResponse page = efs.listTagsForResource(r -> r.resourceId(id).maxResults(2));
    assertEquals(
        List.of(tag("c d/é", "3")),
        efs.listTagsForResource(r -> r.resourceId(id).nextToken(page.nextToken())).tags());
    ok(UNTAG_RESOURCE, () -> efs.untagResource(r -> r.resourceId(id).tagKeys("a", "c d/é")));
    ok(CREATE_TAGS, () -> efs.createTags(r -> r.fileSystemId(id).tags(tag("Name", "n"))));
    assertEquals(
        List.of(tag("Name", "n"), tag("b", "")),
        ok(DESCRIBE_TAGS, () -> efs.describeTags(r -> r.fileSystemId(id))).tags());
    ok(DELETE_TAGS, () -> efs.deleteTags(r -> r.fileSystemId(id).tagKeys("Name", "b")));
    assertTrue(efs.describeTags(r -> r.fileSystemId(id)).tags().isEmpty());
    List<Tag> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      many.add(tag("k" + i, "v"));
    }
    efs.tagResource(r -> r.resourceId(id).tags(many));
    refused(
        TAG_RESOURCE,
        BadRequestException.class,
        () -> efs.tagResource(r -> r.resourceId(id).tags(tag("one too many", ""))));
    refused(
        CREATE_TAGS,
        BadRequestException.class,
        () -> efs.createTags(r -> r.fileSystemId(id).tags(tag("k".repeat(129), ""))));
    refused(
        UNTAG_RESOURCE,
        BadRequestException.class,
        () -> efs.untagResource(r -> r.resourceId(id).tagKeys("no\nkey")));
    refused(
        DELETE_TAGS,
        BadRequestException.class,
        () -> efs.deleteTags(r -> r.fileSystemId(id).tagKeys(List.of())));
    refused(
        LIST_TAGS_FOR_RESOURCE,
        BadRequestException.class,
        () -> efs.listTagsForResource(r -> r.resourceId(id).nextToken("?")));
  }

  private void replications(String id) {
    String destination = made("destination");
    DestinationToCreate to =
        DestinationToCreate.builder().fileSystemId(destination).region("us-east-1").build();
    refused(
        CREATE_REPLICATION_CONFIGURATION,
        BadRequestException.class,
        () -> efs.createReplicationConfiguration(r -> r.sourceFileSystemId(id).destinations(to)));
    assertEquals(
        ReplicationOverwriteProtection.DISABLED,
        ok(
                UPDATE_FILE_SYSTEM_PROTECTION,
                () ->
                    efs.updateFileSystemProtection(r ->
                        r.fileSystemId(destination).replicationOverwriteProtection("DISABLED")))
            .replicationOverwriteProtection());
    refused(
        UPDATE_FILE_SYSTEM_PROTECTION,
        BadRequestException.class,
        () ->
            efs.updateFileSystemProtection(
                r -> r.fileSystemId(destination).replicationOverwriteProtection("REPLICATING")));
    refused(
        DESCRIBE_REPLICATION_CONFIGURATIONS,
        ReplicationNotFoundException.class,
        () -> efs.describeReplicationConfigurations(r -> r.fileSystemId(id)));
    refused(
        DELETE_REPLICATION_CONFIGURATION,
        ReplicationNotFoundException.class,
        () -> efs.deleteReplicationConfiguration(r -> r.sourceFileSystemId(id)));
    refused(
        CREATE_REPLICATION_CONFIGURATION,
        FileSystemNotFoundException.class,
        () ->
            efs.createReplicationConfiguration(
                r -> r.sourceFileSystemId(id).destinations(d -> d.fileSystemId(NO_FILE_SYSTEM))));
    refused(
        CREATE_REPLICATION_CONFIGURATION,
        UnsupportedAvailabilityZoneException.class,
        () ->
            efs.createReplicationConfiguration(r ->
                r.sourceFileSystemId(id).destinations(d -> d.availabilityZoneName("us-east-1z"))));
    CreateReplicationConfigurationResponse made =
        ok(
            CREATE_REPLICATION_CONFIGURATION,
            () ->
                efs.createReplicationConfiguration(r -> r.sourceFileSystemId(id).destinations(to)));
    assertEquals(destination, made.destinations().getFirst().fileSystemId());
    assertEquals(ReplicationStatus.ENABLED, made.destinations().getFirst().status());
    refused(
        CREATE_REPLICATION_CONFIGURATION,
        ConflictException.class,
        () -> efs.createReplicationConfiguration(r -> r.sourceFileSystemId(id).destinations(to)));
    refused(
        UPDATE_FILE_SYSTEM_PROTECTION,
        ReplicationAlreadyExistsException.class,
        () ->
            efs.updateFileSystemProtection(
                r -> r.fileSystemId(destination).replicationOverwriteProtection("ENABLED")));
    refused(
        DELETE_FILE_SYSTEM,
        FileSystemInUseException.class,
        () -> efs.deleteFileSystem(r -> r.fileSystemId(destination)));
    assertEquals(
        1,
        ok(
                DESCRIBE_REPLICATION_CONFIGURATIONS,
                () -> efs.describeReplicationConfigurations(r -> r.fileSystemId(destination)))
            .replications()
            .size());
    ok(
        DELETE_REPLICATION_CONFIGURATION,
        () ->
            efs.deleteReplicationConfiguration(r ->
                r.sourceFileSystemId(destination).deletionMode(DeletionMode.ALL_CONFIGURATIONS)));
    assertEquals(
        ReplicationOverwriteProtection.ENABLED,
        efs.describeFileSystems(r -> r.fileSystemId(destination))
            .fileSystems()
            .getFirst()
            .fileSystemProtection()
            .replicationOverwriteProtection());
  }

  private void preferences() {
    ok(
        PUT_ACCOUNT_PREFERENCES,
        () -> efs.putAccountPreferences(r -> r.resourceIdType(ResourceIdType.LONG_ID)));
    assertEquals(
        ResourceIdType.LONG_ID,
        ok(DESCRIBE_ACCOUNT_PREFERENCES, () -> efs.describeAccountPreferences(r -> r.maxResults(5)))
            .resourceIdPreference()
            .resourceIdType());
    refused(
        PUT_ACCOUNT_PREFERENCES,
        BadRequestException.class,
        () -> efs.putAccountPreferences(r -> r.resourceIdType(ResourceIdType.SHORT_ID)));
  }

  /** An unknown ID, an ID of another kind, an ARN of another account: for all that take one. */
  @SuppressWarnings("deprecation") // CreateTags and its like are still to be served
  private void badIds(String id) {
    for (String bad : List.of(NO_FILE_SYSTEM, FOREIGN_ARN + id, "fsmt-00000000000000000", "fs-1")) {
      Class<? extends EfsException> error =
          bad.equals(NO_FILE_SYSTEM) || bad.startsWith("arn")
              ? FileSystemNotFoundException.class
              : BadRequestException.class;
      refused(
          DESCRIBE_FILE_SYSTEMS, error, () -> efs.describeFileSystems(r -> r.fileSystemId(bad)));
      refused(UPDATE_FILE_SYSTEM, error, () -> efs.updateFileSystem(r -> r.fileSystemId(bad)));
      refused(DELETE_FILE_SYSTEM, error, () -> efs.deleteFileSystem(r -> r.fileSystemId(bad)));
      refused(
          UPDATE_FILE_SYSTEM_PROTECTION,
          error,
          () -> efs.updateFileSystemProtection(r -> r.fileSystemId(bad)));
      refused(
          PUT_FILE_SYSTEM_POLICY,
          error,
          () -> efs.putFileSystemPolicy(r -> r.fileSystemId(bad).policy(policy())));
      refused(
          DESCRIBE_FILE_SYSTEM_POLICY,
          error,
          () -> efs.describeFileSystemPolicy(r -> r.fileSystemId(bad)));
      refused(
          DELETE_FILE_SYSTEM_POLICY,
          error,
          () -> efs.deleteFileSystemPolicy(r -> r.fileSystemId(bad)));
      refused(
          PUT_BACKUP_POLICY,
          error,
          () ->
              efs.putBackupPolicy(r -> r.fileSystemId(bad).backupPolicy(b -> b.status("ENABLED"))));
      refused(
          DESCRIBE_BACKUP_POLICY, error, () -> efs.describeBackupPolicy(r -> r.fileSystemId(bad)));
      refused(
          PUT_LIFECYCLE_CONFIGURATION,
          error,
          () ->
              efs.putLifecycleConfiguration(r -> r.fileSystemId(bad).lifecyclePolicies(List.of())));
      refused(
          DESCRIBE_LIFECYCLE_CONFIGURATION,
          error,
          () -> efs.describeLifecycleConfiguration(r -> r.fileSystemId(bad)));
      refused(
          CREATE_REPLICATION_CONFIGURATION,
          error,
          () ->
              efs.createReplicationConfiguration(
                  r -> r.sourceFileSystemId(bad).destinations(d -> d.region("us-east-1"))));
      refused(
          DELETE_REPLICATION_CONFIGURATION,
          error,
          () -> efs.deleteReplicationConfiguration(r -> r.sourceFileSystemId(bad)));
      refused(
          DESCRIBE_REPLICATION_CONFIGURATIONS,
          error,
          () -> efs.describeReplicationConfigurations(r -> r.fileSystemId(bad)));
      refused(
          CREATE_MOUNT_TARGET,
          error,
          () -> efs.createMountTarget(r -> r.fileSystemId(bad).subnetId(subnet("us-east-1a"))));
      refused(
          DESCRIBE_MOUNT_TARGETS, error, () -> efs.describeMountTargets(r -> r.fileSystemId(bad)));
      refused(
          CREATE_TAGS, error, () -> efs.createTags(r -> r.fileSystemId(bad).tags(tag("k", "v"))));
      refused(DELETE_TAGS, error, () -> efs.deleteTags(r -> r.fileSystemId(bad).tagKeys("k")));
      refused(DESCRIBE_TAGS, error, () -> efs.describeTags(r -> r.fileSystemId(bad)));
      refused(
          TAG_RESOURCE, error, () -> efs.tagResource(r -> r.resourceId(bad).tags(tag("k", "v"))));
      refused(UNTAG_RESOURCE, error, () -> efs.untagResource(r -> r.resourceId(bad).tagKeys("k")));
      refused(LIST_TAGS_FOR_RESOURCE, error, () -> efs.listTagsForResource(r -> r.resourceId(bad)));
    }
    refused(
        DELETE_MOUNT_TARGET,
        BadRequestException.class,
        () -> efs.deleteMountTarget(r -> r.mountTargetId(id)));
    refused(
        DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS,
        BadRequestException.class,
        () -> efs.describeMountTargetSecurityGroups(r -> r.mountTargetId(id)));
    refused(
        DELETE_ACCESS_POINT,
        BadRequestException.class,
        () -> efs.deleteAccessPoint(r -> r.accessPointId(id)));
    assertNull(efs.describeFileSystems(r -> r.fileSystemId(id)).nextMarker());
  }

  private void checkDocs() throws IOException {
    String docs = Files.readString(DOCS);
    int begin = docs.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length();
    int end = docs.indexOf(TABLE_END);
    String now = docs.substring(0, begin) + log.table() + docs.substring(end);
    if (Boolean.getBoolean("atoll.test.write-docs")) {
      Files.writeString(DOCS, now);
    }
    assertEquals(now, Files.readString(DOCS), "docs/api.md is out of date");
  }
}
