package io.atoll.io.log;

/**
 * The head of a commit group as it is on disk.
 *
 * @param number of the group, from 1, one more than its predecessor's over the volume's whole life
 * @param incarnation the opening of the volume that wrote it
 * @param epoch the primaryship that wrote it
 * @param firstSequence of its first record
 * @param records how many it has, at least 1
 * @param recordBytes their length together, without header and padding
 * @param chainBefore checksum of the record before its first
 * @param chainAfter checksum of its last record
 */
public record GroupHeader(
    long number,
    long incarnation,
    long epoch,
    long firstSequence,
    int records,
    int recordBytes,
    int chainBefore,
    int chainAfter) {

  public long lastSequence() {
    return firstSequence + records - 1;
  }

  /** What the group takes in the log: whole blocks. */
  public int groupBytes() {
    return GroupCodec.paddedBytes(GroupCodec.HEADER_BYTES + recordBytes);
  }
}
