package io.atoll.fs;

/**
 * A quota as it stands at one moment.
 *
 * @param directory which it is of, with all that lies below; the root for the file system's
 * @param limits how much may be there
 * @param usedBytes as storage is metered
 * @param usedObjects of any type
 * @param state whether it is in force
 */
public record Quota(
    FileHandle directory, QuotaLimits limits, long usedBytes, long usedObjects, State state) {

  /** How far a quota has come. */
  public enum State {
    /** What was there before is still being counted: the use is too low, and nothing is refused. */
    COUNTING,
    /** In force, and its use exact. */
    IN_FORCE
  }
}
