package io.atoll.api.efs;

import io.atoll.control.service.Refusal;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a string of EFS's model may be.
 *
 * @param pattern that all of it must match, or null for any
 */
record TextRule(int lengthMin, int lengthMax, Pattern pattern) {
  static final TextRule TOKEN = of(1, 64, "(?s).+");
  static final TextRule MARKER = of(1, 128, ".+");
  static final TextRule ZONE_NAME = of(1, 64, ".+");
  static final TextRule REGION =
      of(1, 64, "[a-z]{2}-((iso[a-z]{0,1}-)|(gov-)){0,1}[a-z]+-{0,1}[0-9]{0,1}");
  static final TextRule ROLE_ARN =
      of(1, 2048, "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+");
  static final TextRule SUBNET_ID = of(15, 47, "subnet-[0-9a-f]{8,40}");
  static final TextRule SECURITY_GROUP_ID = of(11, 43, "sg-[0-9a-f]{8,40}");
  static final TextRule MOUNT_TARGET_ID = of(13, 45, "fsmt-[0-9a-f]{8,40}");
  static final TextRule IP_ADDRESS = of(7, 15, "[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
  static final TextRule IPV6_ADDRESS = of(3, 39, "[0-9a-fA-F:.]+");
  static final TextRule POLICY = of(1, 20_000, "[\\s\\S]+");
  static final TextRule ROOT_PATH = of(1, 100, "/|(/(?!\\.)+[^$#<>;`|&?{}^*/\\n]+){1,4}");
  static final TextRule PERMISSIONS = of(3, 4, "[0-7]{3,4}");
  static final TextRule TAG_KEY =
      of(1, 128, "(?![aA]{1}[wW]{1}[sS]{1}:)([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)");
  static final TextRule TAG_VALUE = of(0, 256, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
  static final TextRule KMS_KEY_ID =
      of(
          1,
          2048,
          "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}"
              + "|alias/[a-zA-Z0-9/_-]+|arn:aws[-a-z]*:kms:[a-z0-9-]+:\\d{12}:"
              + "(key/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
              + "|key/mrk-[0-9a-f]{32}|alias/[a-zA-Z0-9/_-]+)");
  static final TextRule ANY = of(0, 20_000, "(?s).*");

  private static final int SHOWN_MAX = 64;

  private static TextRule of(int lengthMin, int lengthMax, String pattern) {
    return new TextRule(lengthMin, lengthMax, Pattern.compile(pattern));
  }

  /**
   * Checks {@code value}.
   *
   * @param name of the member, for the refusal
   * @return {@code value}
   */
  String check(String name, String value) throws Refusal {
    if (value.length() < lengthMin || value.length() > lengthMax) {
      throw Refusal.badRequest(
          name
              + " has "
              + value.length()
              + " characters: must have "
              + lengthMin
              + " to "
              + lengthMax);
    }
    if (!pattern.matcher(value).matches()) {
      throw Refusal.badRequest(
          name + " '" + shown(value) + "' does not match the pattern " + pattern);
    }
    return value;
  }

  static String choice(String name, String value, List<String> allowed) throws Refusal {
    if (!allowed.contains(value)) {
      throw Refusal.badRequest(
          name + " '" + shown(value) + "' must be one of " + String.join(", ", allowed));
    }
    return value;
  }

  static String shown(String value) {
    return value.length() <= SHOWN_MAX ? value : value.substring(0, SHOWN_MAX) + "…";
  }
}
