package io.atoll.nfs4.op;

import io.atoll.fs.Principal;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A way into a file system: a directory that is all that is seen of it, and an identity that takes
 * the place of every caller's (EFS, "Working with access points").
 *
 * @param id {@code fsap-} and 17 hexadecimal digits
 * @param identity who everybody is to permission checks and new files; null if callers are who they
 *     say
 * @param path the names that lead from the file system's root to the directory; none for the root
 *     itself
 * @param creation how the directory is made when it is mounted and not there; null if it is not
 */
public record AccessPoint(String id, Principal identity, List<byte[]> path, Creation creation) {
  private static final int ID_DIGITS = 17;
  private static final Pattern ID = Pattern.compile("fsap-[0-9a-f]{" + ID_DIGITS + "}");
  private static final int PREFIX_CHARS = "fsap-".length();

  /** The length of every ID. */
  static final int ID_CHARS = PREFIX_CHARS + ID_DIGITS;

  /** The directory's owner and mode when it is made. */
  public record Creation(int uid, int gid, int mode) {}

  public AccessPoint {
    if (!isId(id)) {
      throw new IllegalArgumentException("no access point ID: " + id);
    }
    path = List.copyOf(path);
    if (keyOf(id) == 0) {
      throw new IllegalArgumentException("an access point ID of zeros: " + id);
    }
  }

  /** What stands for it in filehandles: the first 16 of its digits; never 0. */
  public long key() {
    return keyOf(id);
  }

  static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  /** Of an {@link #isId ID}. */
  static long keyOf(String id) {
    return HexFormat.fromHexDigitsToLong(id, PREFIX_CHARS, PREFIX_CHARS + Long.BYTES * 2);
  }
}
