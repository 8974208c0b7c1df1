package io.atoll.io.volume;

/**
 * What opening a volume did with the log beyond its checkpoint. A volume that was closed in order
 * has nothing there.
 *
 * @param groups commit groups whose records were brought into the index
 * @param records in those groups, as far as the index did not have them
 * @param cutGroups groups at the log's end that were never acknowledged and are gone
 * @param nanos how long opening took as a whole
 */
public record VolumeRecovery(int groups, long records, int cutGroups, long nanos) {
  public static final VolumeRecovery NONE = new VolumeRecovery(0, 0, 0, 0);

  /** Whether there was anything beyond the checkpoint. */
  public boolean isNeeded() {
    return groups > 0 || cutGroups > 0;
  }
}
