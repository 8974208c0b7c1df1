package io.atoll.nfs4.wire;

/**
 * Facts of the server that attributes tell.
 *
 * @param leaseSeconds how long a client's state lives without a word of it
 * @param maxReadBytes the most that one READ gives
 * @param maxWriteBytes the most that one WRITE takes
 * @param maxLinks hard links of one file
 */
public record ServerFacts(int leaseSeconds, int maxReadBytes, int maxWriteBytes, int maxLinks) {
  /** The longest name in a directory. */
  public static final int MAX_NAME_BYTES = 255;
}
