package io.atoll.fs;

/** Told the end of a file-system operation, on the home loop, possibly before the call returns. */
@FunctionalInterface
public interface FsCallback<T> {

  /**
   * @param result null unless {@code status} is OK
   */
  void done(FsStatus status, T result);
}
