package io.atoll.cli;

/** Reads the ID of a user or group that is not the superuser's: unsigned, 32 bits. */
final class AnonymousId extends WholeNumber {
  private static final long MIN = 1;

  /** The one beyond is no ID, but says that there is none. */
  private static final long MAX = 0xffff_fffeL;

  AnonymousId() {
    super(MIN, MAX);
  }
}
