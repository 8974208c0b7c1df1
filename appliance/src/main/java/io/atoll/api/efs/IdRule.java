package io.atoll.api.efs;

import io.atoll.control.network.Network;
import io.atoll.control.service.EfsError;
import io.atoll.control.service.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** IDs of file systems and access points, which may be given as ARNs too. */
enum IdRule {
  FILE_SYSTEM("file-system/fs", "fs", EfsError.FILE_SYSTEM_NOT_FOUND),
  ACCESS_POINT("access-point/fsap", "fsap", EfsError.ACCESS_POINT_NOT_FOUND),

  /** A file system or an access point. */
  RESOURCE("(?:access-point/fsap|file-system/fs)", "fs(?:ap)?", EfsError.FILE_SYSTEM_NOT_FOUND);

  private static final int LENGTH_MAX = 128;

  private final Pattern arn;
  private final Pattern plain;
  private final EfsError unknown;

  IdRule(String inArn, String prefix, EfsError unknown) {
    arn =
        Pattern.compile(
            "arn:(aws[-a-z]*):elasticfilesystem:([0-9a-z-]*):([0-9a-z-:]*):("
                + inArn
                + "-[0-9a-f]{8,40})");
    plain = Pattern.compile(prefix + "-[0-9a-f]{8,40}");
    this.unknown = unknown;
  }

  /**
   * The plain ID that {@code value} gives.
   *
   * @throws Refusal if it is none, or an ARN of what is not this node's
   */
  String read(String name, String value, Network network) throws Refusal {
    if (value.length() <= LENGTH_MAX) {
      if (plain.matcher(value).matches()) {
        return value;
      }
      Matcher parts = arn.matcher(value);
      if (parts.matches()) {
        String resource = parts.group(4);
        if (!value.equals(network.arn(resource))) {
          throw new Refusal(
              isAccessPoint(resource) ? EfsError.ACCESS_POINT_NOT_FOUND : unknown,
              "'" + value + "' is not of this node: its ARNs begin with " + network.arn(""));
        }
        return resource.substring(resource.indexOf('/') + 1);
      }
    }
    throw Refusal.badRequest(
        name
            + " '"
            + TextRule.shown(value)
            + "' is neither an ID that matches "
            + plain
            + " nor its ARN");
  }

  private static boolean isAccessPoint(String resource) {
    return resource.startsWith("access-point/");
  }
}
