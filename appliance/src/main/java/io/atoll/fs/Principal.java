package io.atoll.fs;

/**
 * Who asks: an identity that has been decided already (by credentials, squashing, access point).
 *
 * @param uid unsigned 32-bit user ID; 0 is the superuser
 * @param gid unsigned 32-bit primary group ID
 * @param groups supplementary group IDs; not to be changed
 */
public record Principal(int uid, int gid, int[] groups) {
  private static final int[] NO_GROUPS = {};

  public static final Principal ROOT = new Principal(0, 0, NO_GROUPS);

  /** 65534, as Linux's {@code nobody}. */
  public static final Principal NOBODY = new Principal(65534, 65534, NO_GROUPS);

  public boolean isSuperuser() {
    return uid == 0;
  }

  public boolean isMember(int group) {
    if (gid == group) {
      return true;
    }
    for (int g : groups) {
      if (g == group) {
        return true;
      }
    }
    return false;
  }
}
