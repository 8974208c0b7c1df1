package io.atoll.io.log;

import io.netty.buffer.ByteBuf;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds a log's salt without the superblock that keeps it. The salt is the first thing that a group
 * header's checksum covers, and a CRC can be run backwards: from the checksum over all known bytes
 * to the register's state behind the salt. All whole headers of a log agree on that state, and any
 * salt that leads to it is as good as the true one. Confined to one thread.
 *
 * <p>Only a group whose records are whole, too, has a say. A user can make even that: in a recycled
 * segment lie pieces of old groups, and their bytes are users'. So the groups at the segments'
 * starts, where nobody else writes, decide before all others.
 */
public final class SaltFinder {

  private static final int BETWEEN_BYTES = 4;

  /** CRC-32C, reflected. */
  private static final int POLYNOMIAL = 0x82f63b78;

  private static final int[] TABLE = new int[256];

  /** Which entry of the table has a given top byte: each has another. */
  private static final int[] BY_TOP_BYTE = new int[256];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      int entry = i;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        entry = (entry >>> 1) ^ ((entry & 1) == 0 ? 0 : POLYNOMIAL);
      }
      TABLE[i] = entry;
      BY_TOP_BYTE[entry >>> 24] = i;
    }
  }

  /** By the register's state behind the salt. */
  private final Map<Integer, Candidate> candidates = new HashMap<>();

  /**
   * Looks at a block of a log segment.
   *
   * @param limit the index behind the last byte there is
   * @param first whether the segment begins here
   * @return the bytes of the group that begins here, or 0 if there is none, or not all of it
   */
  public int look(ByteBuf in, int index, int limit, boolean first) {
    if (!GroupCodec.looksLikeHeader(in, index)) {
      return 0;
    }
    int state = stateBehindSalt(in, index);
    Candidate known = candidates.get(state);
    Candidate candidate = known == null ? new Candidate(saltBefore(state)) : known;
    GroupHeader header = candidate.codec.decodeHeader(in, index);
    if (header == null
        || header.groupBytes() > limit - index
        || !candidate.codec.recordsIntact(in, index, header)) {
      return 0;
    }
    candidates.put(state, candidate);
    candidate.groups++;
    candidate.firstGroups += first ? 1 : 0;
    return header.groupBytes();
  }

  /** Whether there is any salt to choose. */
  public boolean found() {
    return !candidates.isEmpty();
  }

  /** The salt of most groups that begin a segment; if there is none, of most groups. */
  public long salt() {
    return candidates.values().stream()
        .max(
            Comparator.comparingInt((Candidate each) -> each.firstGroups)
                .thenComparingInt(each -> each.groups))
        .orElseThrow()
        .salt;
  }

  private static int stateBehindSalt(ByteBuf in, int index) {
    int state = ~in.getIntLE(index + GroupCodec.HEADER_CRC_AT);
    for (int at = GroupCodec.HEADER_CRC_AT - 1; at >= 0; at--) {
      state = back(state, in.getByte(index + at));
    }
    for (int i = 0; i < BETWEEN_BYTES; i++) {
      state = back(state, (byte) 0);
    }
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      state = back(state, in.getByte(index + GroupCodec.INCARNATION_AT + i));
    }
    return state;
  }

  /** A salt that leads to a state: four bytes can be chosen, and the others are zero. */
  private static long saltBefore(int wanted) {
    int[] entries = new int[Integer.BYTES];
    int state = wanted;
    for (int i = entries.length - 1; i >= 0; i--) {
      entries[i] = BY_TOP_BYTE[state >>> 24];
      state = (state ^ TABLE[entries[i]]) << 8;
    }
    state = -1;
    for (int i = 0; i < Integer.BYTES; i++) {
      state = forth(state, (byte) 0);
    }
    long salt = 0;
    for (int i = 0; i < entries.length; i++) {
      int each = (state ^ entries[i]) & 0xff;
      salt |= (long) each << (Byte.SIZE * (Integer.BYTES + i));
      state = forth(state, (byte) each);
    }
    return salt;
  }

  private static int forth(int state, byte each) {
    return (state >>> 8) ^ TABLE[(state ^ each) & 0xff];
  }

  private static int back(int state, byte each) {
    int entry = BY_TOP_BYTE[state >>> 24];
    return ((state ^ TABLE[entry]) << 8) | ((entry ^ each) & 0xff);
  }

  /** A salt, and what speaks for it. */
  private static final class Candidate {
    private final long salt;
    private final GroupCodec codec;
    private int groups;
    private int firstGroups;

    Candidate(long salt) {
      this.salt = salt;
      codec = new GroupCodec(salt);
    }
  }
}
