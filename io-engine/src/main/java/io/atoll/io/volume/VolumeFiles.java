package io.atoll.io.volume;

/** What the files of a volume are called, within its folder. */
public final class VolumeFiles {

  public static final String EXTENTS = "extents/0000";

  /** A folder, which is the index's own. */
  public static final String INDEX = "index";

  private VolumeFiles() {}
}
