package io.atoll.control.resource;

/** What the control plane keeps, as it is at one moment. */
public sealed interface Resource
    permits FileSystemResource,
        MountTarget,
        AccessPoint,
        SecurityGroup,
        FileSystemPolicy,
        LifecycleConfiguration,
        BackupPolicy,
        Replication,
        AccountPreferences,
        AccessKey {

  /** Its name among those of its kind. */
  String id();
}
