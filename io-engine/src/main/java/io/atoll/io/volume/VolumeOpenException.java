package io.atoll.io.volume;

/**
 * Why a volume could not be opened: the message names the file, the offset where there is one, and
 * what can be done. Given to {@link LogVolume.Opened} as a value, not thrown.
 */
public final class VolumeOpenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public VolumeOpenException(String message) {
    super(message);
  }

  public VolumeOpenException(String message, Throwable cause) {
    super(message, cause);
  }
}
