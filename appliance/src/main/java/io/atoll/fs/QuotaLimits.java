package io.atoll.fs;

/**
 * The most that a quota allows. What is there already stays when a limit is lowered; nothing is
 * added then until it fits again.
 *
 * @param bytes as storage is metered: 2 KiB for each object, and its blocks of 4 KiB; {@link #NONE}
 *     for no limit
 * @param objects files, directories and all others, the quota's own directory included; {@link
 *     #NONE} for no limit
 */
public record QuotaLimits(long bytes, long objects) {
  public static final long NONE = Long.MAX_VALUE;

  /** Of what nobody has limited. */
  public static final QuotaLimits UNLIMITED = new QuotaLimits(NONE, NONE);

  public QuotaLimits {
    if (bytes < 0 || objects < 0) {
      throw new IllegalArgumentException(
          "a quota of %d bytes and %d objects: neither may be negative".formatted(bytes, objects));
    }
  }
}
