package io.atoll.io.volume;

import io.atoll.io.disk.DiskException;
import io.atoll.io.disk.Errno;
import io.atoll.io.disk.ShortFileException;
import io.atoll.io.index.IndexException;
import io.atoll.io.log.LogDamage;
import io.atoll.io.log.NewerLogException;
import io.atoll.io.volume.VolumeOpenException.Reason;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;

/** Says of whatever ended an opening what it means to whoever wanted the volume. */
final class OpenFailures {
  private OpenFailures() {}

  /** What a stage failed with, out of what stages wrap it in. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  static VolumeOpenException explain(Throwable failure) {
    Throwable cause = cause(failure);
    return switch (cause) {
      case VolumeOpenException known -> known;
      case LogDamage damage ->
          of(
              Reason.DAMAGE,
              damage.getMessage() + "; restore the volume from a backup or a replica",
              damage);
      case NewerLogException newer -> of(Reason.VERSION, newer.getMessage(), newer);
      case ShortFileException cut -> of(Reason.DAMAGE, cut.getMessage(), cut);
      case DiskException disk -> of(reasonOf(disk.errno()), disk.getMessage(), disk);
      case IndexException index ->
          of(index.isDamage() ? Reason.DAMAGE : Reason.ENVIRONMENT, index.getMessage(), index);
      case UncheckedIOException io -> of(Reason.ENVIRONMENT, io.getMessage(), io);
      default -> of(Reason.DEFECT, "a defect while opening the volume: " + cause, cause);
    };
  }

  private static VolumeOpenException of(Reason reason, String message, Throwable cause) {
    return new VolumeOpenException(reason, message, cause);
  }

  /**
   * A file that is not there, or is none, is lost. One that can't be read now (EIO) may be readable
   * on another day, or by another cable.
   */
  private static Reason reasonOf(int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENOTDIR, Errno.EISDIR -> Reason.DAMAGE;
      default -> Reason.ENVIRONMENT;
    };
  }
}
