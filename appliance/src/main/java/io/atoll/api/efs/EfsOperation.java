package io.atoll.api.efs;

import java.util.List;

/**
 * The operations, as EFS's model has them. A template's last part may be a parameter, in braces;
 * those that name that part come first.
 */
public enum EfsOperation {
  CREATE_FILE_SYSTEM("CreateFileSystem", "POST", "/file-systems", 201),
  DESCRIBE_FILE_SYSTEMS("DescribeFileSystems", "GET", "/file-systems", 200),
  DESCRIBE_REPLICATION_CONFIGURATIONS(
      "DescribeReplicationConfigurations", "GET", "/file-systems/replication-configurations", 200),
  UPDATE_FILE_SYSTEM("UpdateFileSystem", "PUT", "/file-systems/{FileSystemId}", 202),
  DELETE_FILE_SYSTEM("DeleteFileSystem", "DELETE", "/file-systems/{FileSystemId}", 204),
  UPDATE_FILE_SYSTEM_PROTECTION(
      "UpdateFileSystemProtection", "PUT", "/file-systems/{FileSystemId}/protection", 200),
  PUT_FILE_SYSTEM_POLICY("PutFileSystemPolicy", "PUT", "/file-systems/{FileSystemId}/policy", 200),
  DESCRIBE_FILE_SYSTEM_POLICY(
      "DescribeFileSystemPolicy", "GET", "/file-systems/{FileSystemId}/policy", 200),
  DELETE_FILE_SYSTEM_POLICY(
      "DeleteFileSystemPolicy", "DELETE", "/file-systems/{FileSystemId}/policy", 200),
  PUT_BACKUP_POLICY("PutBackupPolicy", "PUT", "/file-systems/{FileSystemId}/backup-policy", 200),
  DESCRIBE_BACKUP_POLICY(
      "DescribeBackupPolicy", "GET", "/file-systems/{FileSystemId}/backup-policy", 200),
  PUT_LIFECYCLE_CONFIGURATION(
      "PutLifecycleConfiguration",
      "PUT",
      "/file-systems/{FileSystemId}/lifecycle-configuration",
      200),
  DESCRIBE_LIFECYCLE_CONFIGURATION(
      "DescribeLifecycleConfiguration",
      "GET",
      "/file-systems/{FileSystemId}/lifecycle-configuration",
      200),
  CREATE_REPLICATION_CONFIGURATION(
      "CreateReplicationConfiguration",
      "POST",
      "/file-systems/{SourceFileSystemId}/replication-configuration",
      200),
  DELETE_REPLICATION_CONFIGURATION(
      "DeleteReplicationConfiguration",
      "DELETE",
      "/file-systems/{SourceFileSystemId}/replication-configuration",
      204),
  CREATE_MOUNT_TARGET("CreateMountTarget", "POST", "/mount-targets", 200),
  DESCRIBE_MOUNT_TARGETS("DescribeMountTargets", "GET", "/mount-targets", 200),
  DELETE_MOUNT_TARGET("DeleteMountTarget", "DELETE", "/mount-targets/{MountTargetId}", 204),
  MODIFY_MOUNT_TARGET_SECURITY_GROUPS(
      "ModifyMountTargetSecurityGroups",
      "PUT",
      "/mount-targets/{MountTargetId}/security-groups",
      204),
  DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS(
      "DescribeMountTargetSecurityGroups",
      "GET",
      "/mount-targets/{MountTargetId}/security-groups",
      200),
  CREATE_ACCESS_POINT("CreateAccessPoint", "POST", "/access-points", 200),
  DESCRIBE_ACCESS_POINTS("DescribeAccessPoints", "GET", "/access-points", 200),
  DELETE_ACCESS_POINT("DeleteAccessPoint", "DELETE", "/access-points/{AccessPointId}", 204),
  TAG_RESOURCE("TagResource", "POST", "/resource-tags/{ResourceId}", 200),
  UNTAG_RESOURCE("UntagResource", "DELETE", "/resource-tags/{ResourceId}", 200),
  LIST_TAGS_FOR_RESOURCE("ListTagsForResource", "GET", "/resource-tags/{ResourceId}", 200),
  PUT_ACCOUNT_PREFERENCES("PutAccountPreferences", "PUT", "/account-preferences", 200),
  DESCRIBE_ACCOUNT_PREFERENCES("DescribeAccountPreferences", "GET", "/account-preferences", 200),
  CREATE_TAGS("CreateTags", "POST", "/create-tags/{FileSystemId}", 204),
  DELETE_TAGS("DeleteTags", "POST", "/delete-tags/{FileSystemId}", 204),
  DESCRIBE_TAGS("DescribeTags", "GET", "/tags/{FileSystemId}", 200);

  /** Before each path. */
  public static final String VERSION_PREFIX = "/2015-02-01";

  private final String apiName;
  private final String method;
  private final String template;
  private final int status;

  EfsOperation(String apiName, String method, String template, int status) {
    this.apiName = apiName;
    this.method = method;
    this.template = template;
    this.status = status;
  }

  public String apiName() {
    return apiName;
  }

  public String method() {
    return method;
  }

  /** Behind the version. */
  public String template() {
    return template;
  }

  /** The parts of the template; one in braces stands for any. */
  List<String> segments() {
    return List.of(template.substring(1).split("/", -1));
  }

  /** Of a success. */
  public int status() {
    return status;
  }
}
