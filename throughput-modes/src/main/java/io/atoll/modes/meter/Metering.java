package io.atoll.modes.meter;

/**
 * How many bytes a request counts for, as EFS meters: at least 4 KiB, reads at a third, all else in
 * full. So that a third is a whole number, metered amounts are counted in <em>thirds</em> of a
 * byte: 30 MiB read and 30 MiB written are 120 Mi thirds, 40 MiB.
 *
 * <p>A compound counts for the sum of its READs and WRITEs; one without any, for one METADATA
 * request if it has an operation that is not {@link RequestKind#STATE}.
 */
public final class Metering {

  /** Metered amounts are counted in thirds of a byte. */
  public static final int THIRDS_PER_BYTE = 3;

  /** The least that a request counts for. */
  public static final long MIN_REQUEST_BYTES = 4096;

  private static final long MIN_REQUEST_THIRDS = MIN_REQUEST_BYTES * THIRDS_PER_BYTE;

  private Metering() {}

  /**
   * What a request counts for, in thirds of a byte.
   *
   * @param bytes of payload that it moves; not negative, and below 2⁶¹
   */
  public static long thirdsOf(RequestKind kind, long bytes) {
    assert bytes >= 0 : bytes;
    return switch (kind) {
      case DATA_READ -> Math.max(bytes, MIN_REQUEST_THIRDS);
      case DATA_WRITE, METADATA -> Math.max(bytes * THIRDS_PER_BYTE, MIN_REQUEST_THIRDS);
      case STATE -> 0;
    };
  }

  /** Bytes as thirds of a byte. */
  public static long thirds(long bytes) {
    return bytes * THIRDS_PER_BYTE;
  }

  /** Thirds of a byte as whole bytes, rounded down. */
  public static long bytes(long thirds) {
    return Math.floorDiv(thirds, THIRDS_PER_BYTE);
  }
}
