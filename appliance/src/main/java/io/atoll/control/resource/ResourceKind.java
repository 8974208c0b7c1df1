package io.atoll.control.resource;

import java.util.HashMap;
import java.util.Map;

/** The kinds of resources, and by which name each is stored. Names never change their meaning. */
public enum ResourceKind {
  FILE_SYSTEM("file-system", FileSystemResource.class),
  MOUNT_TARGET("mount-target", MountTarget.class),
  ACCESS_POINT("access-point", AccessPoint.class),
  SECURITY_GROUP("security-group", SecurityGroup.class),
  FILE_SYSTEM_POLICY("file-system-policy", FileSystemPolicy.class),
  LIFECYCLE_CONFIGURATION("lifecycle-configuration", LifecycleConfiguration.class),
  BACKUP_POLICY("backup-policy", BackupPolicy.class),
  REPLICATION("replication", Replication.class),
  ACCOUNT_PREFERENCES("account-preferences", AccountPreferences.class),
  ACCESS_KEY("access-key", AccessKey.class);

  private static final Map<String, ResourceKind> BY_NAME = new HashMap<>();
  private static final Map<Class<?>, ResourceKind> BY_TYPE = new HashMap<>();

  static {
    for (ResourceKind kind : values()) {
      BY_NAME.put(kind.storedName, kind);
      BY_TYPE.put(kind.type, kind);
    }
  }

  private final String storedName;
  private final Class<? extends Resource> type;

  ResourceKind(String storedName, Class<? extends Resource> type) {
    this.storedName = storedName;
    this.type = type;
  }

  public String storedName() {
    return storedName;
  }

  public Class<? extends Resource> type() {
    return type;
  }

  /** The kind that is stored by that name, or null. */
  public static ResourceKind ofStoredName(String name) {
    return BY_NAME.get(name);
  }

  public static ResourceKind of(Class<? extends Resource> type) {
    return BY_TYPE.get(type);
  }
}
