package io.atoll.io.disk;

/**
 * The names that a {@link Disk} takes: one to {@value #MAX_LENGTH} characters, relative, folders
 * separated by single slashes, without {@code .} and {@code ..}.
 */
public final class FileNames {

  /** The longest name, in characters; well below Linux's {@code PATH_MAX} in any encoding. */
  public static final int MAX_LENGTH = 1000;

  private FileNames() {}

  /**
   * Returns {@code name} if it is one.
   *
   * @throws IllegalArgumentException otherwise, since names are made by the engine, not by clients
   */
  public static String check(String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH || name.indexOf('\0') >= 0) {
      throw notAName(name);
    }
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || ".".equals(part) || "..".equals(part)) {
        throw notAName(name);
      }
    }
    return name;
  }

  /** The folder that {@code name} lies in, or {@code "."} for the disk's own directory. */
  public static String folderOf(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? "." : name.substring(0, slash);
  }

  private static IllegalArgumentException notAName(String name) {
    return new IllegalArgumentException(
        "\""
            + name
            + "\" is no file name: relative, no empty part, no . or .., at most "
            + MAX_LENGTH
            + " characters");
  }
}
