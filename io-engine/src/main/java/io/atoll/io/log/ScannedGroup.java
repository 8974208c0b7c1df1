package io.atoll.io.log;

/**
 * A group header found in the log.
 *
 * @param segment number of the segment
 * @param offsetBytes in it
 * @param header valid in itself
 * @param intact whether the records match it
 */
public record ScannedGroup(int segment, long offsetBytes, GroupHeader header, boolean intact) {

  public long endBytes() {
    return offsetBytes + header.groupBytes();
  }

  public String place() {
    return LogSegment.name(segment) + " at offset " + offsetBytes;
  }
}
