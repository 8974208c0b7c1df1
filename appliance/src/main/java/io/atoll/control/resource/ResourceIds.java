package io.atoll.control.resource;

import java.util.random.RandomGenerator;

/** Makes IDs as EFS gives them: a prefix and 17 hexadecimal digits, 68 bits of chance. */
public final class ResourceIds {
  public static final String FILE_SYSTEM = "fs-";
  public static final String MOUNT_TARGET = "fsmt-";
  public static final String ACCESS_POINT = "fsap-";
  public static final String SECURITY_GROUP = "sg-";
  public static final String NETWORK_INTERFACE = "eni-";

  private ResourceIds() {}

  /** A fresh ID that begins with {@code prefix}. */
  public static String fresh(String prefix, RandomGenerator random) {
    return prefix + String.format("%016x%01x", random.nextLong(), random.nextInt(16));
  }
}
