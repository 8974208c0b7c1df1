package io.atoll.fs;

/**
 * What to create and what to do if the name is taken.
 *
 * @param type of the new object
 * @param disposition what to do if the name is there
 * @param attributes to set on a new object; nothing of an existing one is changed. Mode defaults to
 *     0600, owner to the caller, group to the caller's or, in a setgid directory, the directory's
 * @param verifier for EXCLUSIVE: kept durably with the file, so that a repeated request is known
 * @param symlinkTarget for a symbolic link, else null
 * @param deviceMajor for a device, else 0
 * @param deviceMinor for a device, else 0
 */
public record CreateRequest(
    FileType type,
    Disposition disposition,
    AttributeChanges attributes,
    long verifier,
    byte[] symlinkTarget,
    int deviceMajor,
    int deviceMinor) {

  /** What to do if the name is taken. */
  public enum Disposition {
    /** EXISTS. */
    GUARDED,
    /**
     * A regular file is taken as it is, after a permission check by the caller. Else IS_DIRECTORY,
     * SYMLINK or WRONG_TYPE.
     */
    UNCHECKED,
    /** Taken as created if its verifier is the same; else EXISTS. */
    EXCLUSIVE
  }
}
