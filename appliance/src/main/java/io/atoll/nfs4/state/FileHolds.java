package io.atoll.nfs4.state;

/** Gives back the hold that kept an open file alive. Confined to the home loop. */
@FunctionalInterface
public interface FileHolds {

  /**
   * Undoes one hold, without waiting.
   *
   * @param file the key under which it was opened
   */
  void release(Object file);
}
