package io.atoll.io.sim;

import java.util.HashSet;
import java.util.Set;

/**
 * When the commit sequence reaches a record, no power cut can take the record or its data away:
 * both are on the medium. Records are recognised by their marker in what becomes durable of the
 * log.
 */
public final class CommitNeverAheadOfDisk implements Invariant {
  static final byte[] MARKER = {(byte) 0xa7, 'M', 'R', 'K'};

  /** Not zero, so that a page which holds only the end of a marker is not one of zeros. */
  private static final byte MARKER_END = 0x5a;

  static final int MARKER_BYTES = MARKER.length + Long.BYTES + 1;

  private final Set<Long> durableMarkers = new HashSet<>();
  private byte[] joined = new byte[0];
  private String lastName = "";
  private int lastPage;
  private long checkedSequence;

  /** What becomes durable, page by page. */
  void durable(String name, int page, byte[] bytes) {
    if (!name.startsWith("log/")) {
      return;
    }
    if (java.util.Arrays.equals(bytes, SimFile.ZERO_PAGE)) {
      lastName = "";
      return;
    }
    boolean follows = name.equals(lastName) && page == lastPage + 1;
    byte[] text = follows ? join(joined, bytes) : bytes;
    for (int at = 0; at + MARKER_BYTES <= text.length; at++) {
      if (text[at] == MARKER[0]
          && text[at + 1] == MARKER[1]
          && text[at + 2] == MARKER[2]
          && text[at + 3] == MARKER[3]) {
        durableMarkers.add(number(text, at + MARKER.length));
      }
    }
    joined = tail(text);
    lastName = name;
    lastPage = page;
  }

  @Override
  public void afterRecovery(VolumeWorld world) {
    checkedSequence = world.volume().commitSequence();
  }

  @Override
  public void afterEvent(VolumeWorld world) {
    long commit = world.volume().commitSequence();
    while (checkedSequence < commit) {
      check(world, ++checkedSequence);
    }
  }

  private void check(VolumeWorld world, long sequence) {
    VolumeModel.Change record = world.model().record(sequence);
    Invariant.require(
        durableMarkers.contains(record.marker),
        () -> "record " + sequence + " is committed and could be lost");
    for (VolumeModel.Allocation allocation : record.allocated) {
      for (int i = 0; i < allocation.run().blocks(); i++) {
        long block = allocation.run().address() + i;
        byte[] page = world.disk().durablePage(VolumeWorld.EXTENTS, block);
        Invariant.require(
            VolumeWorld.crc(page) == allocation.crcs()[i] || world.disk().isSpoilt(page),
            () -> "record " + sequence + " is committed and its block " + block + " is not");
      }
    }
  }

  /** A marker's bytes for a record's value. */
  static byte[] encode(long number) {
    byte[] bytes = new byte[MARKER_BYTES];
    System.arraycopy(MARKER, 0, bytes, 0, MARKER.length);
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[MARKER.length + i] = (byte) (number >>> (8 * i));
    }
    bytes[MARKER_BYTES - 1] = MARKER_END;
    return bytes;
  }

  private static long number(byte[] text, int at) {
    long number = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      number |= (text[at + i] & 0xffL) << (8 * i);
    }
    return number;
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] tail(byte[] text) {
    int length = Math.min(text.length, MARKER_BYTES - 1);
    byte[] tail = new byte[length];
    System.arraycopy(text, text.length - length, tail, 0, length);
    return tail;
  }
}
