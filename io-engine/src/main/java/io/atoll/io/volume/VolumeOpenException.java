package io.atoll.io.volume;

/**
 * Why a volume could not be opened: the message names the file, the offset where there is one, and
 * what can be done. Given to {@link LogVolume.Opened} as a value, not thrown.
 */
public final class VolumeOpenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  VolumeOpenException(Reason reason, String message) {
    this(reason, message, null);
  }

  VolumeOpenException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What is stored can't be what was written. */
  public static VolumeOpenException damaged(String message) {
    return new VolumeOpenException(Reason.DAMAGE, message);
  }

  public Reason reason() {
    return reason;
  }

  /** What of the volume, or around it, is in the way. */
  public enum Reason {
    /** A part is damaged, cut or missing: no later attempt finds it better. */
    DAMAGE,
    /** Another version of Atoll wrote it. */
    VERSION,
    /**
     * Its files could not be used: the disk is full or fails, there are too many open files, one is
     * on another device. Nothing says that anything is wrong with what is stored.
     */
    ENVIRONMENT,
    /** Nobody expected this. */
    DEFECT
  }
}
