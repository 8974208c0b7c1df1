package io.atoll.control;

/** A reason of a {@link FileSystemHost} not to do what it was asked for, told in one line. */
public final class HostRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /**
   * @param message names the thing, the value and the way out
   */
  public HostRefusal(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** What is in the way. */
  public enum Reason {
    /** The disk has no room for another file system. */
    NO_ROOM,
    /** The node has as many file systems as it may. */
    TOO_MANY,
    /** There is no such file system on this node. */
    NOT_THERE,
    /** It is there, and not open. */
    NOT_OPEN,
    /** The address is in use, not this machine's, or not to be had by this user. */
    ADDRESS,
    /** The file system has as many mount points as it may. */
    TOO_MANY_MOUNT_POINTS,
    /** There is no such directory in the file system, or no quota of it. */
    NO_DIRECTORY_OR_QUOTA,
    /** The file system has as many quotas as it may, or as many lie in each other. */
    TOO_MANY_QUOTAS,
    /** This node can't give what was asked for. */
    NOT_SUPPORTED,
    /** What is stored is damaged, of another version, or can't be used. */
    STORE,
    /** The node is being stopped. */
    STOPPING
  }
}
