package io.atoll.control.service;

/** Why EFS refuses, with its name and the HTTP status that its model gives. */
public enum EfsError {
  BAD_REQUEST("BadRequest", 400),
  VALIDATION("ValidationException", 400),
  INVALID_POLICY("InvalidPolicyException", 400),
  SUBNET_NOT_FOUND("SubnetNotFound", 400),
  SECURITY_GROUP_NOT_FOUND("SecurityGroupNotFound", 400),
  SECURITY_GROUP_LIMIT_EXCEEDED("SecurityGroupLimitExceeded", 400),
  THROUGHPUT_LIMIT_EXCEEDED("ThroughputLimitExceeded", 400),
  UNSUPPORTED_AVAILABILITY_ZONE("UnsupportedAvailabilityZone", 400),
  AVAILABILITY_ZONES_MISMATCH("AvailabilityZonesMismatch", 400),
  FILE_SYSTEM_LIMIT_EXCEEDED("FileSystemLimitExceeded", 403),
  ACCESS_POINT_LIMIT_EXCEEDED("AccessPointLimitExceeded", 403),
  FILE_SYSTEM_NOT_FOUND("FileSystemNotFound", 404),
  MOUNT_TARGET_NOT_FOUND("MountTargetNotFound", 404),
  ACCESS_POINT_NOT_FOUND("AccessPointNotFound", 404),
  POLICY_NOT_FOUND("PolicyNotFound", 404),
  REPLICATION_NOT_FOUND("ReplicationNotFound", 404),
  FILE_SYSTEM_ALREADY_EXISTS("FileSystemAlreadyExists", 409),
  ACCESS_POINT_ALREADY_EXISTS("AccessPointAlreadyExists", 409),
  FILE_SYSTEM_IN_USE("FileSystemInUse", 409),
  INCORRECT_FILE_SYSTEM_LIFE_CYCLE_STATE("IncorrectFileSystemLifeCycleState", 409),
  INCORRECT_MOUNT_TARGET_STATE("IncorrectMountTargetState", 409),
  MOUNT_TARGET_CONFLICT("MountTargetConflict", 409),
  IP_ADDRESS_IN_USE("IpAddressInUse", 409),
  NO_FREE_ADDRESSES_IN_SUBNET("NoFreeAddressesInSubnet", 409),
  NETWORK_INTERFACE_LIMIT_EXCEEDED("NetworkInterfaceLimitExceeded", 409),
  REPLICATION_ALREADY_EXISTS("ReplicationAlreadyExists", 409),
  CONFLICT("ConflictException", 409),
  TOO_MANY_REQUESTS("TooManyRequests", 429),
  THROTTLING("ThrottlingException", 429),
  INTERNAL_SERVER_ERROR("InternalServerError", 500),
  INSUFFICIENT_THROUGHPUT_CAPACITY("InsufficientThroughputCapacity", 503),

  /** Not of EFS's model, but of what all AWS services share. */
  ACCESS_DENIED("AccessDeniedException", 403),
  UNKNOWN_OPERATION("UnknownOperationException", 404),
  REQUEST_TOO_LARGE("RequestEntityTooLargeException", 413),

  /** Of the node's own API. */
  QUOTA_NOT_FOUND("QuotaNotFound", 404),
  QUOTA_LIMIT_EXCEEDED("QuotaLimitExceeded", 403);

  private final String apiName;
  private final int status;

  EfsError(String apiName, int status) {
    this.apiName = apiName;
    this.status = status;
  }

  public String apiName() {
    return apiName;
  }

  public int status() {
    return status;
  }
}
