package io.atoll.fs;

import java.util.List;

/**
 * Quotas of directories, each with all that lies below it, and of the file system. An object counts
 * for the nearest directory above it that has one, and for all those further up. Confined to the
 * home loop.
 */
public interface FsQuotas {

  /**
   * Sets or changes the quota of a directory; of the root, it is the file system's. What lies below
   * is counted in the background, also over restarts; until then nothing is refused for it.
   *
   * @param callback told the quota, or NOT_DIRECTORY, STALE, NO_SPACE, or TOO_MANY_QUOTAS if there
   *     are {@link #maxQuotas()} or it lies in {@link #maxNested()} others
   */
  void set(FsCall call, FileHandle directory, QuotaLimits limits, FsCallback<Quota> callback);

  /** Lifts the quota of a directory; NOT_FOUND if it has none. */
  void remove(FsCall call, FileHandle directory, FsCallback<Void> callback);

  /** The quota of exactly this directory; NOT_FOUND if it has none. */
  void get(FsCall call, FileHandle directory, FsCallback<Quota> callback);

  /** All of them, the file system's first. */
  List<Quota> all();

  /** The most quotas of directories. */
  int maxQuotas();

  /** The most quotas that one object may count for, the file system's aside. */
  int maxNested();
}
